import type { LiveAgent, LiveQueue } from "@ringdesk/contract/http";
import { expect, test } from "vitest";
import { aboutWait, byNearness, longestSince, percent, serviceLevel } from "./live-view.ts";

test("RTE-10 service level: answered in time out of all that were answered or lost", () => {
  expect(serviceLevel({ answered: 9, answeredInTime: 8, lost: 1 })).toBe(0.8);
  expect(serviceLevel({ answered: 0, answeredInTime: 0, lost: 0 })).toBeNull();
  expect([percent(0.999), percent(1), percent(null)]).toEqual(["99 %", "100 %", "–"]);
});
test("RTE-10 the longest wait is of any queue", () => {
  const queue = (...entered: number[]) => ({ waiting: entered.map((enteredAt) => ({ enteredAt })) }) as unknown as LiveQueue;
  expect(longestSince([queue(5, 9), queue(), queue(3)])).toBe(3);
  expect(longestSince([queue()])).toBeNull();
});
test("RTE-10 who works comes first, then who has been at it longest", () => {
  const agent = (name: string, doing: LiveAgent["doing"], since: number) => ({ name, doing, since }) as LiveAgent;
  expect([agent("c", "away", 1), agent("b", "ready", 9), agent("a", "ready", 2), agent("d", "on-call", 99)].sort(byNearness).map((a) => a.name)).toEqual(["d", "a", "b", "c"]);
});
test("an expected wait is told roughly", () => {
  expect([aboutWait(null), aboutWait(20_000), aboutWait(130_000)]).toEqual([null, "less than a minute", "about 2 min"]);
});
