// The live view in words and figures. Pure.
import type { DayCount, LiveAgent, LiveQueue } from "@ringdesk/contract/http";

export const doingWords = {
  "on-call": "In a call", ringing: "Being offered a call", ready: "Ready", kept: "Available, gets no calls", away: "Away",
} as const satisfies Record<LiveAgent["doing"], string>;
const nearness = { "on-call": 0, ringing: 1, ready: 2, kept: 3, away: 4 } as const satisfies Record<LiveAgent["doing"], number>;

/** Share of the calls of a day that were answered in time; null when there were none. */
export function serviceLevel({ answered, answeredInTime, lost }: DayCount): number | null {
  const all = answered + lost;
  return all === 0 ? null : answeredInTime / all;
}

/** `83 %`, rounded down: nobody reads 100 % while one call was late. */
export const percent = (share: number | null): string => (share === null ? "–" : `${Math.floor(share * 100)} %`);

/** Since when the longest waiting caller waits; null when nobody does. */
export function longestSince(queues: readonly LiveQueue[]): number | null {
  const since = queues.flatMap((queue) => queue.waiting.map((call) => call.enteredAt));
  return since.length === 0 ? null : Math.min(...since);
}

/** Who works comes first; among those alike, who has been at it longest. */
export const byNearness = (a: LiveAgent, b: LiveAgent): number => nearness[a.doing] - nearness[b.doing] || a.since - b.since || a.name.localeCompare(b.name);

/** The wait that is expected: `about 2 min`, in steps a caller would be told; null when it is not known. */
export function aboutWait(ms: number | null): string | null {
  if (ms === null) return null;
  return ms < 60_000 ? "less than a minute" : `about ${Math.round(ms / 60_000)} min`;
}
