// Routing over random histories: the invariants of router.machine.ts after every step, against a model that looks at everything.
import fc from "fast-check";
import { expect, test } from "vitest";
import { addMs, type CallId, type Millis, type QueueId, type UserId } from "@ringdesk/std";
import { RETRY_DECLINED_MS, routerDeadline, stepRouter, type RouterEffect, type RouterEvent } from "./router.machine.ts";
import { compareCalls, compareSeats, emptyRouter, type RouterState } from "./router.state.rules.ts";

const queues = ["q1", "q2", "q3"] as readonly string[] as readonly QueueId[];
const fail = (what: string, detail: unknown): never => { throw new Error(`${what}: ${JSON.stringify(detail)}`); };

/** Every invariant, the slow way: looks at all calls and all agents. */
function check(state: RouterState, effects: readonly RouterEffect[], now: Millis): void {
  const busyAgents = new Map<UserId, CallId>();
  for (const { call, hold } of state.calls.values()) {
    const agent = hold.kind === "offered" ? state.offers.get(hold.offer)?.agent : hold.kind === "claimed" ? hold.agent : null;
    if (agent === undefined) fail("an offered call without its offer", call);
    if (agent === null || agent === undefined) continue;
    if (busyAgents.has(agent)) fail("RTE-3 two calls at one agent", agent);
    busyAgents.set(agent, call);
  }
  for (const offer of state.offers.values()) {
    const entry = state.calls.get(offer.call);
    const seat = state.seats.get(offer.agent);
    if (entry?.hold.kind !== "offered" || entry.hold.offer !== offer.id) fail("RTE-3 an offer that its call does not know", offer);
    if (seat?.hold.kind !== "ringing" || seat.hold.offer !== offer.id || !seat.ready) fail("an offer that its agent does not know", offer);
  }
  for (const queue of queues) {
    const waiting = [...state.calls.values()].filter((c) => c.queue === queue && c.hold.kind === "waiting").sort(compareCalls);
    const idle = [...state.seats.values()].filter((s) => s.queues.includes(queue) && s.hold.kind === "idle").sort(compareSeats);
    const lane = state.lanes.get(queue) ?? { waiting: [], idle: [] };
    if (lane.waiting.join() !== waiting.map((c) => c.call).join()) fail("a line that does not say who waits, in order", [lane.waiting, waiting.map((c) => c.call)]);
    if (lane.idle.join() !== idle.map((s) => s.agent).join()) fail("a line that does not say who is idle, in order", [lane.idle, idle.map((s) => s.agent)]);
    for (const call of waiting) {
      for (const seat of idle) {
        const declinedAt = call.declined.get(seat.agent);
        if (declinedAt === undefined) fail("RTE-9 a call waits while an idle agent could take it", [call.call, seat.agent]);
        else if (addMs(declinedAt, RETRY_DECLINED_MS) <= now && (state.retries.get(call.call) ?? Infinity) > now) fail("starved: nobody will offer it again", call.call);
      }
    }
  }
  for (const effect of effects) if (effect.do === "ring") checkRing(state, effect.offer.call, effect.offer.agent);
}

/** RTE-1: who waits before this call, or has been idle longer than this agent, is left only for having declined. */
function checkRing(state: RouterState, call: CallId, agent: UserId): void {
  const entry = state.calls.get(call);
  const seat = state.seats.get(agent);
  if (entry?.hold.kind !== "offered" || seat === undefined) return;
  for (const other of state.calls.values()) {
    if (other.hold.kind !== "waiting" || !seat.queues.includes(other.queue) || compareCalls(other, entry) >= 0) continue;
    if (!other.declined.has(agent)) fail("RTE-1 not the first in line", [other.call, call]);
  }
  for (const other of state.seats.values()) {
    if (other.hold.kind !== "idle" || !other.queues.includes(entry.queue) || compareSeats(other, seat) >= 0) continue;
    if (!entry.declined.has(other.agent)) fail("RTE-1 not the longest idle", [other.agent, agent]);
  }
}

