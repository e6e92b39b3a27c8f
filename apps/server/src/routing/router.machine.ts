// Routing: which waiting item goes to which agent. No clock, no I/O, never throws. RTE-1, RTE-2, RTE-3, RTE-8, RTE-9.
// QUE-6: an item is given only to who has the skills that it asks for. It changes the board it is given, and says what is to be done.
//
// Invariants, checked after every step by router.property.test.ts:
//   one offer or claim at an agent, and one at an item; the longest idle agent gets the first item in line; no item waits
//   while an idle agent who is open for it has not declined it; lines, counters and entries agree.
import { addMs, type CallId, type ConversationId, type Millis, type OfferId, type QueueId, type UserId } from "@ringdesk/std";
import {
  canTake, compareItems, forgivenAt, laneId, lineUp, planRetry, setNeeds, setSeat, sitDown, standUp, stepBack, stepOut, strike, type Board, type Item, type ItemId, type ItemName, type LaneId, type Seat,
} from "./board.rules.ts";
import { RING_MS, stepOffer, type Offer, type OfferEffect, type OfferEvent } from "./offer.machine.ts";
import { linesOf } from "./lane.rules.ts";
import { hasSkills, NO_NEEDS, sameNeeds, stillNeeded, type Need, type Skills } from "./skill.rules.ts";
import type { Line } from "./sorted-line.rules.ts";

export type RouterEvent =
  /** Also when its queue, its priority, its place at the head or what it asks for has changed. */
  | { readonly type: "item.entered"; readonly item: ItemName; readonly queue: QueueId; readonly priority: number; readonly atHead: boolean; readonly enteredAt: Millis; readonly needs: readonly Need[]; readonly declinedBy: readonly UserId[]; readonly now: Millis }
  | { readonly type: "item.left"; readonly id: ItemId; readonly now: Millis }
  | { readonly type: "agent.changed"; readonly agent: UserId; readonly open: readonly LaneId[]; readonly skills: Skills; readonly idleSince: Millis; readonly now: Millis }
  | { readonly type: "offer.accepted" | "offer.declined"; readonly offer: OfferId; readonly agent: UserId; readonly now: Millis }
  /** It is said now whether the call, or the conversation, is the agent's. */
  | { readonly type: "claim.settled"; readonly id: ItemId; readonly agent: UserId; readonly ok: boolean; readonly now: Millis }
  | { readonly type: "clock.reached"; readonly now: Millis };

export type RouterEffect =
  | { readonly do: "ring"; readonly offer: Offer }
  /** A conversation does not ring: it is the agent's unless that cannot be recorded. */
  | { readonly do: "give"; readonly conversation: ConversationId; readonly agent: UserId }
  | Exclude<OfferEffect, { readonly do: "requeue" }>;

/** One step: the board answers every event; what is late changes nothing. */
export function stepRouter(board: Board, event: RouterEvent): readonly RouterEffect[] {
  const effects: RouterEffect[] = [];
  const work: Work = { board, now: event.now, effects };
  switch (event.type) {
    case "item.entered": itemEntered(work, event); break;
    case "item.left": itemLeft(work, event.id); break;
    case "agent.changed": agentChanged(work, event); break;
    case "offer.accepted": if (ringsFor(board, event)) settleOffer(work, event.offer, { type: "agent.accepted" }); break;
    case "offer.declined": if (ringsFor(board, event)) settleOffer(work, event.offer, { type: "agent.declined" }); break;
    case "claim.settled": claimSettled(work, event); break;
    case "clock.reached": clockReached(work); break;
  }
  return effects;
}

/** When routing next wants to be woken, or null. */
export function routerDeadline(board: Board): Millis | null {
  const ends = board.ringing.first()?.ringsUntil ?? null;
  return sooner(sooner(ends, board.retries.first()?.retryAt ?? null), board.relaxing.first()?.relaxAt ?? null);
}

const sooner = (a: Millis | null, b: Millis | null): Millis | null => (a === null || (b !== null && b < a) ? b : a);

