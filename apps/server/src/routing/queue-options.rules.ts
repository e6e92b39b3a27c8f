// What can be wrong with the options of a queue, beyond the form of each field. Pure.
import { MAX_SKILL_SETS, type AskedSkills, type QueueChange } from "@ringdesk/contract/http";
import { ALL_CHANNELS, ASKS_NOTHING } from "./plan.rules.ts";
import type { Queue, Queues } from "./routing.ports.ts";
import type { FieldFault } from "./settings.errors.ts";

/** The queue as a change leaves it. A voice-only queue takes nothing else; one that no longer is takes everything. */
export function changedQueue(queue: Queue, change: QueueChange): Queue {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<Queue>;
  const next = { ...queue, ...given, asks: tidyAsks(given.asks ?? queue.asks) };
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
  if (queue.isDefault && queue.asks.skills.length > 0) no("/asks/skills", "Calls in the default queue are offered to nobody");
  faults.push(...askedFaults(queues, queue));
  if (overflow !== null) {
    const target = queues.byId(overflow.queueId);
    if (target === null) no("/overflow/queueId", "This queue is not there any more");
    else if (target.id === queue.id) no("/overflow/queueId", "Choose another queue than this one");
    else if (!target.voiceEnabled) no("/overflow/queueId", "This queue does not accept voice conversations");
  }
  return faults;
}

/** Each skill once; what asks for nothing has no time either. */
export const tidyAsks = ({ skills, relaxAfterMs }: AskedSkills): AskedSkills => (skills.length === 0 ? ASKS_NOTHING : { skills: [...new Set(skills)], relaxAfterMs });

/** What is wrong with the skills that a rule or a queue asks for. `queues` may hold its former self. */
export function askedFaults(queues: Queues, { id, asks }: { readonly id: string; readonly asks: AskedSkills }): readonly FieldFault[] {
  if (!asks.skills.every((skill) => queues.skill(skill) !== null)) return [{ pointer: "/asks/skills", detail: "One of these skills is not there any more" }];
  const others = [...queues.rules(), ...queues.all()].filter((other) => other.id !== id && other.asks.skills.length > 0);
  const sets = new Set(others.map((other) => setOf(other.asks)));
  if (asks.skills.length === 0 || sets.has(setOf(asks)) || sets.size < MAX_SKILL_SETS) return [];
  return [{ pointer: "/asks/skills", detail: `Rules and queues ask for ${MAX_SKILL_SETS} different sets of skills already` }];
}
const setOf = ({ skills }: AskedSkills): string => [...skills].sort().join(" ");

/** Names are told apart without upper and lower case. */
export const isNameTaken = (all: readonly { readonly id: string; readonly name: string }[], one: { readonly id: string; readonly name: string }): boolean =>
  all.some(({ id, name }) => id !== one.id && name.toLowerCase() === one.name.toLowerCase());
