// RTE-11: the answer to the question that admins ask most.
import { expect, test } from "vitest";
import type { CallId, ConversationId, CustomerId, Millis, QueueId, SkillId, TeamId, UserId } from "@ringdesk/std";
import type { AgentStatus } from "@ringdesk/contract/http";
import type { WaitingCall } from "../calls/index.ts";
import type { Team } from "../teams/index.ts";
import { emptyBoard, laneId, type LaneId } from "./board.rules.ts";
import { stepRouter } from "./router.machine.ts";
import { NO_SKILLS } from "./skill.rules.ts";
import { whyNotRouted, type WhyParts } from "./why-not.rules.ts";

const q = "q1" as QueueId;
const [c1, c2] = ["c1", "c2"] as readonly string[] as readonly [CallId, CallId];
const [spanish, billing] = ["es", "billing"] as readonly string[] as readonly [SkillId, SkillId];
const [ana, ben] = ["ana", "ben"] as readonly string[] as readonly [UserId, UserId];
const call = { callId: c1, queueId: q, enteredAt: 5, skills: [] } as unknown as WaitingCall;
const queue = { id: q, displayName: "Support", isDefault: false, voiceEnabled: true };
const team: Team = { id: "t1" as TeamId, name: "t", displayName: "First line", routingEnabled: true, members: [ana], queues: [q], routeWhenOverCapacity: false, capacity: { sms: 1, email: 1, chat: 1, total: 2 } };

function world(change: Partial<WhyParts> & { readonly status?: AgentStatus } = {}) {
  const teams = change.teams ?? [team];
  const parts: WhyParts = {
    call, queue, teams, board: emptyBoard("t"), nameOf: (user) => (user === ana ? "Ana" : "Ben"), isActive: () => true,
    statusOf: () => ({ value: change.status ?? "available", since: 0 as Millis, why: null, reason: null, subStatus: null }), hasDesktop: () => true, isOnCall: () => false,
    loadOf: () => ({ voice: 0, sms: 0, email: 0, chat: 0 }), profilesOf: (user) => teams.filter((t) => t.routingEnabled && t.members.includes(user)), openVoiceOf: () => null,
    skillName: (id) => (id === spanish ? "Spanish" : id === billing ? "Billing" : null), skillsOf: () => NO_SKILLS, now: 0 as Millis, ...change,
  };
  const now = 0 as Millis;
  const enters = (id: CallId): void => { stepRouter(parts.board, { type: "item.entered", item: { kind: "call", id, channel: "voice" }, queue: q, priority: 0, atHead: false, enteredAt: now, needs: [], declinedBy: [], now }); };
  const opens = (agent: UserId, open: readonly LaneId[] = [laneId(q, "voice")]): void => { stepRouter(parts.board, { type: "agent.changed", agent, open, skills: NO_SKILLS, idleSince: now, now }); };
  const answer = () => whyNotRouted(c1, parts);
  return { parts, enters, opens, answer, queue: () => answer().queue.map((w) => w.reason), agents: () => Object.fromEntries(answer().agents.map((a) => [a.name, a.reasons.map((r) => r.reason)])) };
}

