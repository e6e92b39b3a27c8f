// What can be wrong with the options of a queue, beyond the form of each field. Pure.
import type { QueueChange } from "@ringdesk/contract/http";
import { ALL_CHANNELS } from "./plan.rules.ts";
import type { Queue, Queues } from "./routing.ports.ts";
import type { FieldFault } from "./settings.errors.ts";

/** The queue as a change leaves it. A voice-only queue takes nothing else; one that no longer is takes everything. */
export function changedQueue(queue: Queue, change: QueueChange): Queue {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<Queue>;
  const next = { ...queue, ...given };
  if (next.voiceOnly) return { ...next, channels: [] };
  return queue.voiceOnly && given.channels === undefined ? { ...next, channels: ALL_CHANNELS } : next;
}

/** All that keeps `queue` from being stored, each at its field. `queues` may hold its former self. */
export function queueFaults(queues: Queues, queue: Queue): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const no = (pointer: string, detail: string): void => { faults.push({ pointer, detail }); };
  const { overflow, announce } = queue;
  if (isNameTaken(queues.all(), queue)) no("/name", "Another queue has this name");
  if (queue.isDefault && queue.voiceEnabled) no("/voiceEnabled", "Calls in the default queue cannot be answered, only assigned by hand. Make another queue for calls.");
  if (queue.voiceOnly && !queue.voiceEnabled) no("/voiceOnly", "A voice-only queue accepts voice conversations");
  if (!queue.voiceEnabled && queue.channels.length === 0) no("/channels", "Choose at least one channel");
  if (announce !== null && !announce.position && !announce.wait) no("/announce", "Choose what is announced");
  if (queue.musicId !== null && !queues.music().some(({ id }) => id === queue.musicId)) no("/musicId", "This music is not there any more");
  if (queue.scheduleId !== null && queues.schedule(queue.scheduleId) === null) no("/scheduleId", "This schedule is not there any more");
  if (overflow !== null) {
    const target = queues.byId(overflow.queueId);
    if (target === null) no("/overflow/queueId", "This queue is not there any more");
    else if (target.id === queue.id) no("/overflow/queueId", "Choose another queue than this one");
    else if (!target.voiceEnabled) no("/overflow/queueId", "This queue does not accept voice conversations");
  }
  return faults;
}

/** Names are told apart without upper and lower case. */
export const isNameTaken = (all: readonly { readonly id: string; readonly name: string }[], one: { readonly id: string; readonly name: string }): boolean =>
  all.some(({ id, name }) => id !== one.id && name.toLowerCase() === one.name.toLowerCase());
