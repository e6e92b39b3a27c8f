// What can be done with a conversation, and what becomes of it. Pure. CRM-2, CAP-2, RTE-7.
//
// Invariants, checked after every step by conversation.property.test.ts: only what is open, unassigned and in a queue waits;
// only what is snoozed has an instant to wake at; what is done is left alone by clocks and by routing.
import type { Conversation, ConversationChange, SkillWish } from "@ringdesk/contract/http";
import type { Millis, QueueId, Step, TeamId, UserId } from "@ringdesk/std";

/** A conversation as it is stored. */
export type ConversationState = Conversation & {
  /** Within its queue, the larger first. */
  readonly priority: number;
  /** What the rule asks for that placed it, besides what its queue asks for (QUE-6). */
  readonly skills: readonly SkillWish[];
};
/** What a change of many can change, to be put back when it is undone. */
export type ConversationBefore = Pick<ConversationState, "status" | "queueId" | "priority" | "skills" | "assignedTo" | "teamId" | "tags" | "snoozedUntil" | "waitingSince">;
type Named<T> = { readonly id: T; readonly name: string };

export type ConversationEvent = { readonly now: Millis } & (
  | { readonly type: "done" }
  /** `to`: who takes it; null leaves it with whom it is, or has it routed. `queue`: for one that is in none. */
  | { readonly type: "reopened"; readonly to: Named<UserId> | null; readonly queue: QueueId | null; /** What the rule asks for that chose this queue. */ readonly skills?: readonly SkillWish[]; readonly hasLiveCall: boolean }
  | { readonly type: "snoozed"; readonly until: Millis }
  | { readonly type: "clock-reached"; readonly hasLiveCall: boolean }
  /** By hand; what is undefined stays, null takes it away. */
  | { readonly type: "assigned"; readonly user?: Named<UserId> | null | undefined; readonly team?: Named<TeamId> | null | undefined; readonly hasLiveCall: boolean }
  /** Routing found an agent. */
  | { readonly type: "routed"; readonly user: Named<UserId> }
  | { readonly type: "transferred"; readonly queue: Named<QueueId>; readonly priority: number; readonly hasLiveCall: boolean }
  | { readonly type: "described"; readonly tags?: readonly string[] | undefined; readonly language?: string | null | undefined }
  /** A change is undone: as it was before. */
  | { readonly type: "restored"; readonly before: ConversationBefore; readonly hasLiveCall: boolean }
  | { readonly type: "message-received"; readonly queue: QueueId | null; readonly skills?: readonly SkillWish[] }
  | { readonly type: "message-written" });

/** What the timeline is told, and why something cannot be done, in words for a person. */
export type ConversationEffect =
  | { readonly do: "tell"; readonly change: ConversationChange; readonly detail: string | null }
  | { readonly do: "refuse"; readonly why: string };
type Stepped = Step<ConversationState, ConversationEffect>;

const DONE = "It is done. Reopen it first.";

/** Total: what changes nothing leaves the same state. */
export function stepConversation(c: ConversationState, e: ConversationEvent): Stepped {
  switch (e.type) {
    case "done": return c.status === "done" ? same(c) : tell({ ...rested(c), status: "done" }, e.now, "done");
    case "reopened": return reopened(c, e);
    case "snoozed": return c.status === "done" ? refuse(c, DONE) : tell({ ...rested(c), status: "snoozed", snoozedUntil: e.until }, e.now, "snoozed", String(e.until));
    case "clock-reached":
      if (c.status !== "snoozed" || c.snoozedUntil === null || c.snoozedUntil > e.now) return same(c);
      return tell(opened(c, e.now, !e.hasLiveCall), e.now, "woken");
    case "assigned": return assigned(c, e);
    case "routed":
      if (c.waitingSince === null) return refuse(c, "It does not wait any more.");
      return tell({ ...rested(c), assignedTo: e.user.id }, e.now, "assigned", e.user.name);
    case "transferred":
      if (c.status === "done") return refuse(c, DONE);
      return tell(opened({ ...c, queueId: e.queue.id, priority: e.priority, skills: [], assignedTo: null, teamId: null }, e.now, !e.hasLiveCall), e.now, "transferred", e.queue.name);
    case "described": return described(c, e);
    case "restored": return restored(c, e);
    case "message-received":
      if (c.status === "open") return { state: touched(c, e.now), effects: [] };
      return tell(opened(placed(c, e), e.now, true), e.now, c.status === "snoozed" ? "woken" : "reopened");
    case "message-written": return { state: touched(c, e.now), effects: [] };
  }
}

