import { describe, expect, test } from "vitest";
import type { ConversationId, CustomerId, Millis, QueueId, SkillId, TeamId, UserId } from "@ringdesk/std";
import type { ConversationStatus } from "@ringdesk/contract/http";
import { stepConversation, type ConversationEvent, type ConversationState } from "./conversation.machine.ts";

const at = (ms: number): Millis => ms as Millis;
const ana = { id: "ana" as UserId, name: "Ana" };
const ben = { id: "ben" as UserId, name: "Ben" };
const team = { id: "t1" as TeamId, name: "Second line" };
const queue = "q1" as QueueId;
const now = at(1_000);

const base: ConversationState = {
  id: "v1" as ConversationId, customerId: "c1" as CustomerId, channel: "email", status: "open", subject: null, queueId: queue, assignedTo: null, teamId: null,
  supportNumber: null, language: null, tags: [], snoozedUntil: null, waitingSince: null, priority: 0, skills: [], version: 1, createdAt: at(1), lastActivityAt: at(1),
};
const states = {
  waiting: { ...base, waitingSince: at(5) },
  assigned: { ...base, assignedTo: ana.id },
  snoozed: { ...base, status: "snoozed", snoozedUntil: at(500) },
  "snoozed of Ana": { ...base, status: "snoozed", snoozedUntil: at(500), assignedTo: ana.id },
  "wrap-up": { ...base, status: "wrap-up" },
  done: { ...base, status: "done" },
  "done by Ana": { ...base, status: "done", assignedTo: ana.id },
} as const satisfies Record<string, ConversationState>;

const calm = { hasLiveCall: false, now } as const;
const events = {
  done: { type: "done", now },
  reopened: { type: "reopened", to: null, queue, ...calm },
  "reopened for Ben": { type: "reopened", to: ben, queue, ...calm },
  snoozed: { type: "snoozed", until: at(9_000), now },
  "clock-reached": { type: "clock-reached", ...calm },
  "assigned to Ben": { type: "assigned", user: ben, ...calm },
  "assigned to a team": { type: "assigned", team, ...calm },
  unassigned: { type: "assigned", user: null, ...calm },
  routed: { type: "routed", user: ben, now },
  transferred: { type: "transferred", queue: { id: "q2" as QueueId, name: "Sales" }, priority: 3, ...calm },
  tagged: { type: "described", tags: ["a", "a", "b"], now },
  "language-set": { type: "described", language: "fr-CA", now },
  "message-received": { type: "message-received", queue, now },
  "message-written": { type: "message-written", now },
  "put back as it waited": { type: "restored", before: states.waiting, ...calm },
  "put back as Ana's": { type: "restored", before: states.assigned, ...calm },
  "put back as snoozed": { type: "restored", before: states.snoozed, ...calm },
  "put back as left": { type: "restored", before: states["wrap-up"], ...calm },
  "put back as done": { type: "restored", before: states["done by Ana"], ...calm },
} as const satisfies Record<string, ConversationEvent>;

/** Status, whose it is, `~` when it waits to be routed, and what is told. */
const seen = (from: ConversationState, event: ConversationEvent): string => {
  const { state, effects } = stepConversation(from, event);
  const told = effects.map((e) => (e.do === "tell" ? e.change : "refused"));
  return [`${state.status}${state.assignedTo === null ? "" : ` ${state.assignedTo}`}${state.waitingSince === null ? "" : " ~"}`, ...told].join(", ");
};
type Row = Record<keyof typeof events, string>;
/** Whatever has become of it. */
const undone = {
  "put back as it waited": "open ~, restored", "put back as Ana's": "open ana, restored", "put back as snoozed": "snoozed, restored", "put back as left": "wrap-up, restored", "put back as done": "done ana, restored",
} as const;
const kept = (status: ConversationStatus, who = ""): Pick<Row, "tagged" | "language-set" | "message-written" | keyof typeof undone> =>
  ({ ...undone, tagged: `${status}${who}, tagged`, "language-set": `${status}${who}, language`, "message-written": `${status}${who}` });