/** The offer that rings at this agent now. */
export function offerOf(board: Board, agent: UserId): Offer | null {
  const hold = board.seats.get(agent)?.hold;
  return hold?.kind === "ringing" ? (board.offers.get(hold.offer) ?? null) : null;
}

type Work = { readonly board: Board; readonly now: Millis; readonly effects: RouterEffect[] };
type Event<T extends RouterEvent["type"]> = Extract<RouterEvent, { readonly type: T }>;

const ringsFor = (board: Board, event: { readonly offer: OfferId; readonly agent: UserId }): boolean => board.offers.get(event.offer)?.agent === event.agent;

function itemEntered(work: Work, event: Event<"item.entered">): void {
  const { board, now } = work;
  const { item: name, queue, priority, atHead, enteredAt } = event;
  const lane = laneId(queue, name.channel);
  const known = board.items.get(name.id);
  if (known?.lane === lane) {
    reorder(board, known, priority, atHead);
    return askFor(work, name.id, event.needs);
  }
  const freed = leave(work, name.id);
  board.made += 1;
  const item: Item = {
    name, queue, lane, priority, atHead, enteredAt, order: board.made, needs: [], set: NO_NEEDS, relaxAt: null,
    declined: new Map(event.declinedBy.map((agent) => [agent, now])), retryAt: null, hold: { kind: "waiting" },
  };
  board.items.set(name.id, item);
  setNeeds(board, item, event.needs, now);
  matchBoth(work, item, freed);
}

/** It keeps what it has; only its place in line changes. */
function reorder(board: Board, item: Item, priority: number, atHead: boolean): void {
  if (item.priority === priority && item.atHead === atHead) return;
  const { hold, retryAt, relaxAt } = item;
  strike(board, item);
  const moved: Item = { ...item, priority, atHead, retryAt: null, hold: { kind: "waiting" } };
  board.items.set(item.name.id, moved);
  if (relaxAt !== null) board.relaxing.add(moved);
  lineUp(board, moved);
  if (hold.kind !== "waiting") stepOut(board, moved, hold);
  planRetry(board, moved, retryAt);
}

/** It may ask for less, or for more: then whoever it rings at and does not suit any more is rid of it. */
function askFor(work: Work, id: ItemId, needs: readonly Need[]): void {
  const { board, now } = work;
  const item = board.items.get(id);
  if (item === undefined || sameNeeds(item.needs, stillNeeded(needs, now))) return;
  setNeeds(board, item, needs, now);
  const offer = item.hold.kind === "offered" ? board.offers.get(item.hold.offer) : undefined;
  const seat = offer === undefined ? undefined : board.seats.get(offer.agent);
  if (offer === undefined || seat === undefined) return matchItem(work, item);
  if (canTake(seat, item)) return;
  settleOffer(work, offer.id, { type: "agent.left" });
  matchBoth(work, item, offer.agent);
}

function itemLeft(work: Work, id: ItemId): void {
  const freed = leave(work, id);
  if (freed !== null) matchAgent(work, freed);
}

/** Takes an item out; the value is the agent at whom it rang. */
function leave(work: Work, id: ItemId): UserId | null {
  const { board } = work;
  const item = board.items.get(id);
  if (item === undefined) return null;
  strike(board, item);
  if (item.hold.kind !== "offered") return null;
  const agent = board.offers.get(item.hold.offer)?.agent ?? null;
  settleOffer(work, item.hold.offer, { type: "call.left" });
  return agent;
}

