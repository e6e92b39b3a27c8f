import { expect, test } from "vitest";
import type { CallId, Millis, QueueId, UserId } from "@ringdesk/std";
import type { WaitingCall } from "../calls/index.ts";
import { ANSWER_WITHIN_MS, createDayCounts, dayStart } from "./day-counts.ts";

const q = "q1" as QueueId;
const noon = Date.parse("2026-11-22T12:00:00Z") as Millis;
const later = (ms: number): Millis => (noon + ms) as Millis;
const waits = (id: string, enteredAt = noon, queueId = q) => ({ type: "waiting", call: { callId: id, queueId, enteredAt } as unknown as WaitingCall }) as const;
const started = (id: string) => ({ type: "started", callId: id as CallId, userId: "a" as UserId, direction: "inbound" }) as const;
const ended = (id: string) => ({ type: "ended", callId: id as CallId, outcome: "missed", reason: null }) as const;

test("RTE-10 the service level counts from the first queue, once for each call", () => {
  const days = createDayCounts(() => "America/Denver");
  for (const id of ["fast", "slow", "lost"]) days.onCallChange(waits(id), noon);
  days.onCallChange(started("fast"), later(ANSWER_WITHIN_MS));
  days.onCallChange(waits("slow", later(5_000), "q2" as QueueId), later(5_000));
  days.onCallChange(started("slow"), later(ANSWER_WITHIN_MS + 1));
  days.onCallChange(ended("lost"), later(30_000));
  days.onCallChange(started("fast"), later(40_000));
  days.onCallChange(ended("fast"), later(50_000));
  expect(days.of(q, noon)).toEqual({ answered: 1, answeredInTime: 1, lost: 1 });
  expect(days.total(noon)).toEqual({ answered: 2, answeredInTime: 1, lost: 1 });
});
test("RTE-10 what was counted before this start goes on, and a new day begins at zero", () => {
  const days = createDayCounts(() => "America/Denver");
  expect(days.total(noon).answered).toBe(0);
  days.seed([{ queueId: q, answered: 7, answeredInTime: 5, lost: 2 }]);
  days.onCallChange(waits("c"), noon);
  days.onCallChange(ended("c"), noon);
  expect(days.of(q, noon)).toEqual({ answered: 7, answeredInTime: 5, lost: 3 });
  expect(days.total(Date.parse("2026-11-23T06:59:59Z") as Millis).answered).toBe(7);
  expect(days.total(Date.parse("2026-11-23T07:00:00Z") as Millis).answered).toBe(0);
});
test("a day begins at midnight of the organisation, also when the clocks change", () => {
  expect(new Date(dayStart(noon, "America/Denver")).toISOString()).toBe("2026-11-22T07:00:00.000Z");
  expect(new Date(dayStart(Date.parse("2026-11-01T20:00:00Z") as Millis, "America/Denver")).toISOString()).toBe("2026-11-01T06:00:00.000Z");
});
