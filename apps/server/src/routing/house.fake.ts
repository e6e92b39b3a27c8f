// Calls, routing and agents over a telephony, clock and log in memory: the house without its walls. A restart is a new
// house over the same telephony, clock and log.
import { pino } from "pino";
import { err, ok, type CallId, type CustomerId, type E164, type LegId, type Millis, type NumberId, type QueueId, type SkillId, type TeamId, type UserId } from "@ringdesk/std";
import type { CallSummary, Desk, LiveViewChange, QueueLine, SupportNumber, User } from "@ringdesk/contract/http";
import { decodeCallFact, type CallFact, type QueuePlan } from "../calls/index.ts";
import { summarise } from "../calls/call.summary.rules.ts";
import { createCalls, type CallService } from "../calls/wiring.ts";
import type { ChannelLoad, Load } from "../conversations/index.ts";
import type { Customers } from "../customers/index.ts";
import type { Identified } from "../customers/customers.ports.ts";
import { createPhoneRinging } from "../devices/wiring.ts";
import { createFakeFactLog, type FakeFactLog } from "../facts/fact-log.fake.ts";
import type { StoredFact } from "../facts/index.ts";
import { createFakeClock, type FakeClock } from "../kernel/clock.fake.ts";
import type { SupportNumbers } from "../numbers/index.ts";
import { createAgents } from "../teams/wiring.ts";
import type { Agents, Team } from "../teams/index.ts";
import type { PhoneAddress } from "../telephony/index.ts";
import { createFakeTelephony, type FakeTelephony } from "../telephony/telephony.fake.ts";
import { PLAIN_OPTIONS } from "./plan.rules.ts";
import type { Queue, QueueRule, Queues } from "./routing.ports.ts";
import { routeCall } from "./rule.rules.ts";
import { createRouting, type RoutingService } from "./routing.service.ts";
import { NO_SKILLS } from "./skill.rules.ts";

export const SUPPORT = "+12025550100" as E164;
export const SECOND = "+12025550101" as E164;
export const CALLER = "+12025550123" as E164;
const support: Queue = { ...PLAIN_OPTIONS, id: "support" as QueueId, name: "support", displayName: "Support", isDefault: false, voiceEnabled: true };
const standard: Queue = { ...PLAIN_OPTIONS, id: "default" as QueueId, name: "default", displayName: "Default", isDefault: true, voiceEnabled: false };
const queueList = [support, standard];
export const queues: Queues = {
  all: () => queueList, byId: (id) => queueList.find((q) => q.id === id) ?? null, standard: () => standard,
  isVoiceQueue: (id) => id === support.id, settings: () => ({ unansweredTimeoutMs: 120_000 }),
  rules: () => [], music: () => [], schedules: () => [], schedule: () => null, skills: () => [], skill: () => null, skillsOf: () => NO_SKILLS,
};
const queuesOf = (outside: Outside): Queues => ({
  ...queues, rules: () => outside.rules,
  skill: (id) => { const agents = outside.skills.get(id); return agents === undefined ? null : { id, name: `Skill ${id}`, agents: [...agents] }; },
  skillsOf: (user) => new Set([...outside.skills].filter(([, agents]) => agents.has(user)).map(([id]) => id)),
});
const number: SupportNumber = { id: "n1" as NumberId, number: SUPPORT, label: "Support line", carrier: "sandbox", greeting: "Hello", queueId: support.id, recording: true, menu: null, voicemail: { on: false, greeting: "" } };
const second: SupportNumber = { ...number, id: "n2" as NumberId, number: SECOND, label: "Second line" };
const bothNumbers = [number, second];
const numbers: SupportNumbers = {
  all: () => bothNumbers, byNumber: (n) => bothNumbers.find((s) => s.number === n) ?? null, byId: (id) => bothNumbers.find((s) => s.id === id) ?? null, standard: () => number,
};
export const people = ["ana", "ben", "cy"].map((id): User => ({ id: id as UserId, name: id === "ana" ? "Ana Silva" : id === "ben" ? "Ben Okafor" : "Cy Young", email: `${id}@example.com`, role: "agent" }));
export const [ana, ben, cy] = people.map((p) => p.id) as [UserId, UserId, UserId];

const loadOf = ({ open }: Outside): Load => ({ of: (user) => ({ voice: 0, sms: 0, email: 0, chat: 0, ...open.get(user) }), openVoiceOf: () => null, onChanged: () => () => undefined });