function agentChanged(work: Work, event: Event<"agent.changed">): void {
  const { board } = work;
  const { agent, open, skills, idleSince } = event;
  const before = board.seats.get(agent);
  if (before?.hold.kind === "idle") standUp(board, before);
  const hold: Seat["hold"] = before === undefined || before.hold.kind === "idle" ? { kind: "off" } : before.hold;
  const seat = setSeat(board, { agent, open, skills, idleSince, servedAt: before?.servedAt ?? (0 as Millis), hold });
  const rings = hold.kind === "ringing" ? board.offers.get(hold.offer) : undefined;
  if (rings !== undefined) {
    const item = board.items.get(rings.call);
    if (item === undefined || !canTake(seat, item)) settleOffer(work, rings.id, { type: "agent.left" });
  }
  release(board, agent);
  const withdrawn = rings === undefined ? undefined : board.items.get(rings.call);
  if (withdrawn !== undefined) matchItem(work, withdrawn);
  matchAgent(work, agent);
}

function claimSettled(work: Work, event: Event<"claim.settled">): void {
  const { board, now } = work;
  const item = board.items.get(event.id);
  const seat = board.seats.get(event.agent);
  if (item?.hold.kind === "claimed" && item.hold.agent === event.agent) {
    if (event.ok) strike(board, item);
    else {
      // What cannot be assigned now would be tried again at once and for ever.
      if (item.name.kind === "conversation") item.declined.set(event.agent, now);
      stepBack(board, item);
    }
  }
  if (seat?.hold.kind === "claimed" && seat.hold.item === event.id) {
    // Whoever has been given something is open for what their desk says next, not before.
    const given = event.ok ? { open: [], servedAt: now } : {};
    setSeat(board, { ...seat, ...given, hold: { kind: "off" } });
    release(board, event.agent);
  }
  const waits = board.items.get(event.id);
  if (waits !== undefined) matchBoth(work, waits, event.agent);
  else matchAgent(work, event.agent);
}

function clockReached(work: Work): void {
  const { board, now } = work;
  const again: ItemId[] = [];
  for (let offer = board.ringing.first(); offer !== undefined && offer.ringsUntil <= now; offer = board.ringing.first()) {
    settleOffer(work, offer.id, { type: "clock.reached", now });
    again.push(offer.call);
  }
  for (let item = board.retries.first(); item?.retryAt !== null && item !== undefined && item.retryAt <= now; item = board.retries.first()) {
    planRetry(board, item, null);
    again.push(item.name.id);
  }
  for (let item = board.relaxing.first(); item?.relaxAt !== null && item !== undefined && item.relaxAt <= now; item = board.relaxing.first()) {
    setNeeds(board, item, item.needs, now);
    again.push(item.name.id);
  }
  const items = again.map((id) => board.items.get(id)).filter((item) => item !== undefined).sort(compareItems);
  for (const item of items) matchItem(work, item);
}

/** Ends an offer and does what follows from it, except finding the next agent for the call. */
function settleOffer(work: Work, id: OfferId, event: OfferEvent): void {
  const { board, now } = work;
  const offer = board.offers.get(id);
  if (offer === undefined) return;
  const settled = stepOffer({ ...offer, kind: "ringing" }, event);
  if (settled.state.kind === "ringing") return;
  board.offers.delete(id);
  board.ringing.remove(offer);
  const seat = board.seats.get(offer.agent);
  if (seat !== undefined) setSeat(board, { ...seat, open: settled.state.kind === "missed" ? [] : seat.open, hold: { kind: "off" } });
  for (const effect of settled.effects) {
    if (effect.do !== "requeue") work.effects.push(effect);
    if (effect.do === "requeue") requeue(board, effect.offer, effect.why === "declined" ? now : null);
    if (effect.do === "assign") claim(board, effect.offer);
  }
  release(board, offer.agent);
  if (settled.state.kind !== "declined") return;
  const item = board.items.get(offer.call);
  if (item !== undefined) matchItem(work, item);
  matchAgent(work, offer.agent);
}

function requeue(board: Board, offer: Offer, declinedAt: Millis | null): void {
  const item = board.items.get(offer.call);
  if (item === undefined) return;
  if (declinedAt !== null) item.declined.set(offer.agent, declinedAt);
  stepBack(board, item);
}

