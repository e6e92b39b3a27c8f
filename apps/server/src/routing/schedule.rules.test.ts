import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Millis } from "@ringdesk/std";
import { isOpen, nextChange } from "./schedule.rules.ts";

const hours = (from: string, to: string) => ({ from: minutes(from), to: minutes(to) });
const minutes = (clock: string): number => { const [h = 0, m = 0] = clock.split(":").map(Number); return h * 60 + m; };
const at = (iso: string) => Date.parse(iso) as Millis;
const iso = (instant: Millis | null) => (instant === null ? null : new Date(instant).toISOString());
const NINE_TO_FIVE = [hours("09:00", "12:00"), hours("13:00", "17:00")];
const office = { timeZone: "America/New_York", week: [NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE, [], []], holidays: [{ date: "2026-12-25", name: "Christmas", hours: [] }, { date: "2026-12-24", name: "", hours: [hours("09:00", "12:00")] }] };
const every = (range: { from: number; to: number }) => Array.from({ length: 7 }, () => [range]);

describe("QUE-6 business hours", () => {
  test.each([
    ["before the first hour", "2026-11-16T13:59:59.999Z", false, "2026-11-16T14:00:00.000Z"],
    ["at the first minute", "2026-11-16T14:00:00Z", true, "2026-11-16T17:00:00.000Z"],
    ["the end is not open any more", "2026-11-16T17:00:00Z", false, "2026-11-16T18:00:00.000Z"],
    ["in the second range", "2026-11-16T19:30:00Z", true, "2026-11-16T22:00:00.000Z"],
    ["Friday evening until Monday", "2026-11-20T23:00:00Z", false, "2026-11-23T14:00:00.000Z"],
    ["in summer an hour earlier", "2026-07-06T13:00:00Z", true, "2026-07-06T16:00:00.000Z"],
    ["a short holiday", "2026-12-24T15:00:00Z", true, "2026-12-24T17:00:00.000Z"],
    ["after it comes a closed day and a weekend", "2026-12-24T17:00:00Z", false, "2026-12-28T14:00:00.000Z"],
    ["a closed holiday", "2026-12-25T15:00:00Z", false, "2026-12-28T14:00:00.000Z"],
  ])("%s", (_, when, open, next) => {
    expect([isOpen(office, at(when)), iso(nextChange(office, at(when)))]).toEqual([open, next]);
  });
  test("hours that the change to summer time leaves out are not open; what spans it opens at the change", () => {
    const skipped = { timeZone: "America/New_York", week: every(hours("02:00", "03:00")), holidays: [] };
    expect(iso(nextChange(skipped, at("2026-03-08T05:00:00Z")))).toBe("2026-03-09T06:00:00.000Z");
    const spans = { ...skipped, week: every(hours("02:30", "04:00")) };
    expect(iso(nextChange(spans, at("2026-03-08T05:00:00Z")))).toBe("2026-03-08T07:00:00.000Z");
  });
  test("hours that the change to winter time repeats are open twice", () => {
    const repeated = { timeZone: "America/New_York", week: every(hours("01:00", "01:30")), holidays: [] };
    const changes = [];
    for (let now: Millis | null = at("2026-11-01T04:00:00Z"); changes.length < 4 && now !== null;) changes.push(iso(now = nextChange(repeated, now)));
    expect(changes).toEqual(["2026-11-01T05:00:00.000Z", "2026-11-01T05:30:00.000Z", "2026-11-01T06:00:00.000Z", "2026-11-01T06:30:00.000Z"]);
  });
  test("always open and never open change nothing", () => {
    for (const week of [every(hours("00:00", "24:00")), Array.from({ length: 7 }, () => [])]) {
      expect(nextChange({ timeZone: "Europe/Berlin", week, holidays: [] }, at("2026-11-16T14:00:00Z"))).toBeNull();
    }
  });
  test("the next change is what a look at every minute finds, also around changes of the clock", () => {
    const zones = fc.constantFrom(["America/New_York", "2026-03-07T20:00Z"], ["America/New_York", "2026-10-31T20:00Z"], ["Australia/Lord_Howe", "2026-04-04T00:00Z"], ["Australia/Lord_Howe", "2026-10-03T00:00Z"], ["Asia/Kathmandu", "2026-05-01T00:00Z"], ["Pacific/Kiritimati", "2026-05-01T00:00Z"], ["America/St_Johns", "2026-11-01T00:00Z"]);
    const range = fc.tuple(fc.nat(96), fc.integer({ min: 1, max: 96 })).map(([a, b]) => ({ from: Math.min(a, 95) * 15, to: Math.min(96, Math.min(a, 95) + b) * 15 }));
    fc.assert(fc.property(zones, fc.array(fc.array(range, { maxLength: 2 }), { minLength: 7, maxLength: 7 }), fc.nat(900), ([timeZone = "", start = ""], week, shift) => {
      const schedule = { timeZone, week, holidays: [] };
      const from = (at(start) + shift * 60_000) as Millis;
      const found = nextChange(schedule, from);
      const until = Math.min(found ?? Number.POSITIVE_INFINITY, from + 36 * 3_600_000);
      const now = isOpen(schedule, from);
      for (let minute = from; minute < until; minute = (minute + 60_000) as Millis) if (isOpen(schedule, minute) !== now) throw new Error(`changes at ${iso(minute)}, not ${iso(found)}`);
      if (found !== null) expect(isOpen(schedule, found)).toBe(!now);
    }), { numRuns: 40 });
  });
});
