// Routing: which waiting call rings at which agent. Pure: no clock, no I/O, never throws. RTE-1, RTE-2, RTE-3, RTE-8, RTE-9.
//
// Invariants, checked after every step by router.property.test.ts:
//   one offer or claim at an agent, and one at a call; the longest idle agent gets the first call in line; no call waits
//   while an idle agent of its queue has not declined it; lines and entries agree.
import { addMs, type CallId, type Millis, type OfferId, type QueueId, type Step, type UserId } from "@ringdesk/std";
import { RING_MS, stepOffer, type Offer, type OfferEffect, type OfferEvent } from "./offer.machine.ts";
import { compareCalls, draftOf, finished, laneOf, lineUp, sitDown, standUp, stepOut, type Draft, type RouterState, type Seat, type WaitingEntry } from "./router.state.rules.ts";

/** A call that every idle agent has declined rings again at one of them after this, if nobody else has come free. */
export const RETRY_DECLINED_MS = 5_000;

export type RouterEvent =
  | { readonly type: "call.entered"; readonly call: CallId; readonly queue: QueueId; readonly priority: number; readonly atHead: boolean; readonly enteredAt: Millis; readonly declinedBy: readonly UserId[]; readonly now: Millis }
  | { readonly type: "call.left"; readonly call: CallId; readonly now: Millis }
  | { readonly type: "agent.changed"; readonly agent: UserId; readonly ready: boolean; readonly queues: readonly QueueId[]; readonly idleSince: Millis; readonly now: Millis }
  | { readonly type: "offer.accepted" | "offer.declined"; readonly offer: OfferId; readonly agent: UserId; readonly now: Millis }
  /** The call has said whether it is the agent's now. */
  | { readonly type: "claim.settled"; readonly call: CallId; readonly agent: UserId; readonly ok: boolean; readonly now: Millis }
  | { readonly type: "clock.reached"; readonly now: Millis };

export type RouterEffect =
  | { readonly do: "ring"; readonly offer: Offer }
  | Exclude<OfferEffect, { readonly do: "requeue" }>;

/** One step: every state answers every event; what is late changes nothing. */
export function stepRouter(state: RouterState, event: RouterEvent): Step<RouterState, RouterEffect> {
  const draft = draftOf(state);
  const effects: RouterEffect[] = [];
  const step: Work = { d: draft, now: event.now, effects };
  switch (event.type) {
    case "call.entered": callEntered(step, event); break;
    case "call.left": callLeft(step, event.call); break;
    case "agent.changed": agentChanged(step, event); break;
    case "offer.accepted": if (ringsFor(draft, event)) settleOffer(step, event.offer, { type: "agent.accepted" }); break;
    case "offer.declined": if (ringsFor(draft, event)) settleOffer(step, event.offer, { type: "agent.declined" }); break;
    case "claim.settled": claimSettled(step, event); break;
    case "clock.reached": clockReached(step); break;
  }
  return { state: finished(draft), effects };
}

/** When routing next wants to be woken, or null. */
export function routerDeadline(state: RouterState): Millis | null {
  const [oldest] = state.offers.values(); // all ring equally long: the first made ends first
  let due = oldest?.ringsUntil ?? null;
  for (const at of state.retries.values()) if (due === null || at < due) due = at;
  return due;
}

/** The offer that rings at this agent now. */
export function offerOf(state: RouterState, agent: UserId): Offer | null {
  const hold = state.seats.get(agent)?.hold;
  return hold?.kind === "ringing" ? (state.offers.get(hold.offer) ?? null) : null;
}

type Work = { readonly d: Draft; readonly now: Millis; readonly effects: RouterEffect[] };

const ringsFor = (d: Draft, event: { readonly offer: OfferId; readonly agent: UserId }): boolean => d.offers.get(event.offer)?.agent === event.agent;

function callEntered(step: Work, event: Extract<RouterEvent, { type: "call.entered" }>): void {
  const { d, now } = step;
  if (d.calls.get(event.call)?.queue === event.queue) return;
  const freed = leave(step, event.call);
  d.made += 1;
  const { call, queue, priority, atHead, enteredAt } = event;
  const entry: WaitingEntry = { call, queue, priority, atHead, enteredAt, order: d.made, declined: new Map(event.declinedBy.map((agent) => [agent, now])), hold: { kind: "waiting" } };
  d.calls.set(call, entry);
  lineUp(d, entry);
  matchBoth(step, call, freed);
}