type Of<T extends ConversationEvent["type"]> = Extract<ConversationEvent, { readonly type: T }>;

function reopened(c: ConversationState, e: Of<"reopened">): Stepped {
  const { to, hasLiveCall, now } = e;
  if (c.status === "open" && (to === null || c.assignedTo === to.id)) return same(c);
  const next = { ...placed(c, e), assignedTo: to?.id ?? c.assignedTo };
  // CAP-2: an agent who has it keeps it, full or not.
  const effects: ConversationEffect[] = c.status === "open" ? [] : [{ do: "tell", change: "reopened", detail: null }];
  if (to !== null && c.assignedTo !== to.id) effects.push({ do: "tell", change: "assigned", detail: to.name });
  return { state: touched(opened(next, now, !hasLiveCall), now), effects };
}

function assigned(c: ConversationState, e: Of<"assigned">): Stepped {
  const user = e.user === undefined ? c.assignedTo : e.user?.id ?? null;
  const team = e.team === undefined ? c.teamId : e.team?.id ?? null;
  if (user === c.assignedTo && team === c.teamId) return same(c);
  const next = { ...c, assignedTo: user, teamId: team };
  const isGiven = user !== null || team !== null;
  const name = [e.user?.name, e.team?.name].filter((part) => part !== undefined).join(", ");
  const change = isGiven && name !== "" ? "assigned" : "unassigned";
  // Work that was left behind becomes somebody's; what is done or put aside only changes hands.
  if (c.status === "open" || (c.status === "wrap-up" && isGiven)) return tell(opened(next, e.now, !e.hasLiveCall), e.now, change, name);
  return tell(next, e.now, change, name);
}

function described(c: ConversationState, e: Of<"described">): Stepped {
  const tags = e.tags === undefined ? c.tags : [...new Set(e.tags)];
  const language = e.language === undefined ? c.language : e.language;
  const effects: ConversationEffect[] = [];
  if (tags.join("\n") !== c.tags.join("\n")) effects.push({ do: "tell", change: "tagged", detail: tags.join(", ") });
  if (language !== c.language) effects.push({ do: "tell", change: "language", detail: language ?? "" });
  return effects.length === 0 ? same(c) : { state: touched({ ...c, tags: [...tags], language }, e.now), effects };
}

/** What waited before has its place in line again. */
function restored(c: ConversationState, { before, hasLiveCall, now }: Of<"restored">): Stepped {
  const { status, queueId, priority, skills, assignedTo, teamId, tags, snoozedUntil, waitingSince } = before;
  const next: ConversationState = { ...rested(c), status, queueId, priority, skills, assignedTo, teamId, tags };
  if (status === "snoozed" && snoozedUntil !== null) return tell({ ...next, snoozedUntil }, now, "restored");
  if (status !== "open" && status !== "snoozed") return tell(next, now, "restored");
  const open = opened(next, now, !hasLiveCall);
  return tell({ ...open, waitingSince: open.waitingSince === null ? null : waitingSince ?? now }, now, "restored");
}

/** One that is in a queue stays there, with what was asked for. */
const placed = (c: ConversationState, { queue, skills = [] }: Pick<Of<"reopened">, "queue" | "skills">): ConversationState => (c.queueId === null ? { ...c, queueId: queue, skills } : c);

/** Open; it waits from now on if it is nobody's, unless a call about it waits or is talked already. */
function opened(c: ConversationState, now: Millis, mayWait: boolean): ConversationState {
  const waits = mayWait && c.assignedTo === null && c.teamId === null && c.queueId !== null;
  return { ...c, status: "open", snoozedUntil: null, waitingSince: waits ? now : null };
}
const rested = (c: ConversationState): ConversationState => ({ ...c, snoozedUntil: null, waitingSince: null });
const touched = (c: ConversationState, now: Millis): ConversationState => ({ ...c, lastActivityAt: now > c.lastActivityAt ? now : c.lastActivityAt });
const same = (state: ConversationState): Stepped => ({ state, effects: [] });
const refuse = (state: ConversationState, why: string): Stepped => ({ state, effects: [{ do: "refuse", why }] });
const tell = (state: ConversationState, now: Millis, change: ConversationChange, detail: string | null = null): Stepped =>
  ({ state: touched(state, now), effects: [{ do: "tell", change, detail: detail === "" ? null : detail }] });
