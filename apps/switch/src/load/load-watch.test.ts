import type { SwitchLoad } from "@ringdesk/contract/switch";
import { describe, expect, test } from "vitest";
import { createLoadWatch, SAMPLE_MS, WINDOW_MS } from "./load-watch.ts";

/** A loop that wakes the watch as late as it is told. */
function bench(busyShare = 1) {
  let now = 1_000;
  let wake: { at: number; run: () => void } | null = null;
  const told: SwitchLoad[] = [];
  const watch = createLoadWatch({
    nowMs: () => now,
    schedule: (delayMs, run) => {
      wake = { at: now + delayMs, run };
      return () => { wake = null; };
    },
    busyShare: () => busyShare,
    changed: (load) => told.push(load),
  });
  /** Lets `ms` pass; every turn of the loop comes `lateMs` too late. */
  const pass = (ms: number, lateMs: number): void => {
    const end = now + ms;
    while (wake !== null && wake.at + lateMs <= end) {
      const { at, run } = wake;
      now = at + lateMs;
      run();
    }
  };
  return { watch, told, pass, isAsleep: () => wake === null };
}

describe("SEC-3 the loop is measured", () => {
  test("a loop that is on time, or a frame late, takes calls", () => {
    for (const lateMs of [0, 20, 40]) {
      const { watch, told, pass } = bench();
      pass(20 * WINDOW_MS, lateMs);
      expect([watch.isOverloaded(), told]).toEqual([false, []]);
    }
  });

  test("a loop that is always late is overloaded after five windows, tells so once, and recovers by itself", () => {
    const { watch, told, pass } = bench();
    pass(4 * WINDOW_MS, 120);
    expect(told).toEqual([]);
    pass(4 * WINDOW_MS, 120);
    expect([watch.isOverloaded(), told]).toEqual([true, [{ state: "overloaded", lateMs: 120 }]]);
    pass(5 * WINDOW_MS, 0);
    expect([watch.isOverloaded(), told.length, told[1]?.state]).toEqual([false, 2, "normal"]);
  });

  test("one stall, however long, is no overload", () => {
    const { told, pass } = bench();
    pass(3 * WINDOW_MS, 0);
    pass(60_000 + SAMPLE_MS, 60_000);
    pass(3 * WINDOW_MS, 0);
    expect(told).toEqual([]);
  });

  test("stalls that swallow most samples count by the time they take", () => {
    const { watch, pass } = bench();
    // Three turns of the loop in a second, each after 300 ms of silence: as few samples as these are, nearly all time was late.
    pass(8 * WINDOW_MS, 300);
    expect(watch.isOverloaded()).toBe(true);
  });

  test("a loop that has time left is not overloaded, however late the machine wakes it", () => {
    const { told, pass } = bench(0.5);
    pass(10 * WINDOW_MS, 400);
    expect(told).toEqual([]);
  });

  test("stopped, it sleeps", () => {
    const { watch, isAsleep } = bench();
    watch.stop();
    expect(isAsleep()).toBe(true);
  });
});
