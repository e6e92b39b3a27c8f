import { pino } from "pino";
import { expect, test } from "vitest";
import type { Millis, QueueId, TeamId, UserId } from "@ringdesk/std";
import { createFakeFactLog } from "../facts/fact-log.fake.ts";
import { createFakeClock } from "../kernel/clock.fake.ts";
import type { KnownStatus, Team } from "./agents.ports.ts";
import { decodeAgentFact } from "./agent.facts.ts";
import { createAgents } from "./wiring.ts";

const ana = "ana" as UserId;
const ben = "ben" as UserId;
const support = "support" as QueueId;
const team: Team = { id: "t" as TeamId, name: "support", displayName: "Support", routingEnabled: true, members: [ana, ben], queues: [support], routeWhenOverCapacity: false, capacity: { sms: 5, email: 5, chat: 3, total: 10 } };

async function house(options: { readonly teams?: readonly Team[]; readonly statuses?: readonly KnownStatus[] } = {}) {
  const clock = createFakeClock(1_000_000);
  const facts = createFakeFactLog();
  const onCall = new Set<UserId>();
  const world = { teams: options.teams ?? [team] };
  const agents = await createAgents({
    clock, facts, log: pino({ level: "silent" }),
    store: { teams: async () => world.teams, statuses: async () => options.statuses ?? [] },
    surroundings: { isOnCall: (u) => onCall.has(u), isVoiceQueue: (q) => q === support, isActive: () => true },
  });
  const told: UserId[] = [];
  agents.onChanged((user) => told.push(user));
  return { clock, facts, onCall, world, agents, told };
}

test("STAT-6 every change of status is a fact, in order, and the same status again is none", async () => {
  const h = await house();
  h.agents.desktopOpened(ana, "t1");
  h.agents.setStatus(ana, "available", "chosen");
  h.agents.setStatus(ana, "available", "chosen");
  h.agents.setStatus(ana, "busy", "offer-accepted");
  expect(h.agents.status(ana)).toMatchObject({ value: "busy", since: 1_000_000 }); // at once
  await h.agents.settled();
  expect(h.facts.all().map((f) => [f.stream, f.seq, f.data["status"], decodeAgentFact(f).ok])).toEqual([
    ["agent:ana", 1, "available", true], ["agent:ana", 2, "busy", true],
  ]);
  expect(h.told).toEqual([ana, ana, ana]);
});

test("a status holds although its fact is refused", async () => {
  const h = await house();
  h.facts.failNext(1);
  h.agents.setStatus(ana, "available", "chosen");
  await h.agents.settled();
  expect(h.agents.status(ana).value).toBe("available");
  h.agents.setStatus(ana, "unavailable", "chosen");
  await h.agents.settled();
  expect(h.facts.all()).toHaveLength(1);
});

test("STAT-5 an agent without a call is unavailable 20 s after the desktop has gone; the why is said", async () => {
  const h = await house();
  h.agents.desktopOpened(ana, "t1");
  h.agents.setStatus(ana, "available", "chosen");
  h.agents.desktopClosed(ana, "t1");
  expect(h.agents.hasDesktop(ana)).toBe(false);
  await h.clock.advance(19_999);
  expect(h.agents.status(ana).value).toBe("available");
  await h.clock.advance(1);
  expect(h.agents.status(ana)).toMatchObject({ value: "unavailable", why: "Your desktop lost its connection." });
});

test("STAT-5 a desktop that comes back in time changes nothing", async () => {
  const h = await house();
  h.agents.setStatus(ana, "available", "chosen");
  await h.clock.advance(15_000);
  h.agents.desktopOpened(ana, "t1");
  await h.clock.advance(60_000);
  expect(h.agents.status(ana).value).toBe("available");
});

test("STAT-5 in a call the end of the call decides", async () => {
  const h = await house();
  h.onCall.add(ana);
  h.agents.setStatus(ana, "busy", "offer-accepted");
  await h.clock.advance(60_000);
  expect(h.agents.status(ana).value).toBe("busy");
  h.onCall.delete(ana);
  h.agents.callEnded(ana, null);
  expect(h.agents.status(ana).value).toBe("unavailable");
});

test("a restart keeps statuses, and desktops have the usual time to come back", async () => {
  const statuses: readonly KnownStatus[] = [ana, ben].map((user) => ({ user, status: "available", subStatus: null, since: 5 as Millis, cause: "chosen", wrapUpUntil: null }));
  const h = await house({ statuses });
  expect(h.agents.status(ana)).toEqual({ value: "available", reason: null, subStatus: null, since: 5, why: null });
  h.agents.desktopOpened(ben, "t1");
  await h.clock.advance(20_000);
  expect([h.agents.status(ana).value, h.agents.status(ben).value]).toEqual(["unavailable", "available"]);
});

test("STAT-3 a restart goes on with wrap-up; what was over meanwhile ends when it is known who is in a call", async () => {
  const busy = { status: "busy", subStatus: null, since: 5 as Millis, cause: "offer-accepted" } as const;
  const h = await house({ statuses: [{ ...busy, user: ana, wrapUpUntil: 1_010_000 as Millis }, { ...busy, user: ben, wrapUpUntil: 6 as Millis }] });
  for (const user of [ana, ben]) h.agents.desktopOpened(user, "t1");
  const now = () => [ana, ben].map((user) => h.agents.status(user).value);
  await h.clock.advance(4_999);
  expect(now()).toEqual(["busy", "busy"]);
  h.onCall.add(ben);
  await h.clock.advance(5_000);
  expect(now()).toEqual(["busy", "busy"]);
  await h.clock.advance(1);
  expect(now()).toEqual(["available", "busy"]);
});

test("STAT-1 signing in starts as unavailable, but not beside another desktop or in a call", async () => {
  const h = await house();
  h.agents.setStatus(ana, "available", "chosen");
  h.agents.desktopOpened(ana, "t1");
  h.agents.signedIn(ana);
  expect(h.agents.status(ana).value).toBe("available");
  h.agents.desktopClosed(ana, "t1");
  h.agents.signedIn(ana);
  expect(h.agents.status(ana).value).toBe("unavailable");
});

test("who takes which calls follows the teams, also when they are read anew", async () => {
  const h = await house({ teams: [] });
  expect(h.agents.eligibleFor(support)).toEqual([]);
  expect(h.agents.dialer(ana)).toMatchObject({ allowed: false });
  h.world.teams = [team];
  await h.agents.reload();
  expect(h.agents.eligibleFor(support)).toEqual([ana, ben]);
  expect(h.agents.voiceQueues(ben)).toEqual([support]);
  expect(h.agents.dialer(ana)).toEqual({ allowed: true });
  expect(h.told).toEqual([ana, ben]);
});