/** What outlives a restart of the server. */
export type Outside = { readonly clock: FakeClock; readonly telephony: FakeTelephony; readonly log: FakeFactLog; databaseAway: boolean; /** What differs from the usual settings of the support number and of plans. */ number: Partial<SupportNumber>; plan: Partial<QueuePlan>; readonly deletedQueues: Set<string>; readonly lastNumbers: Map<CustomerId | E164, E164>;
  /** Agents who take calls at a SIP phone. */
  readonly phones: Map<UserId, PhoneAddress>;
  /** Conversations that agents have open from before. */
  readonly open: Map<UserId, Partial<ChannelLoad>>;
  /** Which conversations routing wanted to give to whom. */
  readonly given: string[];
  /** Who has which skill. */
  readonly skills: Map<SkillId, Set<UserId>>;
  /** What differs from the usual routing profile. */
  profile: Partial<Team>;
  rules: readonly QueueRule[];
  /** The voice conversation that is open with every caller. */
  continued: Identified["openVoiceConversation"];
  /** Everybody, all in the one team. */
  readonly staff: readonly User[] };
export function createOutside(staff: readonly User[] = people): Outside {
  const clock = createFakeClock();
  return { clock, telephony: createFakeTelephony(clock.now), log: createFakeFactLog(), databaseAway: false, number: {}, plan: {}, deletedQueues: new Set(), lastNumbers: new Map(), phones: new Map(), open: new Map(), given: [], skills: new Map(), profile: {}, rules: [], continued: null, staff };
}

type SeenView = { readonly change: LiveViewChange; readonly whole: boolean };
export type House = {
  readonly outside: Outside;
  readonly calls: CallService;
  readonly routing: RoutingService;
  readonly agents: Agents;
  readonly desks: ReadonlyMap<UserId, Desk>;
  readonly lines: () => readonly QueueLine[];
  /** What watchers of the live view were told. */
  readonly views: readonly SeenView[];
  readonly notices: readonly string[];
  readonly pass: (ms: number) => Promise<void>;
  readonly facts: (call: CallId) => readonly CallFact[];
  readonly summary: (call: CallId) => CallSummary;
  readonly stop: () => void;
};

/** A house with this outside; `desktops` have their desktop open, with the status they had. */
export async function openHouse(outside: Outside, desktops: readonly UserId[] = [ana, ben, cy]): Promise<House> {
  const { clock, telephony, log: facts } = outside;
  const log = pino({ level: process.env["TEST_LOG"] ?? "silent" });
  const desks = new Map<UserId, Desk>();
  const notices: string[] = [];
  let lines: readonly QueueLine[] = [];
  const views: SeenView[] = [];
  const agents = await createAgents({
    clock, facts, log,
    store: {
      teams: async () => [{ id: "t1" as TeamId, name: "support", displayName: "Support", routingEnabled: true, members: outside.staff.map((user) => user.id), queues: [support.id], routeWhenOverCapacity: false, capacity: { sms: 5, email: 5, chat: 3, total: 10 }, ...outside.profile }],
      statuses: async () => [...lastStatuses(facts)],
    },
    surroundings: { isOnCall: (user) => calls.callOf(user) !== null, isVoiceQueue: queues.isVoiceQueue, isActive: () => true },
  });
  const calls: CallService = createCalls({
    telephony, facts, clock, log, numbers: { ...numbers, byNumber: (n) => (n === SUPPORT ? { ...number, ...outside.number } : numbers.byNumber(n)) }, customers: customersOf(outside), country: () => "US",
    greetings: async (text) => `prompts/${text.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40)}.ulaw`,
    notify: (_, notice) => void notices.push(notice.text),
    surroundings: { routeCall: (call) => ({ ...routeCall(queuesOf(outside), call, clock.now()), ...(call.numberQueueId === standard.id ? {} : outside.plan) }), mayDial: (user) => routing.mayDial(user), phoneOf: (user) => outside.phones.get(user) ?? null, positionOf: () => ({ position: 2, estimatedWaitMs: 150_000 }),
      successorOf: (queue) => (outside.deletedQueues.has(queue) ? { queueId: standard.id, queueName: standard.displayName } : null) },
    store: {
      summary: async () => ok(null), markHeard: async () => ok(null),
      // A database that is away answers late or never.
      lastSupportNumber: (customer, to) => (outside.databaseAway ? new Promise(() => undefined) : Promise.resolve(ok(outside.lastNumbers.get(customer ?? to) ?? null))),
    },
  });
  const phones = createPhoneRinging({
    telephony, devices: { phoneOf: (user) => outside.phones.get(user) ?? null }, log, trouble: (_, text) => { if (text !== null) notices.push(text); },
    answers: { accept: (offer, user) => routing.accept(offer, user), decline: (offer, user) => void routing.decline(offer, user) },
  });
  const routing: RoutingService = createRouting({
    phones: { ...phones, hasPhone: (user) => outside.phones.has(user) },
    calls, agents, queues: queuesOf(outside), clock, log, load: loadOf(outside), assign: async (id, user) => { outside.given.push(`${id} to ${user}`); return false; }, directory: { user: (id) => outside.staff.find((p) => p.id === id) ?? null, users: () => outside.staff, isActive: () => true },
    publish: {
      desk: (user, desk) => void desks.set(user, desk), queues: { isWatched: () => true, lines: (now, whole) => { lines = whole ? now : lines.map((line) => now.find(({ id }) => id === line.id) ?? line); }, waiting: () => undefined },
      liveView: { isWatched: () => true, send: (change, whole) => void views.push({ change, whole }) },
    },
    countDay: async () => ok([]), recentHandOvers: async ({ from, until }) => ok(handOversIn(facts.all()).filter(({ at }) => at >= from && at < until)), timeZone: () => "America/Denver",
  });
  telephony.addOwner(calls.legs);
  await calls.start();
  routing.start();
  for (const user of desktops) agents.desktopOpened(user, "tab");
  const readFacts = (call: CallId): readonly CallFact[] => facts.all().filter((f) => f.stream === `call:${call}`).map((f) => {
    const fact = decodeCallFact(f);
    if (!fact.ok) throw new Error(fact.error.detail);
    return fact.value;
  });
  return {
    outside, calls, routing, agents, desks, notices, views,
    lines: () => lines,
    pass: (ms) => clock.advance(ms),
    facts: readFacts,
    summary: (call) => {
      const fold = summarise(call, readFacts(call));
      if (fold === null) throw new Error(`no facts of ${call}`);
      return fold.summary;
    },
    stop: () => {
      calls.stop();
      routing.stop();
      agents.stop();
    },
  };
}