function callLeft(step: Work, call: CallId): void {
  const freed = leave(step, call);
  if (freed !== null) matchAgent(step, freed);
}

/** Takes a call out; the value is the agent at whom it rang. */
function leave(step: Work, call: CallId): UserId | null {
  const { d } = step;
  const entry = d.calls.get(call);
  if (entry === undefined) return null;
  stepOut(d, entry);
  d.calls.delete(call);
  d.retries.delete(call);
  if (entry.hold.kind !== "offered") return null;
  const agent = d.offers.get(entry.hold.offer)?.agent ?? null;
  settleOffer(step, entry.hold.offer, { type: "call.left" });
  return agent;
}

function agentChanged(step: Work, event: Extract<RouterEvent, { type: "agent.changed" }>): void {
  const { d } = step;
  const before = d.seats.get(event.agent);
  const { agent, ready, queues, idleSince } = event;
  if (before?.hold.kind === "idle") standUp(d, before);
  const hold: Seat["hold"] = before === undefined || before.hold.kind === "idle" ? { kind: "off" } : before.hold;
  d.seats.set(agent, { agent, ready, queues, idleSince, hold });
  const rings = hold.kind === "ringing" ? d.offers.get(hold.offer) : undefined;
  if (rings !== undefined) {
    const queue = d.calls.get(rings.call)?.queue;
    if (!ready || queue === undefined || !queues.includes(queue)) settleOffer(step, rings.id, { type: "agent.left" });
  }
  release(d, agent);
  if (rings !== undefined && d.calls.get(rings.call)?.hold.kind === "waiting") matchCall(step, rings.call);
  matchAgent(step, agent);
}

function claimSettled(step: Work, event: Extract<RouterEvent, { type: "claim.settled" }>): void {
  const { d } = step;
  const entry = d.calls.get(event.call);
  const seat = d.seats.get(event.agent);
  if (entry?.hold.kind === "claimed" && entry.hold.agent === event.agent) {
    if (event.ok) d.calls.delete(event.call);
    else {
      d.calls.set(event.call, { ...entry, hold: { kind: "waiting" } });
      lineUp(d, entry);
    }
  }
  if (seat?.hold.kind === "claimed" && seat.hold.call === event.call) {
    // Whoever has a call is not idle until their desk says so.
    d.seats.set(event.agent, { ...seat, ready: seat.ready && !event.ok, hold: { kind: "off" } });
    release(d, event.agent);
  }
  matchBoth(step, event.call, event.agent);
}

function clockReached(step: Work): void {
  const { d, now } = step;
  const again: CallId[] = [];
  for (const offer of d.offers.view().values()) {
    if (offer.ringsUntil > now) break;
    settleOffer(step, offer.id, { type: "clock.reached", now });
    again.push(offer.call);
  }
  for (const [call, due] of d.retries.view()) {
    if (due > now) continue;
    again.push(call);
  }
  const entries = again.map((call) => d.calls.get(call)).filter((e) => e !== undefined).sort(compareCalls);
  for (const entry of entries) {
    d.retries.delete(entry.call);
    matchCall(step, entry.call);
  }
}

/** Ends an offer and does what follows from it, except finding the next agent for the call. */
function settleOffer(step: Work, id: OfferId, event: OfferEvent): void {
  const { d, now } = step;
  const offer = d.offers.get(id);
  if (offer === undefined) return;
  const settled = stepOffer(offer, event);
  if (settled.state.kind === "ringing") return;
  d.offers.delete(id);
  const seat = d.seats.get(offer.agent);
  if (seat !== undefined) d.seats.set(offer.agent, { ...seat, ready: seat.ready && settled.state.kind !== "missed", hold: { kind: "off" } });
  for (const effect of settled.effects) {
    if (effect.do !== "requeue") step.effects.push(effect);
    if (effect.do === "requeue") requeue(d, effect.offer, effect.why === "declined" ? now : null);
    if (effect.do === "assign") claim(d, effect.offer);
  }
  release(d, offer.agent);
  if (settled.state.kind === "declined") {
    matchCall(step, offer.call);
    matchAgent(step, offer.agent);
  }
}