const table: Record<keyof typeof states, Row> = { // total: a new event or state does not compile without its cells
  waiting: {
    done: "done, done", reopened: "open ~", "reopened for Ben": "open ben, assigned", snoozed: "snoozed, snoozed", "clock-reached": "open ~", "assigned to Ben": "open ben, assigned",
    "assigned to a team": "open, assigned", unassigned: "open ~", routed: "open ben, assigned", transferred: "open ~, transferred", "message-received": "open ~", ...kept("open", " ~"),
  },
  assigned: {
    done: "done ana, done", reopened: "open ana", "reopened for Ben": "open ben, assigned", snoozed: "snoozed ana, snoozed", "clock-reached": "open ana", "assigned to Ben": "open ben, assigned",
    "assigned to a team": "open ana, assigned", unassigned: "open ~, unassigned", routed: "open ana, refused", transferred: "open ~, transferred", "message-received": "open ana", ...kept("open", " ana"),
  },
  snoozed: {
    done: "done, done", reopened: "open ~, reopened", "reopened for Ben": "open ben, reopened, assigned", snoozed: "snoozed, snoozed", "clock-reached": "open ~, woken", "assigned to Ben": "snoozed ben, assigned",
    "assigned to a team": "snoozed, assigned", unassigned: "snoozed", routed: "snoozed, refused", transferred: "open ~, transferred", "message-received": "open ~, woken", ...kept("snoozed"),
  },
  "snoozed of Ana": {
    done: "done ana, done", reopened: "open ana, reopened", "reopened for Ben": "open ben, reopened, assigned", snoozed: "snoozed ana, snoozed", "clock-reached": "open ana, woken", "assigned to Ben": "snoozed ben, assigned",
    "assigned to a team": "snoozed ana, assigned", unassigned: "snoozed, unassigned", routed: "snoozed ana, refused", transferred: "open ~, transferred", "message-received": "open ana, woken", ...kept("snoozed", " ana"),
  },
  "wrap-up": {
    done: "done, done", reopened: "open ~, reopened", "reopened for Ben": "open ben, reopened, assigned", snoozed: "snoozed, snoozed", "clock-reached": "wrap-up", "assigned to Ben": "open ben, assigned",
    "assigned to a team": "open, assigned", unassigned: "wrap-up", routed: "wrap-up, refused", transferred: "open ~, transferred", "message-received": "open ~, reopened", ...kept("wrap-up"),
  },
  done: {
    done: "done", reopened: "open ~, reopened", "reopened for Ben": "open ben, reopened, assigned", snoozed: "done, refused", "clock-reached": "done", "assigned to Ben": "done ben, assigned",
    "assigned to a team": "done, assigned", unassigned: "done", routed: "done, refused", transferred: "done, refused", "message-received": "open ~, reopened", ...kept("done"),
  },
  "done by Ana": {
    done: "done ana", reopened: "open ana, reopened", "reopened for Ben": "open ben, reopened, assigned", snoozed: "done ana, refused", "clock-reached": "done ana", "assigned to Ben": "done ben, assigned",
    "assigned to a team": "done ana, assigned", unassigned: "done, unassigned", routed: "done ana, refused", transferred: "done ana, refused", "message-received": "open ana, reopened", ...kept("done", " ana"),
  },
};

describe("CRM-2 CAP-2 RTE-7 what becomes of a conversation", () => {
  for (const [from, row] of Object.entries(table)) for (const [on, expected] of Object.entries(row))
    test(`${from} + ${on} → ${expected}`, () => { expect(seen(states[from as keyof typeof states], events[on as keyof typeof events])).toBe(expected); });
});

test("RTE-7 a reopened one waits from the moment it was reopened, so that it stands behind those who waited already", () => {
  expect(stepConversation(states["wrap-up"], events.reopened).state.waitingSince).toBe(now);
});
test("RTE-7 one without a queue waits in the queue it is given when it is reopened", () => {
  expect(stepConversation({ ...states["wrap-up"], queueId: null }, events.reopened).state).toMatchObject({ queueId: queue, waitingSince: now });
  expect(stepConversation({ ...states["wrap-up"], queueId: null }, { ...events.reopened, queue: null }).state).toMatchObject({ status: "open", queueId: null, waitingSince: null });
});
test("CRM-4 what is put back stands in line where it stood, with its queue, priority, team, tags and time to wake", () => {
  const before = { ...states.waiting, queueId: "q2" as QueueId, priority: 3, tags: ["a"] };
  expect(stepConversation({ ...states["done by Ana"], tags: ["b"], priority: 1 }, { ...events["put back as it waited"], before }).state).toEqual({ ...before, lastActivityAt: now });
  expect(stepConversation(states.assigned, { ...events["put back as snoozed"], before: { ...states["snoozed of Ana"], teamId: team.id } }).state).toMatchObject({ snoozedUntil: at(500), assignedTo: ana.id, teamId: team.id });
});
test("QUE-6 what a rule asks for comes with the queue that it chose, stays on reopening, and goes with a transfer", () => {
  const skills = [{ id: "es" as SkillId, relaxAfterMs: null }];
  const without = { ...states["wrap-up"], queueId: null };
  const ruled = stepConversation(without, { ...events.reopened, skills }).state;
  expect(ruled).toMatchObject({ queueId: queue, skills });
  expect(stepConversation({ ...ruled, status: "done" }, { ...events.reopened, skills: [] }).state.skills).toEqual(skills);
  expect(stepConversation(ruled, events.transferred).state.skills).toEqual([]);
});
test("a conversation does not wait beside its own call", () => {
  const call = { hasLiveCall: true };
  expect(stepConversation(states.done, { ...events["put back as it waited"], ...call }).state).toMatchObject({ status: "open", waitingSince: null });
  for (const event of [{ ...events.transferred, ...call }, { ...events.unassigned, ...call }]) expect(stepConversation(states.assigned, event).state.waitingSince).toBeNull();
  expect(stepConversation(states["wrap-up"], { ...events.reopened, ...call }).state).toMatchObject({ status: "open", waitingSince: null });
});
test("a snoozed one does not wake before its time", () => {
  expect(stepConversation(states.snoozed, { ...events["clock-reached"], now: at(499) })).toEqual({ state: states.snoozed, effects: [] });
});
test("a transfer takes the queue's priority and lets go of the team", () => {
  expect(stepConversation({ ...states.assigned, teamId: team.id }, events.transferred).state).toMatchObject({ queueId: "q2", priority: 3, teamId: null });
});
test("what changes nothing is the same state, and activity never goes back", () => {
  for (const event of [events.tagged]) {
    const once = stepConversation(states.assigned, event).state;
    expect(stepConversation(once, event).state).toBe(once);
  }
  expect(stepConversation({ ...states.assigned, lastActivityAt: at(5_000) }, events.done).state.lastActivityAt).toBe(5_000);
});
