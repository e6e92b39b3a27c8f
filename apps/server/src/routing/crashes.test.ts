// RTE-9: kill -9 of the server at random moments, over calls, routing and agents as they are. What a dead server still does
// reaches nobody; the switch goes on without it. RUNS=200 makes the long run.
import { expect, test } from "vitest";
import type { CallId, LegId, Millis, SkillId, UserId } from "@ringdesk/std";
import type { User } from "@ringdesk/contract/http";
import { callIn, createOutside, openHouse, type House, type Outside } from "./house.fake.ts";

const RUNS = Number(process.env["RUNS"] ?? 5);
const CALLS = 50;
const SPANISH = "es" as SkillId;
const MOST_ACTS = 700;
/** Ringing, waiting in two queues, connecting and settling: by then every timer has fired. */
const LONGEST_MS = 1_200_000;
const staff = Array.from({ length: 10 }, (_, n): User => ({ id: `agent${n}` as UserId, name: `Agent ${n}`, email: `a${n}@example.com`, role: "agent" }));
const agents = staff.map((user) => user.id);

/** Cuts somebody off: what they call after that never answers, and nobody calls them back. */
function mortal<T extends object>(it: T, isAlive: () => boolean): T {
  return new Proxy(it, {
    get: (from, name) => {
      const value: unknown = Reflect.get(from, name);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return mortal(value, isAlive);
      if (typeof value !== "function") return value;
      return (...given: unknown[]): unknown => {
        if (!isAlive()) return new Promise(() => undefined);
        return Reflect.apply(value, from, given.map((one) => (typeof one === "function" ? (...told: unknown[]): unknown => (isAlive() ? Reflect.apply(one, undefined, told) : []) : one)));
      };
    },
  });
}

function createLives(outside: Outside) {
  let life = 0;
  const begin = (): Promise<House> => {
    life += 1;
    const mine = life;
    const isAlive = (): boolean => mine === life;
    const clock = { ...outside.clock, at: (due: Parameters<typeof outside.clock.at>[0], run: () => void) => outside.clock.at(due, () => { if (isAlive()) run(); }) };
    return openHouse({ ...outside, clock, telephony: mortal(outside.telephony, isAlive), log: mortal(outside.log, isAlive) }, agents);
  };
  return {
    begin,
    /** Dies in the middle of whatever it does, and comes back after a while in which the switch goes on alone. */
    dieAndReturn: async (meanwhile: () => Promise<void>): Promise<House> => {
      life += 1;
      outside.telephony.goesDown();
      await meanwhile();
      const house = await begin();
      outside.telephony.comesUp();
      await outside.clock.advance(0);
      return house;
    },
  };
}

/** Nobody has two calls or offers, and no call is at two agents. */
function checkNow(house: House): void {
  const seen = new Set<CallId>();
  for (const agent of agents) {
    const { offer, call } = house.routing.deskOf(agent);
    if (offer !== null && call !== null) throw new Error(`RTE-3 ${agent} has a call and an offer`);
    const id = offer?.callId ?? call?.id;
    if (id === undefined) continue;
    if (seen.has(id)) throw new Error(`RTE-3 ${id} is at two agents`);
    seen.add(id);
  }
}

/** From the facts of a call: it ended once, and was never one agent's while it was another's. */
function checkHistory(house: House, call: CallId): void {
  let owner: UserId | null = null;
  let ends = 0;
  for (const fact of house.facts(call)) {
    if (fact.type === "call.assigned") {
      if (owner !== null) throw new Error(`${call} was given to ${fact.data.userId} while it was ${owner}'s`);
      owner = fact.data.userId;
    }
    if (fact.type === "call.requeued") owner = null;
    if (fact.type === "call.ended") ends += 1;
  }
  if (ends !== 1) throw new Error(`${call} ended ${ends} times: ${house.facts(call).map((f) => f.type).join(" ")}`);
}

