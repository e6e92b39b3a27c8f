// Where a call waits, and how: the options of its queue at the moment it comes in. Pure.
import type { AskedSkills, SkillWish } from "@ringdesk/contract/http";
import type { Millis, QueueId } from "@ringdesk/std";
import { plainPlan, type QueuePlan } from "../calls/index.ts";
import type { Queue, Queues } from "./routing.ports.ts";
import { isOpen } from "./schedule.rules.ts";
import { joinWishes, wishesOf } from "./skill.rules.ts";

const NO_QUEUE = { queueId: "no-queue" as QueueId, queueName: "No queue" };
/** What an omnichannel queue takes besides voice. */
export const ALL_CHANNELS = ["sms", "email", "chat"] as const;
export const ASKS_NOTHING: AskedSkills = { skills: [], relaxAfterMs: null };
/** A queue for which nothing was set. */
export const PLAIN_OPTIONS = {
  voiceOnly: false, channels: ALL_CHANNELS, priority: 0, overflow: null, musicId: null, announce: null, scheduleId: null, callback: null, wrapUpMs: null, asks: ASKS_NOTHING,
} as const satisfies Partial<Queue>;

/** RTE-5, RTE-6: without a queue, or with one that is gone, a call waits in the default queue; from any other that is the way on. `asked`: what the rule asks for. */
export function planFor(queues: Queues, id: QueueId | null, now: Millis, asked: readonly SkillWish[] = []): QueuePlan {
  const standard = queues.standard();
  const queue = (id === null ? null : queues.byId(id)) ?? standard;
  const timeoutMs = queues.settings().unansweredTimeoutMs as Millis;
  const fallback = standard === null || standard.id === queue?.id ? null : placeOf(standard);
  if (queue === null) return { ...plainPlan, ...NO_QUEUE, timeoutMs, fallback };
  return {
    ...plainPlan, ...placeOf(queue), ...comfortOf(queue, asked), timeoutMs, fallback, overflow: overflowOf(queues, queue, now, asked),
    callback: queue.callback === null ? null : { offerAfterMs: queue.callback.offerAfterMs as Millis },
    closed: isClosed(queues, queue, now),
  };
}

const placeOf = (queue: Queue) => ({ queueId: queue.id, queueName: queue.displayName });
/** What the rule asks for goes with the caller to another queue; what a queue asks for stays with it. */
const comfortOf = ({ priority, musicId, announce, asks }: Queue, asked: readonly SkillWish[]) => ({
  priority, music: musicId === null ? null : musicPath(musicId), announce: announce === null ? null : { ...announce, everyMs: announce.everyMs as Millis }, skills: [...joinWishes(asked, wishesOf(asks))],
});

/** Where uploaded music stands in the media folder. */
export const musicPath = (id: string): string => `music/${id}.ulaw`;

const isClosed = (queues: Queues, { scheduleId }: Queue, now: Millis): boolean => {
  const schedule = scheduleId === null ? null : queues.schedule(scheduleId);
  return schedule !== null && !isOpen(schedule, now);
};

/** Nobody is sent on to a queue that is closed or takes no calls. */
function overflowOf(queues: Queues, { overflow }: Queue, now: Millis, asked: readonly SkillWish[]): QueuePlan["overflow"] {
  const target = overflow === null ? null : queues.byId(overflow.queueId);
  if (overflow === null || target === null || !target.voiceEnabled || isClosed(queues, target, now)) return null;
  return { ...placeOf(target), ...comfortOf(target, asked), afterMs: overflow.afterMs as Millis };
}
