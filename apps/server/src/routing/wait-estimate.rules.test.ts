import { expect, test } from "vitest";
import type { Millis, QueueId } from "@ringdesk/std";
import { createHandOvers, estimateWait, KEPT_HAND_OVERS } from "./wait-estimate.rules.ts";

const at = (...minutes: number[]): Millis[] => minutes.map((m) => (m * 60_000) as Millis);
const minutes = (n: number): Millis => (n * 60_000) as Millis;

test("QUE-6 the wait is the mean time between hand-overs for each place in line", () => {
  expect(estimateWait(at(0, 2, 4, 6), 1, minutes(8))).toBe(minutes(2));
  expect(estimateWait(at(0, 2, 4, 6), 3, minutes(8))).toBe(minutes(6));
});
test("QUE-6 a queue where nobody answers any more takes longer with every minute", () => {
  expect(estimateWait(at(0, 2, 4, 6), 1, minutes(20))).toBe(minutes(5));
});
test("QUE-6 too few hand-overs, or none lately, say nothing; nobody is told more than an hour", () => {
  expect(estimateWait(at(0, 2), 1, minutes(3))).toBeNull();
  expect(estimateWait(at(0, 1, 2, 3), 1, minutes(60))).toBeNull();
  expect(estimateWait(at(0, 10, 20), 50, minutes(25))).toBe(minutes(60));
});
test("QUE-6 RTE-9 what was before the start goes before what was noted meanwhile, queue by queue", () => {
  const [support, sales] = ["support" as QueueId, "sales" as QueueId];
  const handOvers = createHandOvers();
  handOvers.note(support, minutes(6));
  handOvers.seed([{ queueId: support, at: minutes(0) }, { queueId: sales, at: minutes(1) }, { queueId: support, at: minutes(2) }, { queueId: support, at: minutes(4) }]);
  expect([handOvers.estimate(support, 1, minutes(8)), handOvers.estimate(sales, 1, minutes(8))]).toEqual([minutes(2), null]);
});
test("QUE-6 of many only the last count", () => {
  const handOvers = createHandOvers();
  const queueId = "support" as QueueId;
  handOvers.seed(Array.from({ length: 3 * KEPT_HAND_OVERS }, (_, n) => ({ queueId, at: (n < 2 * KEPT_HAND_OVERS ? 0 : minutes(10)) as Millis })));
  expect(handOvers.estimate(queueId, 1, minutes(12))).toBe(minutes(2) / KEPT_HAND_OVERS);
});