test("RTE-11 what keeps a queue's calls from everybody", () => {
  expect(world({ queue: { ...queue, isDefault: true, voiceEnabled: false } }).queue()).toEqual(["default-queue"]);
  expect(world({ queue: { ...queue, voiceEnabled: false } }).queue()).toEqual(["queue-not-voice-enabled"]);
  expect(world({ teams: [{ ...team, queues: [] }] }).queue()).toEqual(["queue-not-assigned"]);
  expect(world({ teams: [{ ...team, members: [] }] }).queue()).toEqual(["teams-without-members"]);
  expect(world({ teams: [{ ...team, routingEnabled: false }] }).queue()).toEqual(["team-routing-off"]);
  expect(world({ call: null, queue: null }).queue()).toEqual(["not-waiting"]);
  expect(world().queue()).toEqual([]);
});
test.each<[string, Parameters<typeof world>[0], readonly string[]]>([
  ["routing of the team is off", { teams: [{ ...team, routingEnabled: false }] }, ["team-routing-off"]],
  ["busy", { status: "busy" }, ["status-busy"]],
  ["unavailable", { status: "unavailable" }, ["status-unavailable"]],
  ["no desktop (STAT-2)", { hasDesktop: () => false }, ["no-desktop"]],
  ["in a call", { status: "busy", isOnCall: () => true }, ["on-call"]],
  ["voice capacity (CAP-1)", { loadOf: () => ({ voice: 1, sms: 0, email: 0, chat: 0 }) }, ["voice-full"]],
  ["total capacity (CAP-3)", { loadOf: () => ({ voice: 0, sms: 1, email: 1, chat: 0 }) }, ["total-full"]],
  ["over capacity is allowed (CAP-3)", { teams: [{ ...team, routeWhenOverCapacity: true }], loadOf: () => ({ voice: 0, sms: 1, email: 1, chat: 0 }) }, ["would-be-next"]],
])("RTE-11 an agent is not offered the call: %s", (_, change, reasons) => {
  expect(world(change).agents()).toEqual({ Ana: reasons });
});
test("RTE-11 rings elsewhere, is offered another call, has declined it", () => {
  const w = world({ teams: [{ ...team, members: [ana, ben] }] });
  w.enters(c2);
  w.opens(ana);
  w.enters(c1);
  w.opens(ben);
  expect([w.queue(), w.agents()]).toEqual([["rings"], { Ana: ["offer-ringing"], Ben: ["would-be-next"] }]);
  const offer = [...w.parts.board.offers.values()].find((o) => o.call === c1);
  stepRouter(w.parts.board, { type: "offer.declined", offer: offer?.id as never, agent: ben, now: 1 as Millis });
  expect([w.queue(), w.agents()]).toEqual([[], { Ana: ["offer-ringing"], Ben: ["declined"] }]);
});
test("RTE-11 names with whom the conversation is that takes the voice capacity, and links it", () => {
  const w = world({ loadOf: () => ({ voice: 1, sms: 0, email: 0, chat: 0 }), openVoiceOf: () => ({ id: "m1" as ConversationId, customerId: "u1" as CustomerId, customerName: "Maria Lopez" }) });
  expect(w.answer().agents[0]?.reasons[0]).toMatchObject({ conversation: { id: "m1", customerId: "u1" }, text: expect.stringContaining("Maria Lopez") as string });
});
test("RTE-11 STAT-4 says of others how they came to their status, not what they are told themselves", () => {
  const w = world({ statusOf: () => ({ value: "unavailable", since: 0 as Millis, why: "You did not answer a call that rang for you.", reason: "Did not answer an offered call", subStatus: null }) });
  expect(w.answer().agents[0]?.reasons.map(({ text }) => text)).toEqual(["Is unavailable: did not answer an offered call."]);
});
test("RTE-11 lists who is nearest first, and says how many more there are", () => {
  const members = Array.from({ length: 203 }, (_, n) => `u${n}` as UserId);
  const answer = world({ teams: [{ ...team, members }], hasDesktop: (user) => user === members[50] }).answer();
  expect([answer.agents.length, answer.more]).toEqual([200, 3]);
});
test("RTE-11 QUE-6 names the skill that an agent lacks, and until when it is asked for; not one that was deleted", () => {
  const asking = (skills: WaitingCall["skills"], more: Parameters<typeof world>[0] = {}) =>
    world({ call: { ...call, skills }, teams: [{ ...team, members: [ana, ben] }], skillsOf: (user) => new Set(user === ana ? [spanish, billing] : [billing]), ...more });
  const texts = (w: ReturnType<typeof world>) => Object.fromEntries(w.answer().agents.map(({ name, reasons }) => [name, reasons.map(({ text }) => text)]));
  const ready = "Is ready; the call comes here next.";
  expect(texts(asking([{ id: spanish, relaxAfterMs: 35_000 as Millis }, { id: billing, relaxAfterMs: null }]))).toEqual({ Ana: [ready], Ben: ["Lacks the skill Spanish (until it has waited 0:35)."] });
  expect(texts(asking([{ id: spanish, relaxAfterMs: null }]))).toEqual({ Ana: [ready], Ben: ["Lacks the skill Spanish."] });
  expect(texts(asking([{ id: spanish, relaxAfterMs: 35_000 as Millis }], { now: 35_005 as Millis }))).toEqual({ Ana: [ready], Ben: [ready] });
  expect(texts(asking([{ id: "gone" as SkillId, relaxAfterMs: null }]))).toEqual({ Ana: [ready], Ben: [ready] });
});
test("RTE-11 QUE-6 says so when nobody in the teams has what a call asks for", () => {
  const skills = [{ id: spanish, relaxAfterMs: 75_000 as Millis }, { id: billing, relaxAfterMs: null }];
  const w = world({ call: { ...call, skills }, skillsOf: () => new Set([billing]) });
  expect(w.answer().queue).toMatchObject([{ reason: "nobody-has-skills", settings: "skills", text: "Nobody in First line has the skill Billing and the skill Spanish (until it has waited 1:15) together." }]);
});
