// Dates and times as people enter them, in the organisation's time zone.

/** What an `<input type="datetime-local">` shows for an instant: `2026-11-22T15:04`. */
export function zonedText(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** The instant that is meant by it; null for what is no time. In the hour that clocks skip, the time after it. */
export function zonedInstant(text: string, timeZone: string): number | null {
  const asUtc = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtc)) return null;
  const offsetAt = (at: number): number => Date.parse(`${zonedText(at, timeZone)}Z`) - at;
  const guess = asUtc - offsetAt(asUtc);
  return asUtc - offsetAt(guess);
}
