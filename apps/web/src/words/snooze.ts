// When a snoozed conversation comes back: what people usually mean.
import { dayOf } from "./time.ts";
import { zonedInstant } from "./zoned-time.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** When a working day begins, on the clock of the organisation. */
const MORNING = "09:00";

export type SnoozeChoice = { readonly label: string; readonly until: number };

/** The usual choices at `now`, soonest first. */
export function snoozeChoices(now: number, timeZone: string): readonly SnoozeChoice[] {
  const morning = (days: number): number => zonedInstant(`${dayOf(now + days * DAY_MS, timeZone)}T${MORNING}`, timeZone) ?? now + days * DAY_MS;
  const weekday = new Date(`${dayOf(now, timeZone)}T12:00:00Z`).getUTCDay();
  const toMonday = (8 - weekday) % 7 || 7;
  return [
    { label: "In one hour", until: now + HOUR_MS },
    { label: "In four hours", until: now + 4 * HOUR_MS },
    { label: "Tomorrow at 9:00 AM", until: morning(1) },
    ...(toMonday > 1 ? [{ label: "Monday at 9:00 AM", until: morning(toMonday) }] : []),
    { label: "In one week", until: now + 7 * DAY_MS },
  ];
}
