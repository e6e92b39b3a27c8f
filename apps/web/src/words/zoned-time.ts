// Dates and times as people enter them, in the organisation's time zone.

/** What an `<input type="datetime-local">` shows for an instant: `2026-11-22T15:04`. */
export function zonedText(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

const DAY_MS = 86_400_000;
/** The first and the last instant of a day like `2026-11-22`, which may have 23 or 25 hours; null when it is none. */
export function zonedDay(day: string, timeZone: string): { readonly first: number; readonly last: number } | null {
  const noon = Date.parse(`${day}T12:00Z`);
  if (Number.isNaN(noon)) return null;
  const first = zonedInstant(`${day}T00:00`, timeZone);
  const next = zonedInstant(`${new Date(noon + DAY_MS).toISOString().slice(0, 10)}T00:00`, timeZone);
  return first === null || next === null ? null : { first, last: next - 1 };
}

/** The instant that is meant by it; null for what is no time. In the hour that clocks skip, the time after it. */
export function zonedInstant(text: string, timeZone: string): number | null {
  const asUtc = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtc)) return null;
  const offsetAt = (at: number): number => Date.parse(`${zonedText(at, timeZone)}Z`) - at;
  const guess = asUtc - offsetAt(asUtc);
  return asUtc - offsetAt(guess);
}
