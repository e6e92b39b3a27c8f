import type { NumberedEvent, SwitchEvent } from "@ringdesk/contract/switch";
import type { Millis } from "@ringdesk/std";

/** Events that are kept while nobody acknowledges them; beyond that the oldest are dropped and counted. */
export const MAX_KEPT_EVENTS = 100_000;

/** All events of one life of the switch that the server has not yet persisted, numbered from 1 without gaps. */
export type EventLog = {
  readonly append: (event: SwitchEvent, at: Millis) => NumberedEvent;
  /** Forgets events up to `seq`. Unknown or old numbers change nothing. */
  readonly ack: (seq: number) => void;
  /** The first kept event after `seq`, or null. */
  readonly after: (seq: number) => NumberedEvent | null;
  /** Number of the last event; 0 before the first. */
  readonly lastSeq: () => number;
  readonly kept: () => number;
  readonly dropped: () => number;
};

export function createEventLog(maxKept: number = MAX_KEPT_EVENTS): EventLog {
  // A growing array with a moving start: cut off only when half of it is used up, so that an ack costs O(1) on average.
  let events: NumberedEvent[] = [];
  let start = 0;
  let lastSeq = 0;
  let dropped = 0;
  const kept = (): number => events.length - start;
  const forget = (count: number): void => {
    start += count;
    if (start * 2 < events.length) return;
    events = events.slice(start);
    start = 0;
  };
  return {
    append: (event, at) => {
      lastSeq += 1;
      const numbered: NumberedEvent = { seq: lastSeq, at, event };
      events.push(numbered);
      if (kept() > maxKept) {
        forget(1);
        dropped += 1;
      }
      return numbered;
    },
    ack: (seq) => {
      const first = events[start]?.seq;
      if (first === undefined || seq < first) return;
      forget(Math.min(seq - first + 1, kept()));
    },
    after: (seq) => {
      const first = events[start]?.seq;
      if (first === undefined) return null;
      return events[start + Math.max(0, seq + 1 - first)] ?? null;
    },
    lastSeq: () => lastSeq,
    kept,
    dropped: () => dropped,
  };
}
