import { expect, test } from "vitest";
import { zonedDay } from "./zoned-time.ts";

const HOUR_MS = 3_600_000;
const iso = (at: number | undefined): string => new Date(at ?? Number.NaN).toISOString();

test("ORG-4 a day is the organisation's, wherever the browser is", () => {
  const toronto = zonedDay("2026-11-22", "America/Toronto");
  expect([iso(toronto?.first), iso(toronto?.last)]).toEqual(["2026-11-22T05:00:00.000Z", "2026-11-23T04:59:59.999Z"]);
  const auckland = zonedDay("2026-11-22", "Pacific/Auckland");
  expect([iso(auckland?.first), iso(auckland?.last)]).toEqual(["2026-11-21T11:00:00.000Z", "2026-11-22T10:59:59.999Z"]);
});

test("ORG-4 the days on which clocks change have 23 and 25 hours", () => {
  const hours = (day: string): number => {
    const bounds = zonedDay(day, "America/New_York");
    return bounds === null ? 0 : (bounds.last + 1 - bounds.first) / HOUR_MS;
  };
  expect(["2026-03-08", "2026-11-01", "2026-12-31", "2028-02-29"].map(hours)).toEqual([23, 25, 24, 24]);
});

test("while none is entered there is no day", () => {
  expect([zonedDay("", "UTC"), zonedDay("2026-13-40", "UTC")]).toEqual([null, null]);
});
