// Queues, rules and schedules in words.
import type { AskedSkills, Queue } from "@ringdesk/contract/http";
import { channelWords } from "./calls.ts";
import { timeOfDay } from "./time.ts";

/** What a queue takes: `Voice only`, `Voice, E-mail`. */
export function channelsOf({ voiceEnabled, voiceOnly, channels }: Pick<Queue, "voiceEnabled" | "voiceOnly" | "channels">): string {
  if (voiceOnly) return "Voice only";
  return [...(voiceEnabled ? ["voice" as const] : []), ...channels].map((channel) => channelWords[channel]).join(", ");
}

export const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

const two = (n: number): string => String(n).padStart(2, "0");
/** Minutes since midnight as an input of a time shows them: `09:30`; the end of the day is `00:00`. */
export const clockOf = (minutes: number): string => `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
/** What was entered as a time, in minutes; null for what is none. As an end, midnight is the end of the day. */
export function minutesOf(text: string, as: "start" | "end"): number | null {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined || Number(hours) > 23 || Number(minutes) > 59) return null;
  const all = Number(hours) * 60 + Number(minutes);
  return all === 0 && as === "end" ? 1_440 : all;
}

const SIX_DAYS_MS = 6 * 86_400_000;
/** Whether a schedule is open, and until when: `Open until 5:00 PM`, `Closed until Monday, 9:00 AM`. */
export function opening({ isOpen, nextChangeAt, timeZone }: { readonly isOpen: boolean; readonly nextChangeAt: number | null; readonly timeZone: string }, now: number): string {
  const word = isOpen ? "Open" : "Closed";
  if (nextChangeAt === null) return isOpen ? "Always open" : "Never open in the coming weeks";
  const day = (at: number): string => new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at);
  if (day(nextChangeAt) === day(now)) return `${word} until ${timeOfDay(nextChangeAt, timeZone)}`;
  const name = new Intl.DateTimeFormat("en-US", { timeZone, ...(nextChangeAt - now < SIX_DAYS_MS ? { weekday: "long" } : { month: "long", day: "numeric" }) }).format(nextChangeAt);
  return `${word} until ${name}, ${timeOfDay(nextChangeAt, timeZone)}`;
}

/** What a rule asks for of agents: `to agents with Spanish and Billing; after 60 s to anybody`; null when it asks for nothing. */
export function askedWords({ skills, relaxAfterMs }: AskedSkills, nameOf: (id: AskedSkills["skills"][number]) => string): string | null {
  const names = skills.map(nameOf).filter((name) => name !== "");
  if (names.length === 0) return null;
  const all = names.length === 1 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
  return `to agents with ${all}${relaxAfterMs === null ? "" : `; after ${relaxAfterMs / 1_000} s to anybody`}`;
}
