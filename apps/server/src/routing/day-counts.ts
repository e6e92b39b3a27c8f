// Today's service level, kept as calls are answered and lost. The day is the organisation's.
import { addMs, type CallId, type Millis, type QueueId } from "@ringdesk/std";
import type { DayCount } from "@ringdesk/contract/http";
import type { CallChange } from "../calls/index.ts";

/** What counts as answered in time: from entering the queue until an agent takes the call, milliseconds. */
export const ANSWER_WITHIN_MS = 20_000;
/** Days turn on a quarter of an hour, in every time zone there is. */
const QUARTER_MS = 900_000;
const NONE: DayCount = { answered: 0, answeredInTime: 0, lost: 0 };

export type DayCounts = {
  readonly onCallChange: (change: CallChange, now: Millis) => void;
  /** What was counted before this start. */
  readonly seed: (rows: readonly (DayCount & { readonly queueId: QueueId })[]) => void;
  readonly of: (queue: QueueId, now: Millis) => DayCount;
  readonly total: (now: Millis) => DayCount;
};

export function createDayCounts(timeZone: () => string): DayCounts {
  const counts = new Map<QueueId, DayCount>();
  /** Inbound calls that came to a queue and have not ended. */
  const open = new Map<CallId, { readonly queue: QueueId; readonly enteredAt: Millis; readonly answered: boolean }>();
  let day = "";
  let lookAgainAt = 0;
  const turn = (now: Millis): void => {
    if (now < lookAgainAt) return;
    lookAgainAt = (Math.floor(now / QUARTER_MS) + 1) * QUARTER_MS;
    const today = dayOf(now, timeZone());
    if (day !== "" && day !== today) counts.clear();
    day = today;
  };
  const add = (queue: QueueId, more: Partial<DayCount>): void => { counts.set(queue, plus(counts.get(queue) ?? NONE, { ...NONE, ...more })); };
  return {
    onCallChange: (change, now) => {
      turn(now);
      if (change.type === "waiting") {
        const known = open.get(change.call.callId);
        // The wait counts from the first queue on, in the queue where it ends.
        open.set(change.call.callId, { queue: change.call.queueId, enteredAt: known?.enteredAt ?? change.call.enteredAt, answered: known?.answered ?? false });
      }
      if (change.type === "started") {
        const call = open.get(change.callId);
        if (call === undefined || call.answered) return;
        open.set(change.callId, { ...call, answered: true });
        add(call.queue, { answered: 1, answeredInTime: now - call.enteredAt <= ANSWER_WITHIN_MS ? 1 : 0 });
      }
      if (change.type === "ended") {
        const call = open.get(change.callId);
        open.delete(change.callId);
        if (call !== undefined && !call.answered) add(call.queue, { lost: 1 });
      }
    },
    seed: (rows) => { for (const { queueId, ...count } of rows) add(queueId, count); },
    of: (queue, now) => { turn(now); return counts.get(queue) ?? NONE; },
    total: (now) => { turn(now); return [...counts.values()].reduce(plus, NONE); },
  };
}

const plus = (a: DayCount, b: DayCount): DayCount => ({ answered: a.answered + b.answered, answeredInTime: a.answeredInTime + b.answeredInTime, lost: a.lost + b.lost });

const dayOf = (at: Millis, timeZone: string): string => new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at);

/** When the day of `now` began in a time zone. A day of 23 or 25 hours is no trap: it is found by looking. */
export function dayStart(now: Millis, timeZone: string): Millis {
  const today = dayOf(now, timeZone);
  let start = (Math.floor(now / QUARTER_MS) * QUARTER_MS) as Millis;
  while (dayOf(addMs(start, -QUARTER_MS), timeZone) === today) start = addMs(start, -QUARTER_MS);
  return start;
}
