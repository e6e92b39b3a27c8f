import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createAckLine } from "./ack-line.ts";

test("acknowledges up to the last event before the first that is not persisted", () => {
  const line = createAckLine(10);
  for (const seq of [11, 12, 13]) line.begin(seq);
  expect(line.upTo()).toBe(10);
  line.finish(12);
  expect(line.upTo()).toBe(10);
  line.finish(11);
  expect(line.upTo()).toBe(12);
  line.finish(13);
  line.finish(13);
  expect(line.upTo()).toBe(13);
});

test("after a gap it goes on behind it", () => {
  const line = createAckLine(0);
  line.begin(5);
  expect(line.upTo()).toBe(4);
  line.finish(5);
  expect(line.upTo()).toBe(5);
});

test("in whatever order events are persisted, nothing unpersisted is ever acknowledged and in the end everything is", () => {
  const orders = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 8 });
  fc.assert(fc.property(orders, (order) => {
    const line = createAckLine(0);
    for (let seq = 1; seq <= 8; seq += 1) line.begin(seq);
    const open = new Set(order);
    for (const seq of order) {
      line.finish(seq);
      open.delete(seq);
      expect(line.upTo()).toBe(open.size === 0 ? 8 : Math.min(...open) - 1);
    }
  }));
});
