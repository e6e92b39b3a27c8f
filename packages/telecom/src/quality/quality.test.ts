import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meanOpinionScore, ReceiveStatistics } from "./index.ts";

describe("CALL-10 receive statistics", () => {
  const feed = (statistics: ReceiveStatistics, sequences: readonly number[], ssrc = 1): void => {
    sequences.forEach((sequence) => statistics.count(ssrc, sequence & 0xffff, (sequence * 160) >>> 0, sequence * 20, true));
  };

  test("loss is what is missing between first and highest, over the wrap", () => {
    const statistics = new ReceiveStatistics();
    feed(statistics, [65_534, 65_535, 65_537, 65_538]);
    expect(statistics.figures()).toMatchObject({ packets: 4, lost: 1, jitterMs: 0, lossPercent: 20 });
  });

  test("reordering is not loss and duplicates never make loss negative", () => {
    const statistics = new ReceiveStatistics();
    feed(statistics, [1, 3, 2, 3, 3]);
    expect(statistics.figures()).toMatchObject({ packets: 5, lost: 0 });
  });

  test("a new sender begins a new count that adds to the old", () => {
    const statistics = new ReceiveStatistics();
    feed(statistics, [1, 2, 4]);
    feed(statistics, [30_000, 30_001], 2);
    expect(statistics.figures()).toMatchObject({ packets: 5, lost: 1 });
  });

  test("jitter approaches the mean deviation of arrival (RFC 3550 §6.4.1)", () => {
    const statistics = new ReceiveStatistics();
    for (let n = 0; n < 1_000; n += 1) statistics.count(1, n, n * 160, n * 20 + (n % 2) * 10, true);
    expect(statistics.figures().jitterMs).toBeCloseTo(10, 0);
  });

  test("recent loss forgets what was long ago", () => {
    const statistics = new ReceiveStatistics();
    for (let n = 0; n < 1_500; n += 1) if (n > 250 || n % 2 === 0) statistics.count(1, n, n * 160, n * 20, true);
    expect(statistics.figures().lossPercent).toBeGreaterThan(5);
    expect(statistics.figures().recentLossPercent).toBe(0);
  });
});

describe("CALL-10 opinion score (ITU-T G.107)", () => {
  test("is 4.4 on a clean line and falls with loss and delay", () => {
    expect(meanOpinionScore({ lossPercent: 0, jitterMs: 0, roundTripMs: null })).toBeCloseTo(4.41, 2);
    expect(meanOpinionScore({ lossPercent: 5, jitterMs: 0, roundTripMs: null })).toBeCloseTo(3.96, 1);
    expect(meanOpinionScore({ lossPercent: 0, jitterMs: 0, roundTripMs: 600 })).toBeLessThan(3.9);
  });

  test("is a number from 1 to 4.5 for any input", () => {
    fc.assert(fc.property(fc.double(), fc.double(), fc.option(fc.double()), (lossPercent, jitterMs, roundTripMs) => {
      const score = meanOpinionScore({ lossPercent, jitterMs, roundTripMs });
      return score >= 1 && score <= 4.5;
    }));
  });
});
