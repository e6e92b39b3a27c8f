// What routing knows: waiting calls, agents, offers, and for each queue the two lines that are matched against each other.
// The lines are kept sorted, so that no event looks at all calls or at all agents.
import type { CallId, Millis, OfferId, QueueId, UserId } from "@ringdesk/std";
import type { OfferState } from "./offer.machine.ts";

export type WaitingEntry = {
  readonly call: CallId;
  readonly queue: QueueId;
  /** Higher goes first. */
  readonly priority: number;
  /** Put back because an agent was lost: before all others of its priority. */
  readonly atHead: boolean;
  readonly enteredAt: Millis;
  /** Order of entering, for calls of the same instant. */
  readonly order: number;
  /** Who has declined it, and when. */
  readonly declined: ReadonlyMap<UserId, Millis>;
  readonly hold: { readonly kind: "waiting" } | { readonly kind: "offered"; readonly offer: OfferId } | { readonly kind: "claimed"; readonly agent: UserId };
};

export type Seat = {
  readonly agent: UserId;
  /** Available, at a live desktop, without a call, with capacity (STAT-2, CAP-1). */
  readonly ready: boolean;
  readonly queues: readonly QueueId[];
  readonly idleSince: Millis;
  readonly hold:
    | { readonly kind: "off" }
    | { readonly kind: "idle" }
    | { readonly kind: "ringing"; readonly offer: OfferId }
    /** Has accepted; the call has not said yet whether it is theirs. */
    | { readonly kind: "claimed"; readonly call: CallId };
};

/** One queue: the calls nobody is offered, first in line first, and the idle agents, longest idle first. */
export type Lane = { readonly waiting: readonly CallId[]; readonly idle: readonly UserId[] };

export type RouterState = {
  /** Makes the ids of offers unique across restarts. */
  readonly life: string;
  readonly made: number;
  readonly calls: ReadonlyMap<CallId, WaitingEntry>;
  readonly seats: ReadonlyMap<UserId, Seat>;
  readonly lanes: ReadonlyMap<QueueId, Lane>;
  /** Those that ring, oldest first. */
  readonly offers: ReadonlyMap<OfferId, OfferState>;
  /** Calls that every idle agent has declined, and when they may be offered to one of them again. */
  readonly retries: ReadonlyMap<CallId, Millis>;
};

export const emptyRouter = (life: string): RouterState =>
  ({ life, made: 0, calls: new Map(), seats: new Map(), lanes: new Map(), offers: new Map(), retries: new Map() });

/** RTE-1: priority, then the head of the queue, then order of arrival. Negative when `a` goes first. */
export function compareCalls(a: WaitingEntry, b: WaitingEntry): number {
  return b.priority - a.priority || Number(b.atHead) - Number(a.atHead) || a.enteredAt - b.enteredAt || a.order - b.order;
}
/** RTE-1: longest idle first. */
export function compareSeats(a: Seat, b: Seat): number {
  return a.idleSince - b.idleSince || (a.agent < b.agent ? -1 : a.agent > b.agent ? 1 : 0);
}

/** The next state while a step works it out. */
export type Draft = {
  readonly life: string;
  made: number;
  readonly calls: Writable<CallId, WaitingEntry>;
  readonly seats: Writable<UserId, Seat>;
  readonly lanes: Writable<QueueId, Lane>;
  readonly offers: Writable<OfferId, OfferState>;
  readonly retries: Writable<CallId, Millis>;
};
export type Writable<K, V> = {
  readonly view: () => ReadonlyMap<K, V>;
  readonly get: (key: K) => V | undefined;
  readonly set: (key: K, value: V) => void;
  readonly delete: (key: K) => void;
};

export const draftOf = (s: RouterState): Draft => ({
  life: s.life, made: s.made, calls: writable(s.calls), seats: writable(s.seats), lanes: writable(s.lanes), offers: writable(s.offers), retries: writable(s.retries),
});
export const finished = (d: Draft): RouterState => ({
  life: d.life, made: d.made, calls: d.calls.view(), seats: d.seats.view(), lanes: d.lanes.view(), offers: d.offers.view(), retries: d.retries.view(),
});

/** A map that is copied before its first change: the state it came from stays as it was. */
function writable<K, V>(from: ReadonlyMap<K, V>): Writable<K, V> {
  let own: Map<K, V> | null = null;
  const mine = (): Map<K, V> => (own ??= new Map(from));
  return {
    view: () => own ?? from,
    get: (key) => (own ?? from).get(key),
    set: (key, value) => { mine().set(key, value); },
    delete: (key) => { if ((own ?? from).has(key)) mine().delete(key); },
  };
}

const emptyLane: Lane = { waiting: [], idle: [] };
export const laneOf = (d: Draft, queue: QueueId): Lane => d.lanes.get(queue) ?? emptyLane;

/** Puts a call into the line of its queue. It must be in `calls` and not in the line. */
export function lineUp(d: Draft, entry: WaitingEntry): void {
  const lane = laneOf(d, entry.queue);
  const at = placeIn(lane.waiting, (id) => { const other = d.calls.get(id); return other === undefined || compareCalls(other, entry) <= 0; });
  d.lanes.set(entry.queue, { ...lane, waiting: lane.waiting.toSpliced(at, 0, entry.call) });
}
export function stepOut(d: Draft, entry: WaitingEntry): void {
  const lane = laneOf(d, entry.queue);
  const at = lane.waiting.indexOf(entry.call);
  if (at >= 0) d.lanes.set(entry.queue, { ...lane, waiting: lane.waiting.toSpliced(at, 1) });
}
/** Puts an idle agent into the lines of their queues. */
export function sitDown(d: Draft, seat: Seat): void {
  for (const queue of seat.queues) {
    const lane = laneOf(d, queue);
    const at = placeIn(lane.idle, (id) => { const other = d.seats.get(id); return other === undefined || compareSeats(other, seat) <= 0; });
    d.lanes.set(queue, { ...lane, idle: lane.idle.toSpliced(at, 0, seat.agent) });
  }
}
export function standUp(d: Draft, seat: Seat): void {
  for (const queue of seat.queues) {
    const lane = laneOf(d, queue);
    const at = lane.idle.indexOf(seat.agent);
    if (at >= 0) d.lanes.set(queue, { ...lane, idle: lane.idle.toSpliced(at, 1) });
  }
}

/** How many elements from the front `goesBefore` holds for; it holds for none after the first for which it does not. */
function placeIn<T>(line: readonly T[], goesBefore: (other: T) => boolean): number {
  let from = 0;
  let to = line.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (goesBefore(line[middle] as T)) from = middle + 1;
    else to = middle;
  }
  return from;
}
