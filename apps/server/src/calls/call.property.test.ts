// Whatever happens in whatever order: invariants of the call, checked after every step.
import fc from "fast-check";
import { expect, test } from "vitest";
import { addMs, type LegId, type Millis, type RecordingId } from "@ringdesk/std";
import { decodeCallFact, type BirthFact, type CallFact } from "./call.facts.ts";
import { callDeadline, decide, stepCall } from "./call.machine.ts";
import type { CallEvent } from "./call.events.rules.ts";
import { summarise } from "./call.summary.rules.ts";
import { agentLegEnds, arrived, comfortable, events, ids, placed, salesPlan, START, states } from "./call.samples.fake.ts";
import { evolve, replay } from "./call.evolve.rules.ts";
import { begin, isOver, type CallState, type PhaseKind } from "./call.state.rules.ts";

const messageOf = `${ids.recording}-message` as RecordingId;
/** Every event, and more of those by which callers choose. */
const kinds: readonly CallEvent[] = [
  ...Object.values(events), agentLegEnds, { ...events["leg.dtmf"], digit: "1" }, { ...events["leg.dtmf"], digit: "2", plan: salesPlan }, { ...events["prompt.over"], prompt: "farewell" },
  { ...events["recording.started"], recording: messageOf }, { ...events["recording.stopped"], recording: messageOf },
];
/** Those after which people are still there: with the others alone few calls would get far. */
const staying = kinds.filter((event) => event.type !== "leg.ended" && event.type !== "agent.hung-up" && event.type !== "customer.unreachable");
const legs: readonly LegId[] = [ids.customerLeg, ids.agentLeg, events["agent.leg-made"].leg, `${ids.call}-back-1` as LegId, `${ids.call}-back-2` as LegId];
const births = [arrived, comfortable, { ...comfortable, data: { ...comfortable.data, menu: null } }, { ...comfortable, data: { ...comfortable.data, plan: { ...comfortable.data.plan, closed: true } } }, placed] as const;

/** The event at `now`, about one of the call's legs, with the next position when it comes from the switch. */
const placeEvent = (event: CallEvent, now: Millis, leg: LegId, seq: number): CallEvent => {
  const timed = { ...event, at: now };
  const positioned = "position" in timed ? { ...timed, position: { epoch: "e", seq } } : timed;
  return "leg" in positioned && event.type !== "agent.leg-made" ? { ...positioned, leg } : positioned;
};

function check(state: CallState, facts: readonly CallFact[]): void {
  expect(replay(ids.call, facts)).toEqual(state);
  const ends = facts.filter((f) => f.type === "call.ended").length;
  expect(ends).toBe(isOver(state.phase) ? 1 : 0);
  expect(facts.filter((f) => f.type === "call.settled").length).toBe(state.phase.kind === "settled" ? 1 : 0);
  if (state.phase.kind === "settled") expect(state.core.legs.every((l) => !l.open) && state.core.recording !== "running" && state.core.message !== "running").toBe(true);
  if ("agent" in state.phase && state.phase.agent.leg !== null) expect(state.core.legs.some((l) => l.leg === (state.phase as { agent: { leg: LegId } }).agent.leg && l.open)).toBe(true);
  if (!isOver(state.phase)) expect(callDeadline(state)).not.toBeNull();
}

const history = fc.array(fc.record({ kind: fc.nat(kinds.length - 1), leg: fc.nat(4), pauseMs: fc.constantFrom(0, 20, 1_000, 29_999, 30_000, 130_000) }), { maxLength: 40 });

test.each([["inbound", arrived], ["outbound", placed], ["voicemail, menu and callback", comfortable]] as const)("%s calls: replay gives the same state, a call ends at most once, a live call always has a deadline", (_, birth: BirthFact) => {
  fc.assert(fc.property(history, (steps) => {
    let state = begin(ids.call, birth);
    let now = START;
    const facts: CallFact[] = [birth];
    steps.forEach(({ kind, leg, pauseMs }, index) => {
      now = addMs(now, pauseMs);
      const event = placeEvent(kinds[kind] as CallEvent, now, legs[leg] as LegId, index + 1);
      const decided = decide(state, event);
      const next = stepCall(state, event).state;
      facts.push(...decided.facts);
      state = next;
    });
    check(state, facts);
    for (const fact of facts) expect(decodeCallFact(JSON.parse(JSON.stringify(fact)))).toEqual({ ok: true, value: fact });
  }), { numRuns: 300 });
});

test("when everybody is silent every call ends, at most a minute after four hours; one to be called back has four hours more for each attempt", () => {
  fc.assert(fc.property(history, fc.constantFrom(...births), (steps, birth) => {
    let state = begin(ids.call, birth);
    let now = START;
    steps.forEach(({ kind, leg }, index) => { state = stepCall(state, placeEvent(kinds[kind] as CallEvent, now, legs[leg] as LegId, index + 1)).state; });
    for (let wakes = 0; callDeadline(state) !== null; wakes += 1) {
      expect(wakes).toBeLessThan(30);
      const due = callDeadline(state) as Millis;
      now = due > now ? due : now;
      state = stepCall(state, { type: "clock.reached", at: now }).state;
    }
    expect(isOver(state.phase)).toBe(true);
    expect(now - START).toBeLessThanOrEqual((state.core.callback === null ? 4 : 12) * 3_600_000 + 60_000);
  }), { numRuns: 300 });
});

/** mulberry32: the same numbers on every machine. */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `RUNS=10` for two million. */
const EVENTS = 200_000 * Number(process.env["RUNS"] ?? 1);

test(`${EVENTS} events over many calls: no step breaks an invariant, and times add up`, () => {
  const random = seeded(20_260);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const seen = new Set<PhaseKind>(["arriving"]);
  let taken = 0;
  while (taken < EVENTS) {
    const birth = pick<BirthFact>(births);
    let state = begin(ids.call, birth);
    let now = START;
    const facts: CallFact[] = [birth];
    for (let n = 0; n < 100 && state.phase.kind !== "settled"; n += 1) {
      now = addMs(now, Math.floor(random() * (random() < 0.1 ? 130_000 : 2_000)));
      const open = state.core.legs.filter((l) => l.open).map((l) => l.leg);
      const leg = open.length > 0 && random() < 0.8 ? pick(open) : pick(legs);
      const event = placeEvent(pick(random() < 0.8 ? staying : kinds), now, leg, n + 1);
      const { facts: fresh } = decide(state, event);
      state = fresh.reduce(evolve, state);
      facts.push(...fresh);
      taken += 1;
      seen.add(state.phase.kind);
    }
    check(state, facts);
    const summary = summarise(ids.call, facts)?.summary;
    const total = (summary?.endedAt ?? now) - START;
    expect((summary?.talkMs ?? 0) + (summary?.holdMs ?? 0)).toBeLessThanOrEqual(total);
    expect(summary?.state).toBe(isOver(state.phase) ? "ended" : "live");
  }
  const { "connecting-out": _, ...phases } = states;
  expect([...seen].sort(), "every phase was gone through").toEqual(Object.keys(phases).sort());
});