function claim(board: Board, offer: Offer): void {
  const item = board.items.get(offer.call);
  const seat = board.seats.get(offer.agent);
  if (item !== undefined) item.hold = { kind: "claimed", agent: offer.agent };
  if (seat !== undefined) setSeat(board, { ...seat, hold: { kind: "claimed", item: offer.call } });
}

/** An agent with nothing at hand who is open for something is idle. */
function release(board: Board, agent: UserId): void {
  const seat = board.seats.get(agent);
  if (seat !== undefined && seat.hold.kind === "off" && seat.open.length > 0) sitDown(board, seat);
}

/** An item and an agent are free at once: an earlier item goes before this one, a longer idle agent before this one. */
function matchBoth(work: Work, item: Item, agent: UserId | null): void {
  const first = agent === null ? null : firstItemFor(work, agent);
  if (first !== null && agent !== null && first !== item) hand(work, first, agent);
  matchItem(work, item);
  if (agent !== null) matchAgent(work, agent);
}

/** Gives a waiting item to the longest idle agent who has not declined it; else to who declined it long enough ago. */
function matchItem(work: Work, item: Item): void {
  const { board, now } = work;
  if (item.hold.kind !== "waiting") return;
  let forgiven: UserId | null = null;
  let retryAt: Millis | null = null;
  const lane = board.lanes.get(item.lane);
  for (const { agent } of (lane === undefined ? undefined : linesOf(lane, item.set))?.idle.walk() ?? []) {
    const at = forgivenAt(item, agent);
    if (at === null) return hand(work, item, agent);
    if (at <= now) forgiven ??= agent;
    else if (retryAt === null || at < retryAt) retryAt = at;
  }
  if (forgiven !== null) return hand(work, item, forgiven);
  planRetry(board, item, retryAt);
}

/** Gives an idle agent the first item in line, across all they are open for, that they have not declined. */
function matchAgent(work: Work, agent: UserId): void {
  const first = firstItemFor(work, agent);
  if (first !== null) hand(work, first, agent);
}

function firstItemFor(work: Work, agent: UserId): Item | null {
  const { board } = work;
  const seat = board.seats.get(agent);
  if (seat === undefined || seat.hold.kind !== "idle") return null;
  let first: Item | null = null;
  for (const id of seat.open) {
    for (const { needs, waiting } of board.lanes.get(id)?.lines ?? []) {
      const item = hasSkills(seat.skills, needs) ? firstOf(work, waiting, agent) : null;
      if (item !== null && (first === null || compareItems(item, first) < 0)) first = item;
    }
  }
  return first;
}

/** The first in this line that the agent has not just declined. */
function firstOf({ board, now }: Work, waiting: Line<Item>, agent: UserId): Item | null {
  for (const item of waiting.walk()) {
    const at = forgivenAt(item, agent);
    if (at === null || at <= now) return item;
    planRetry(board, item, at);
  }
  return null;
}

/** A call rings at the agent; a conversation is assigned. */
function hand(work: Work, item: Item, agent: UserId): void {
  const { board, now, effects } = work;
  const seat = board.seats.get(agent);
  if (seat === undefined) return;
  standUp(board, seat);
  planRetry(board, item, null);
  if (item.name.kind === "conversation") {
    stepOut(board, item, { kind: "claimed", agent });
    setSeat(board, { ...seat, hold: { kind: "claimed", item: item.name.id } });
    effects.push({ do: "give", conversation: item.name.id, agent });
    return;
  }
  board.made += 1;
  const offer = newOffer(board, item.name.id, agent, now);
  stepOut(board, item, { kind: "offered", offer: offer.id });
  setSeat(board, { ...seat, hold: { kind: "ringing", offer: offer.id } });
  effects.push({ do: "ring", offer });
}

function newOffer(board: Board, call: CallId, agent: UserId, now: Millis): Offer {
  const offer: Offer = { id: `${board.life}-${board.made}` as OfferId, call, agent, at: now, ringsUntil: addMs(now, RING_MS) };
  board.offers.set(offer.id, offer);
  board.ringing.add(offer);
  return offer;
}