function requeue(d: Draft, offer: Offer, declinedAt: Millis | null): void {
  const entry = d.calls.get(offer.call);
  if (entry === undefined) return;
  const declined = declinedAt === null ? entry.declined : new Map(entry.declined).set(offer.agent, declinedAt);
  const waiting: WaitingEntry = { ...entry, declined, hold: { kind: "waiting" } };
  d.calls.set(offer.call, waiting);
  lineUp(d, waiting);
}

function claim(d: Draft, offer: Offer): void {
  const entry = d.calls.get(offer.call);
  const seat = d.seats.get(offer.agent);
  if (entry !== undefined) d.calls.set(offer.call, { ...entry, hold: { kind: "claimed", agent: offer.agent } });
  if (seat !== undefined) d.seats.set(offer.agent, { ...seat, hold: { kind: "claimed", call: offer.call } });
}

/** An agent with nothing at hand who is ready is idle. */
function release(d: Draft, agent: UserId): void {
  const seat = d.seats.get(agent);
  if (seat === undefined || seat.hold.kind !== "off" || !seat.ready) return;
  d.seats.set(agent, { ...seat, hold: { kind: "idle" } });
  sitDown(d, seat);
}

/** A call and an agent are free at once: an earlier call goes before this one, a longer idle agent before this one. */
function matchBoth(step: Work, call: CallId, agent: UserId | null): void {
  const first = agent === null ? null : firstCallFor(step, agent);
  if (first !== null && agent !== null && first.call !== call) ring(step, first, agent);
  matchCall(step, call);
  if (agent !== null) matchAgent(step, agent);
}

/** Offers a waiting call to the longest idle agent who has not declined it; else to who declined it long enough ago. */
function matchCall(step: Work, call: CallId): void {
  const { d, now } = step;
  const entry = d.calls.get(call);
  if (entry === undefined || entry.hold.kind !== "waiting") return;
  const { idle } = laneOf(d, entry.queue);
  const fresh = idle.find((agent) => !entry.declined.has(agent));
  const agent = fresh ?? idle.find((a) => isForgiven(entry, a, now));
  if (agent !== undefined) ring(step, entry, agent);
  else scheduleRetry(d, entry, idle);
}

/** Offers an idle agent the first call in line, across their queues, that they have not declined. */
function matchAgent(step: Work, agent: UserId): void {
  const first = firstCallFor(step, agent);
  if (first !== null) ring(step, first, agent);
}

function firstCallFor(step: Work, agent: UserId): WaitingEntry | null {
  const { d, now } = step;
  const seat = d.seats.get(agent);
  if (seat === undefined || seat.hold.kind !== "idle") return null;
  let first: WaitingEntry | null = null;
  for (const queue of seat.queues) {
    for (const id of laneOf(d, queue).waiting) {
      const entry = d.calls.get(id);
      if (entry === undefined) continue;
      if (entry.declined.has(agent) && !isForgiven(entry, agent, now)) {
        scheduleRetry(d, entry, [agent]);
        continue;
      }
      if (first === null || compareCalls(entry, first) < 0) first = entry;
      break;
    }
  }
  return first;
}

const isForgiven = (entry: WaitingEntry, agent: UserId, now: Millis): boolean => {
  const declinedAt = entry.declined.get(agent);
  return declinedAt !== undefined && now >= addMs(declinedAt, RETRY_DECLINED_MS);
};

function scheduleRetry(d: Draft, entry: WaitingEntry, decliners: readonly UserId[]): void {
  for (const agent of decliners) {
    const declinedAt = entry.declined.get(agent);
    if (declinedAt === undefined) continue;
    const due = addMs(declinedAt, RETRY_DECLINED_MS);
    const planned = d.retries.get(entry.call);
    if (planned === undefined || due < planned) d.retries.set(entry.call, due);
  }
}

function ring(step: Work, entry: WaitingEntry, agent: UserId): void {
  const { d, now } = step;
  const seat = d.seats.get(agent);
  if (seat === undefined) return;
  d.made += 1;
  const offer: Offer = { id: `${d.life}-${d.made}` as OfferId, call: entry.call, agent, at: now, ringsUntil: addMs(now, RING_MS) };
  stepOut(d, entry);
  standUp(d, seat);
  d.retries.delete(entry.call);
  d.offers.set(offer.id, { ...offer, kind: "ringing" });
  d.calls.set(entry.call, { ...entry, hold: { kind: "offered", offer: offer.id } });
  d.seats.set(agent, { ...seat, hold: { kind: "ringing", offer: offer.id } });
  step.effects.push({ do: "ring", offer });
}