/** Stops the house as a crash would and opens it again. Telephony delivers what nobody persisted, then the snapshot. */
export async function restart(house: House): Promise<House> {
  house.stop();
  const again = await openHouse(house.outside);
  house.outside.telephony.goesDown();
  house.outside.telephony.comesUp();
  await house.outside.clock.advance(0);
  return again;
}

function* lastStatuses(facts: FakeFactLog) {
  const last = new Map<string, { readonly status: "available" | "busy" | "unavailable"; readonly at: Millis; readonly wrapUpUntil: Millis | null }>();
  for (const fact of facts.all()) {
    const user = fact.stream.slice("agent:".length);
    const before = last.get(user);
    if (fact.type === "agent.status-changed") last.set(user, { status: fact.data["status"] as "available", at: fact.at, wrapUpUntil: null });
    if (fact.type === "agent.wrap-up-set" && before !== undefined) last.set(user, { ...before, wrapUpUntil: fact.data["until"] as Millis | null });
  }
  for (const [user, { status, at, wrapUpUntil }] of last) yield { user: user as UserId, status, subStatus: null, since: at, cause: "chosen" as const, wrapUpUntil };
}

/** When calls were taken out of queues, as the database would say. */
const handOversIn = (facts: readonly StoredFact[]) => facts.filter((fact) => fact.type === "call.assigned").flatMap(({ stream, seq, at }) => {
  const queued = facts.findLast((f) => f.stream === stream && f.seq < seq && (f.type === "call.queued" || f.type === "call.requeued"));
  return queued === undefined ? [] : [{ queueId: queued.data["queueId"] as QueueId, at }];
});

function customersOf(outside: Outside): Customers {
  const away = async () => err({ type: "store-away", detail: "told to be away" } as const);
  return {
    identify: async (from) => outside.databaseAway ? err({ type: "store-away", detail: "told to be away" })
      : ok({ customerId: `customer-of-${from ?? "nobody"}`.replace("+", "") as CustomerId, name: "Dana", openVoiceConversation: outside.continued, traits: { vip: false, language: null, tags: [], custom: {} } }),
    get: away, search: away, update: away, create: away, remove: away, previewMerge: away, merge: away, tags: away,
  };
}

/** A caller calls the support number; the greeting plays. */
export async function callIn(house: House): Promise<LegId> {
  const leg = house.outside.telephony.callerCalls({ from: CALLER, to: SUPPORT });
  await house.pass(10);
  return leg;
}
/** The greeting of a caller ends; the call is in its queue. */
export async function greetingEnds(house: House, leg: LegId): Promise<void> {
  house.outside.telephony.emit({ type: "play-reached", leg, play: "welcome", item: 1 });
  await house.pass(10);
}
/** The agent takes the call that rings and their audio connects. The value is the agent's leg. */
export async function takeCall(house: House, user: UserId): Promise<LegId> {
  const { offer } = house.routing.deskOf(user);
  if (offer === null) throw new Error(`nothing rings for ${user}`);
  const accepted = await house.routing.accept(offer.id, user);
  if (!accepted.ok) throw new Error(accepted.error.type);
  return connect(house, user);
}
/** The browser of the agent connects to the call. The value is the leg. */
export async function connect(house: House, user: UserId): Promise<LegId> {
  const { call } = house.routing.deskOf(user);
  if (call === null) throw new Error(`${user} has no call`);
  const answer = await house.calls.connectAudio(call.id, user, "sdp");
  if (!answer.ok) throw new Error(answer.error.type);
  const leg = house.outside.telephony.commands.filter((c) => c.do === "connectBrowser").at(-1)?.["leg"] as LegId;
  house.outside.telephony.mediaConnects(leg);
  await house.pass(10);
  return leg;
}
