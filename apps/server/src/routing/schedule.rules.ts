// When a queue is open: weekly hours and holidays on the clock of a time zone. Pure; instants are milliseconds.
import type { Millis } from "@ringdesk/std";
import type { Schedule } from "./routing.ports.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** The earliest and the latest clock on earth: UTC−12 and UTC+14. */
const MOST_BEHIND_MINUTES = 720;
const MOST_AHEAD_MINUTES = 840;
/** A change later than this is not worth telling. */
const LOOK_AHEAD_DAYS = 60;

type Hours = Pick<Schedule, "timeZone" | "week" | "holidays">;
/** A day counted from 1970-01-01, and a minute of it, as the clock on the wall shows them. */
type Wall = { readonly day: number; readonly minute: number };

/** Whether it is open. An hour that a change of the clock repeats is open twice, one that is left out is not open. */
export function isOpen(schedule: Hours, at: Millis): boolean {
  const { day, minute } = wallOf(schedule.timeZone, Math.floor(at / MINUTE_MS));
  return hoursOf(schedule, day).some(({ from, to }) => from <= minute && minute < to);
}

/** The next instant at which it opens or closes; null when that is more than 60 days away. */
export function nextChange(schedule: Hours, at: Millis): Millis | null {
  const open = isOpen(schedule, at);
  const nowMinute = Math.floor(at / MINUTE_MS);
  const today = wallOf(schedule.timeZone, nowMinute).day;
  const minutes = new Set<number>();
  for (let day = today; day <= today + LOOK_AHEAD_DAYS; day += 1) for (const minute of edgesOf(schedule, day)) if (minute > nowMinute) minutes.add(minute);
  const changed = [...minutes].sort((a, b) => a - b).find((minute) => isOpen(schedule, (minute * MINUTE_MS) as Millis) !== open);
  return changed === undefined ? null : (changed * MINUTE_MS) as Millis;
}

const hoursOf = ({ week, holidays }: Hours, day: number): Schedule["week"][number] =>
  holidays.find(({ date }) => dayOf(date) === day)?.hours ?? week[weekdayOf(day)] ?? [];

/**
 * Minutes since the epoch at which something may change on a day: the edges of its hours, midnights, and a change of the
 * clock itself. Around such a change, edges are taken by both clocks; whether it is open then is asked anew.
 */
function edgesOf(schedule: Hours, day: number): readonly number[] {
  const { timeZone } = schedule;
  const midnight = day * DAY_MINUTES;
  const walls = [0, DAY_MINUTES, ...hoursOf(schedule, day).flatMap(({ from, to }) => [from, to])];
  const [before, after] = [midnight - MOST_AHEAD_MINUTES, midnight + DAY_MINUTES + MOST_BEHIND_MINUTES];
  const [offset, later] = [offsetAt(timeZone, before), offsetAt(timeZone, after)];
  const edges = walls.map((wall) => midnight + wall - offset);
  return offset === later ? edges : [...edges, ...walls.map((wall) => midnight + wall - later), clockChange(timeZone, before, after)];
}

/** The first minute with the later clock. */
function clockChange(timeZone: string, before: number, after: number): number {
  const old = offsetAt(timeZone, before);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timeZone, middle) === old) low = middle;
    else high = middle;
  }
  return high;
}

/** Minutes that the clock is ahead of UTC. */
function offsetAt(timeZone: string, minute: number): number {
  const wall = wallOf(timeZone, minute);
  return wall.day * DAY_MINUTES + wall.minute - minute;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
/** Making a clock is a thousand times dearer than reading it. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" });
  clocks.set(timeZone, clock);
  return clock;
}

function wallOf(timeZone: string, minute: number): Wall {
  const part: Record<string, number> = {};
  for (const { type, value } of clockOf(timeZone).formatToParts(minute * MINUTE_MS)) part[type] = Number(value);
  return { day: dayNumber(part["year"] ?? 0, part["month"] ?? 1, part["day"] ?? 1), minute: (part["hour"] ?? 0) * 60 + (part["minute"] ?? 0) };
}

/** `2026-12-25` as a day counted from 1970-01-01. */
function dayOf(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return dayNumber(year, month, day);
}

/** Days of the Gregorian calendar, with years that begin in March so that the leap day is the last. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

/** 0 is Monday; 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;
