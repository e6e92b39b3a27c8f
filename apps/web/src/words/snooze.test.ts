import { expect, test } from "vitest";
import { snoozeChoices } from "./snooze.ts";
import { zonedInstant } from "./zoned-time.ts";

const zone = "America/New_York";

test("CRM-2 the usual times to come back to a conversation, on the organisation's clock", () => {
  const now = Date.parse("2026-11-20T20:00:00Z"); // a Friday, 15:00 there
  expect(snoozeChoices(now, zone).map(({ label, until }) => `${label}: ${new Date(until).toISOString()}`)).toEqual([
    "In one hour: 2026-11-20T21:00:00.000Z", "In four hours: 2026-11-21T00:00:00.000Z", "Tomorrow at 9:00 AM: 2026-11-21T14:00:00.000Z",
    "Monday at 9:00 AM: 2026-11-23T14:00:00.000Z", "In one week: 2026-11-27T20:00:00.000Z",
  ]);
});
test("on a Sunday the next Monday is tomorrow and is named once", () => {
  expect(snoozeChoices(Date.parse("2026-11-22T15:00:00Z"), zone).map(({ label }) => label)).not.toContain("Monday at 9:00 AM");
});
test("a time of day on both sides of a change of the clocks", () => {
  expect(new Date(zonedInstant("2026-11-01T09:00", zone) ?? 0).toISOString()).toBe("2026-11-01T14:00:00.000Z"); // the day they go back
  expect(new Date(zonedInstant("2026-10-31T09:00", zone) ?? 0).toISOString()).toBe("2026-10-31T13:00:00.000Z");
  expect(new Date(zonedInstant("2026-03-08T09:30", zone) ?? 0).toISOString()).toBe("2026-03-08T13:30:00.000Z");
});
