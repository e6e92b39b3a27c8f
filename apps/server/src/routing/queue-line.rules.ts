// How a queue looks to those who watch it. Pure. RTE-10.
import type { CallId, SkillId, UserId } from "@ringdesk/std";
import type { AgentStatus, QueueLine, SkillNeed } from "@ringdesk/contract/http";
import type { WaitingCall } from "../calls/index.ts";
import { compareItems, type Board } from "./board.rules.ts";
import type { Queue } from "./routing.ports.ts";
import { needsOf } from "./skill.rules.ts";

/** How many agents of a queue have which status. */
export type Headcount = Readonly<Record<AgentStatus, number>>;
export const NOBODY: Headcount = { available: 0, busy: 0, unavailable: 0 };

/** One queue with its waiting calls, first in line first. */
export function queueLine(queue: Queue, calls: Iterable<WaitingCall>, agents: Headcount, board: Board, nameOf: (user: UserId) => string, skillName: SkillName): QueueLine {
  return {
    id: queue.id, name: queue.displayName, isDefault: queue.isDefault, voiceEnabled: queue.voiceEnabled,
    waiting: inOrder(calls, board).map((c) => ({ callId: c.callId, from: c.from, customerName: c.customerName, enteredAt: c.enteredAt, offeredTo: offeredTo(c.callId, board, nameOf), callback: c.callback, skills: [...skillNeeds(c, skillName)] })),
    agents,
  };
}

/** How a skill is called; null when it is there no more: then nobody asks for it. */
export type SkillName = (id: SkillId) => string | null;
/** What a waiting call asks for, by name. */
export function skillNeeds({ skills, enteredAt }: Pick<WaitingCall, "skills" | "enteredAt">, nameOf: SkillName): readonly SkillNeed[] {
  return needsOf(skills, enteredAt).flatMap(({ skill, until }) => {
    const name = nameOf(skill);
    return name === null ? [] : [{ id: skill, name, until }];
  }).sort((a, b) => a.name.localeCompare(b.name));
}

/** First in line first. */
export function inOrder(calls: Iterable<WaitingCall>, board: Board): readonly WaitingCall[] {
  return [...calls].sort((a, b) => {
    const [x, y] = [board.items.get(a.callId), board.items.get(b.callId)];
    return x !== undefined && y !== undefined ? compareItems(x, y) : a.enteredAt - b.enteredAt;
  });
}

/** The name of the agent at whom a call rings; null when it rings at nobody. */
export function offeredTo(call: CallId, board: Board, nameOf: (user: UserId) => string): string | null {
  const hold = board.items.get(call)?.hold;
  const agent = hold?.kind === "offered" ? board.offers.get(hold.offer)?.agent : undefined;
  return agent === undefined ? null : nameOf(agent);
}