type Dice = (sides: number) => number;
/** A world of callers and agents that does anything at any time, from dice. */
function createWorld(dice: Dice, size: { readonly agents: number; readonly calls: number }) {
  let state = emptyRouter("t");
  let now = 1_000_000 as Millis;
  const from = state;
  const events: RouterEvent[] = [];
  const send = (event: RouterEvent): void => {
    events.push(event);
    const next = stepRouter(state, event);
    state = next.state;
    check(state, next.effects, now);
  };
  const call = (): CallId => `c${dice(size.calls)}` as CallId;
  const agent = (): UserId => `a${dice(size.agents)}` as UserId;
  const someOffer = () => [...state.offers.values()][dice(Math.max(1, state.offers.size))];
  const acts: readonly (() => void)[] = [
    () => send({ type: "call.entered", call: call(), queue: queues[dice(3)] as QueueId, priority: dice(5) === 0 ? 1 : 0, atHead: dice(6) === 0, enteredAt: now, declinedBy: dice(8) === 0 ? [agent()] : [], now }),
    () => send({ type: "call.left", call: call(), now }),
    () => send({ type: "agent.changed", agent: agent(), ready: dice(4) > 0, queues: queues.filter(() => dice(2) === 0), idleSince: addMs(now, -dice(9_000)), now }),
    () => { const o = someOffer(); if (o !== undefined) send({ type: "offer.accepted", offer: o.id, agent: dice(9) === 0 ? agent() : o.agent, now }); },
    () => { const o = someOffer(); if (o !== undefined) send({ type: "offer.declined", offer: o.id, agent: o.agent, now }); },
    () => {
      for (const entry of state.calls.values()) if (entry.hold.kind === "claimed") return send({ type: "claim.settled", call: entry.call, agent: entry.hold.agent, ok: dice(4) > 0, now });
      for (const seat of state.seats.values()) if (seat.hold.kind === "claimed") return send({ type: "claim.settled", call: seat.hold.call, agent: seat.agent, ok: false, now });
    },
    () => {
      const due = routerDeadline(state);
      now = due === null || dice(3) === 0 ? addMs(now, dice(4_000)) : due > now ? due : now;
      while ((routerDeadline(state) ?? Infinity) <= now) send({ type: "clock.reached", now });
    },
  ];
  return { act: () => (acts[dice(acts.length)] as () => void)(), state: () => state, events, from };
}

test("RTE-1, RTE-3, RTE-9 any history keeps the invariants, and replaying it gives the same state", () => {
  fc.assert(fc.property(fc.array(fc.nat(9_999), { minLength: 20, maxLength: 400 }), (numbers) => {
    let at = 0;
    const world = createWorld((sides) => ((numbers[at++ % numbers.length] as number) + at) % sides, { agents: 5, calls: 8 });
    for (let n = 0; n < 60; n += 1) world.act();
    expect(world.events.reduce((s, e) => stepRouter(s, e).state, world.from)).toEqual(world.state());
  }), { numRuns: 200 });
});

test("RTE-9 20,000 events, checked after each: nobody has two calls, nobody waits for an idle agent, all lines are in order", () => {
  let a = 7;
  const dice: Dice = (sides) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
  const world = createWorld(dice, { agents: 12, calls: 20 });
  while (world.events.length < 20_000) world.act();
  expect(world.state().made).toBeGreaterThan(5_000);
});

test("RTE-8 with 1,000 agents and 500 waiting calls one event takes far less than a millisecond on average", () => {
  let state = emptyRouter("t");
  const now = 1_000_000 as Millis;
  const step = (event: RouterEvent): void => { state = stepRouter(state, event).state; };
  for (let n = 0; n < 1_000; n += 1) step({ type: "agent.changed", agent: `a${n}` as UserId, ready: false, queues, idleSince: now, now });
  for (let n = 0; n < 500; n += 1) step({ type: "call.entered", call: `c${n}` as CallId, queue: queues[n % 3] as QueueId, priority: 0, atHead: false, enteredAt: addMs(now, n), declinedBy: [], now });
  const started = performance.now();
  for (let n = 0; n < 1_000; n += 1) {
    const agent = `a${n}` as UserId;
    step({ type: "agent.changed", agent, ready: true, queues, idleSince: now, now });
    const hold = state.seats.get(agent)?.hold;
    if (hold?.kind === "ringing") step({ type: "offer.declined", offer: hold.offer, agent, now });
    step({ type: "agent.changed", agent, ready: false, queues, idleSince: now, now });
  }
  expect((performance.now() - started) / 3_000).toBeLessThan(2);
});