function diceOf(seed: number): (sides: number) => number {
  let a = seed;
  return (sides) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

async function runOnce(seed: number): Promise<{ readonly crashes: number; readonly answered: number }> {
  const dice = diceOf(seed);
  const outside = createOutside(staff);
  // QUE-6: every second house has a skill that its callers need at first, and that half of its agents have.
  const asks = seed % 2 === 0;
  if (asks) outside.plan = { skills: [{ id: SPANISH, relaxAfterMs: 15_000 as Millis }] };
  outside.skills.set(SPANISH, new Set(agents.slice(agents.length / 2)));
  const lives = createLives(outside);
  let house = await lives.begin();
  const callers: LegId[] = [];
  let crashes = 0;
  const pick = <T>(from: readonly T[]): T | undefined => from[dice(Math.max(1, from.length))];
  const live = (): LegId[] => callers.filter((leg) => outside.telephony.snapshot().legs.some((one) => one.leg === leg));
  /** The browser speaks to the server that took the call; a dead one does not answer. */
  const connectBrowser = async (at: House, agent: UserId): Promise<void> => {
    const { call } = at.routing.deskOf(agent);
    if (call?.phase !== "connecting" && call?.phase !== "away") return;
    const before = outside.telephony.commands.length;
    await at.calls.connectAudio(call.id, agent, "sdp");
    const leg = outside.telephony.commands.slice(before).find((c) => c.do === "connectBrowser")?.["leg"] as LegId | undefined;
    if (leg !== undefined) outside.telephony.mediaConnects(leg);
  };
  const acts: readonly (() => Promise<unknown> | undefined)[] = [
    async () => { if (callers.length < CALLS) callers.push(await callIn(house)); },
    async () => { const leg = live().find((one) => outside.telephony.playing(one) === "welcome"); if (leg !== undefined) outside.telephony.emit({ type: "play-reached", leg, play: "welcome", item: 1 }); },
    async () => { const agent = pick(agents) as UserId; const { offer } = house.routing.deskOf(agent); const at = house; if (offer !== null) await at.routing.accept(offer.id, agent).then(() => connectBrowser(at, agent)); },
    async () => { const agent = pick(agents) as UserId; const { offer } = house.routing.deskOf(agent); if (offer !== null) house.routing.decline(offer.id, agent); },
    async () => { const at = house; for (const agent of agents) await connectBrowser(at, agent); },
    async () => { const agent = pick(agents) as UserId; const { call } = house.routing.deskOf(agent); if (call !== null) await house.calls.hangUp(call.id, agent); },
    async () => { for (const agent of agents) if (house.routing.deskOf(agent).status.value !== "available") house.routing.setStatus(agent, "available"); },
    async () => {
      const agent = pick(agents) as UserId;
      const owners = outside.skills.get(SPANISH);
      if (asks && owners?.delete(agent) === false) owners.add(agent);
      if (asks) house.routing.refreshAll();
    },
    async () => { const leg = pick(live()); if (leg !== undefined && dice(3) === 0) outside.telephony.peerEnds(leg); },
    async () => { await outside.clock.advance(dice(12_000)); },
  ];
  for (let n = 0; n < MOST_ACTS; n += 1) {
    const under = pick(acts)?.();
    if (dice(25) > 0) {
      await under;
      await outside.clock.advance(5);
      checkNow(house);
      continue;
    }
    // The server dies somewhere within what it is doing.
    for (let turn = dice(30); turn > 0; turn -= 1) await Promise.resolve();
    crashes += 1;
    house = await lives.dieAndReturn(async () => {
      const leg = pick(live());
      if (leg !== undefined && dice(2) === 0) outside.telephony.peerEnds(leg);
      await outside.clock.advance(dice(8_000));
    });
    checkNow(house);
  }
  expect(callers).toHaveLength(CALLS);
  await outside.clock.advance(LONGEST_MS); // nobody does anything any more: only timers do
  for (const leg of live()) outside.telephony.peerEnds(leg); // those who still talk
  await outside.clock.advance(LONGEST_MS);
  expect(await outside.log.openStreams("call")).toEqual([]);
  expect(outside.telephony.snapshot().legs).toEqual([]);
  for (const leg of callers) checkHistory(house, leg as string as CallId);
  return { crashes, answered: callers.filter((leg) => house.summary(leg as string as CallId).outcome === "answered").length };
}

test(`RTE-9 ${RUNS} runs of ${CALLS} calls at ${agents.length} agents with crashes: no call is lost or at two agents, and every timer fires`, { timeout: 600_000 }, async () => {
  let [crashes, answered] = [0, 0];
  for (let run = 0; run < RUNS; run += 1) {
    const seen = await runOnce(run * 7_919 + 1).catch((error: unknown) => { throw new Error(`run ${run}: ${String(error)}`, { cause: error }); });
    crashes += seen.crashes;
    answered += seen.answered;
  }
  expect(crashes).toBeGreaterThan(RUNS * 5);
  expect(answered).toBeGreaterThan(RUNS * 5);
});
