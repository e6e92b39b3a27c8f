// How long a caller will probably wait, from how often calls of the queue were handed over lately. Pure. QUE-6.
import type { Millis, QueueId } from "@ringdesk/std";

/** So many hand-overs of each queue are looked at. */
export const KEPT_HAND_OVERS = 20;
/** Fewer than this say nothing. */
const ENOUGH = 3;
/** Older ones count no more, milliseconds. */
export const RECENT_MS = 1_800_000;
/** Nobody is told a longer wait, milliseconds. */
const LONGEST_MS = 3_600_000;

/** When calls of each queue were taken by an agent, the latest last. */
export type HandOvers = {
  readonly note: (queue: QueueId, at: Millis) => void;
  /** Those from before this start, in order of time. What was noted meanwhile is later. */
  readonly seed: (before: readonly { readonly queueId: QueueId; readonly at: Millis }[]) => void;
  /** `position` 1 is first in line. Null while too little is known. */
  readonly estimate: (queue: QueueId, position: number, now: Millis) => Millis | null;
};

export function createHandOvers(): HandOvers {
  const known = new Map<QueueId, Millis[]>();
  const note = (queue: QueueId, at: Millis): void => {
    const times = known.get(queue) ?? [];
    times.push(at);
    if (times.length > KEPT_HAND_OVERS) times.shift();
    known.set(queue, times);
  };
  return {
    note,
    seed: (before) => {
      const meanwhile = [...known];
      known.clear();
      for (const { queueId, at } of before) note(queueId, at);
      for (const [queue, times] of meanwhile) for (const at of times) note(queue, at);
    },
    estimate: (queue, position, now) => estimateWait(known.get(queue) ?? [], position, now),
  };
}

/** The mean time between hand-overs, the time since the last one included, for each place in line. */
export function estimateWait(handOvers: readonly Millis[], position: number, now: Millis): Millis | null {
  const recent = handOvers.filter((at) => now - at <= RECENT_MS);
  const first = recent[0];
  if (first === undefined || recent.length < ENOUGH) return null;
  const eachMs = (now - first) / recent.length;
  return Math.min(LONGEST_MS, Math.round(eachMs * position)) as Millis;
}
