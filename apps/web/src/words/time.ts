// Times and spans in words and figures.

const two = (n: number): string => String(n).padStart(2, "0");

/** A running clock: `0:07`, `12:40`, `1:02:03`. Spans below zero count as zero. */
export function clock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1_000));
  const [h, m] = [Math.floor(s / 3_600), Math.floor(s / 60) % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** A span in a sentence: `8 s`, `2 min 5 s`, `1 h 4 min`. */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1_000));
  if (s < 60) return `${s} s`;
  if (s < 3_600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  const m = Math.floor(s / 60) % 60;
  return m === 0 ? `${Math.floor(s / 3_600)} h` : `${Math.floor(s / 3_600)} h ${m} min`;
}

/** Which day an instant falls on in a time zone, as `2026-11-22`. */
export const dayOf = (at: number, timeZone: string): string => new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at);

/** The day before a day, both as `2026-11-22`. Counted in days, because a day may have 23 or 25 hours. */
const dayBefore = (day: string): string => new Date(Date.parse(`${day}T12:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** The heading of a day in a list: `Today`, `Yesterday`, `Friday, November 20`, with the year when it is another. */
export function dayHeading(at: number, now: number, timeZone: string): string {
  const day = dayOf(at, timeZone);
  if (day === dayOf(now, timeZone)) return "Today";
  if (day === dayBefore(dayOf(now, timeZone))) return "Yesterday";
  const sameYear = day.slice(0, 4) === dayOf(now, timeZone).slice(0, 4);
  return new Intl.DateTimeFormat("en-US", { timeZone, weekday: "long", month: "long", day: "numeric", ...(sameYear ? {} : { year: "numeric" }) }).format(at);
}

/** The time of day: `3:04 PM`. */
export const timeOfDay = (at: number, timeZone: string): string => new Intl.DateTimeFormat("en-US", { timeZone, timeStyle: "short" }).format(at);

/** The time of day with its seconds: `3:04:05 PM`. */
export const preciseTime = (at: number, timeZone: string): string => new Intl.DateTimeFormat("en-US", { timeZone, timeStyle: "medium" }).format(at);

/** Date and time in full, for tooltips and screen readers. */
export const fullTime = (at: number, timeZone: string): string => new Intl.DateTimeFormat("en-US", { timeZone, dateStyle: "full", timeStyle: "medium" }).format(at);

/** A short moment for lists: the time today, otherwise the day. */
export const moment = (at: number, now: number, timeZone: string): string => (dayOf(at, timeZone) === dayOf(now, timeZone) ? timeOfDay(at, timeZone) : shortDay(at, now, timeZone));

/** A day for lists: `Today`, `Yesterday`, `Nov 20`, `Nov 20, 2025`. */
export function shortDay(at: number, now: number, timeZone: string): string {
  const heading = dayHeading(at, now, timeZone);
  if (heading === "Today" || heading === "Yesterday") return heading;
  const sameYear = dayOf(at, timeZone).slice(0, 4) === dayOf(now, timeZone).slice(0, 4);
  return new Intl.DateTimeFormat("en-US", { timeZone, month: "short", day: "numeric", ...(sameYear ? {} : { year: "numeric" }) }).format(at);
}
