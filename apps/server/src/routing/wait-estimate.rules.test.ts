import { expect, test } from "vitest";
import type { Millis } from "@ringdesk/std";
import { estimateWait } from "./wait-estimate.rules.ts";

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
