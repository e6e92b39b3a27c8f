// When a snoozed conversation comes back: what people usually mean.
import { dayOf } from "./time.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** When a working day begins, on the clock of the organisation. */
const MORNING = 9;

export type SnoozeChoice = { readonly label: string; readonly until: number };

/** The instant of a time of day in a time zone. Clocks that are put forward or back that night are looked at twice. */
export function instantOf(day: string, hour: number, minute: number, timeZone: string): number {
  const wanted = Date.parse(`${day}T${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}:00Z`);
  const offsetAt = (at: number): number => {
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" })
      .formatToParts(at).map(({ type, value }) => [type, value]));
    return Date.parse(`${parts["year"]}-${parts["month"]}-${parts["day"]}T${parts["hour"]}:${parts["minute"]}:${parts["second"]}Z`) - at;
  };
  const guess = wanted - offsetAt(wanted);
  return wanted - offsetAt(guess);
}

/** The usual choices at `now`, soonest first. */
export function snoozeChoices(now: number, timeZone: string): readonly SnoozeChoice[] {
  const morning = (days: number): number => instantOf(dayOf(now + days * DAY_MS, timeZone), MORNING, 0, timeZone);
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
