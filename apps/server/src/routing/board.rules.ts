// What routing knows: waiting items, agents, offers, and for each queue and channel the two lines that are matched against
// each other. One board belongs to one router, which changes it in place: a state of 10,000 agents is not copied for each
// event. The same events on an empty board always give the same board.
import { addMs, type CallId, type ConversationId, type Millis, type OfferId, type QueueId, type UserId } from "@ringdesk/std";
import type { Channel } from "../conversations/index.ts";
import { createLane, isLaneEmpty, linesFor, linesOf, type Lane } from "./lane.rules.ts";
import type { Offer } from "./offer.machine.ts";
import { hasSkills, nextRelaxation, skillSet, stillNeeded, type Need, type Skills, type SkillSet } from "./skill.rules.ts";
import { createLine, type Line } from "./sorted-line.rules.ts";

/** What is routed: a call is offered and rings; a conversation is assigned at once. A reopened voice conversation takes voice capacity. */
export type ItemName =
  | { readonly kind: "call"; readonly id: CallId; readonly channel: "voice" }
  | { readonly kind: "conversation"; readonly id: ConversationId; readonly channel: Channel };
export type ItemId = ItemName["id"];

export type Item = {
  readonly name: ItemName;
  readonly queue: QueueId;
  readonly lane: LaneId;
  /** Higher goes first. */
  readonly priority: number;
  /** Put back because an agent was lost: before all others of its priority. */
  readonly atHead: boolean;
  readonly enteredAt: Millis;
  /** Order of entering, for items of the same instant. */
  readonly order: number;
  /** The skills that it asks for, without those that it asks for no longer (QUE-6). */
  needs: readonly Need[];
  set: SkillSet;
  /** When it asks for less. */
  relaxAt: Millis | null;
  /** Who has declined it, and when. */
  readonly declined: Map<UserId, Millis>;
  /** When it may be offered again to one of those who declined it; null while that is of no use. */
  retryAt: Millis | null;
  hold: { readonly kind: "waiting" } | { readonly kind: "offered"; readonly offer: OfferId } | { readonly kind: "claimed"; readonly agent: UserId };
};

export type Seat = {
  readonly agent: UserId;
  /** What this agent can be given now: empty unless Available, at a live desktop and without a call (STAT-2); by capacity (CAP-1 to CAP-4). */
  readonly open: readonly LaneId[];
  readonly skills: Skills;
  readonly idleSince: Millis;
  /** When a conversation was last assigned: who has just been given one is not the longest idle. */
  readonly servedAt: Millis;
  readonly hold:
    | { readonly kind: "off" }
    | { readonly kind: "idle" }
    | { readonly kind: "ringing"; readonly offer: OfferId }
    /** Has accepted, or is being assigned a conversation: it is not said yet whether it is theirs. */
    | { readonly kind: "claimed"; readonly item: ItemId };
};

/** One queue and one channel. */
export type LaneId = string & { readonly __brand: "LaneId" };
export const laneId = (queue: QueueId, channel: Channel): LaneId => `${queue} ${channel}` as LaneId;
export const isVoiceLane = (lane: LaneId): boolean => lane.endsWith(" voice");

export type Board = {
  /** Makes the ids of offers unique across restarts. */
  readonly life: string;
  made: number;
  readonly items: Map<ItemId, Item>;
  readonly seats: Map<UserId, Seat>;
  readonly lanes: Map<LaneId, Lane<Item, Seat>>;
  readonly offers: Map<OfferId, Offer>;
  /** The offers, the first to end first. */
  readonly ringing: Line<Offer>;
  /** Items that wait only because of who declined them, the first to be offered again first. */
  readonly retries: Line<Item>;
  /** Items that will ask for less, the first to do so first. */
  readonly relaxing: Line<Item>;
};

export const emptyBoard = (life: string): Board => ({
  life, made: 0, items: new Map(), seats: new Map(), lanes: new Map(), offers: new Map(),
  ringing: createLine<Offer>((a, b) => a.ringsUntil - b.ringsUntil || compareText(a.id, b.id)),
  retries: createLine<Item>((a, b) => (a.retryAt ?? 0) - (b.retryAt ?? 0) || a.order - b.order),
  relaxing: createLine<Item>((a, b) => (a.relaxAt ?? 0) - (b.relaxAt ?? 0) || a.order - b.order),
});

/** RTE-1: priority, then the head of the queue, then order of arrival. Negative when `a` goes first. */
export function compareItems(a: Item, b: Item): number {
  return b.priority - a.priority || Number(b.atHead) - Number(a.atHead) || a.enteredAt - b.enteredAt || a.order - b.order;
}
/** RTE-1: longest idle first. */
export function compareSeats(a: Seat, b: Seat): number {
  return Math.max(a.idleSince, a.servedAt) - Math.max(b.idleSince, b.servedAt) || compareText(a.agent, b.agent);
}
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** An agent's seat with something changed. Idle seats stand in lines, and must be stood up first. */
export function setSeat(board: Board, seat: Seat): Seat {
  board.seats.set(seat.agent, seat);
  return seat;
}

/** Puts an item that is in no line into its own. */
export function lineUp(board: Board, item: Item): void {
  item.hold = { kind: "waiting" };
  linesFor(laneOf(board, item.lane), item.set).waiting.add(item);
}
/** Takes a waiting item out of its line, because it is offered or claimed. */
export function stepOut(board: Board, item: Item, hold: Exclude<Item["hold"], { readonly kind: "waiting" }>): void {
  const lane = laneOf(board, item.lane);
  linesOf(lane, item.set)?.waiting.remove(item);
  lane.held += 1;
  item.hold = hold;
}
/** Puts an offered or claimed item back into its line. */
export function stepBack(board: Board, item: Item): void {
  laneOf(board, item.lane).held -= 1;
  lineUp(board, item);
}
/** The item is nobody's business any more. */
export function strike(board: Board, item: Item): void {
  const lane = laneOf(board, item.lane);
  if (item.hold.kind === "waiting") linesOf(lane, item.set)?.waiting.remove(item);
  else lane.held -= 1;
  planRetry(board, item, null);
  if (item.relaxAt !== null) board.relaxing.remove(item);
  board.items.delete(item.name.id);
  dropIfEmpty(board, item.lane, lane);
}

/** Says anew what an item asks for now. One that waits changes its line. */
export function setNeeds(board: Board, item: Item, needs: readonly Need[], now: Millis): void {
  const { hold } = item;
  if (hold.kind === "waiting") linesOf(laneOf(board, item.lane), item.set)?.waiting.remove(item);
  if (item.relaxAt !== null) board.relaxing.remove(item);
  item.needs = stillNeeded(needs, now);
  item.set = skillSet(item.needs);
  item.relaxAt = nextRelaxation(item.needs);
  if (item.relaxAt !== null) board.relaxing.add(item);
  if (hold.kind === "waiting") lineUp(board, item);
}

/** Whether this agent may be given this item, were they idle. */
export const canTake = (seat: Seat, item: Item): boolean => seat.open.includes(item.lane) && hasSkills(seat.skills, item.needs);

/** Puts an agent with nothing at hand into the lines of what they are open for. */
export function sitDown(board: Board, seat: Seat): void {
  const idle = setSeat(board, { ...seat, hold: { kind: "idle" } });
  for (const lane of idle.open) for (const lines of laneOf(board, lane).lines) if (hasSkills(idle.skills, lines.needs)) lines.idle.add(idle);
}
/** Takes an idle agent out of all lines. */
export function standUp(board: Board, seat: Seat): void {
  for (const id of seat.open) {
    const lane = laneOf(board, id);
    for (const lines of lane.lines) lines.idle.remove(seat);
    dropIfEmpty(board, id, lane);
  }
}

/** When an item is to be offered again to who declined it; the earlier of two plans holds, null takes it back. */
export function planRetry(board: Board, item: Item, at: Millis | null): void {
  if (at !== null && item.retryAt !== null && item.retryAt <= at) return;
  if (item.retryAt !== null) board.retries.remove(item);
  item.retryAt = at;
  if (at !== null) board.retries.add(item);
}

/** An item that every idle agent has declined is offered to one of them again after this, if nobody else has come free. */
export const RETRY_DECLINED_MS = 5_000;
/** When this agent may be offered the item again; null when they have not declined it. */
export function forgivenAt(item: Item, agent: UserId): Millis | null {
  const declinedAt = item.declined.get(agent);
  return declinedAt === undefined ? null : addMs(declinedAt, RETRY_DECLINED_MS);
}

export function laneOf(board: Board, id: LaneId): Lane<Item, Seat> {
  const known = board.lanes.get(id);
  if (known !== undefined) return known;
  const made = createLane<Item, Seat>(compareItems, compareSeats);
  board.lanes.set(id, made);
  return made;
}

/** Lanes come and go with queues: an empty one leaves nothing behind. */
function dropIfEmpty(board: Board, id: LaneId, lane: Lane<Item, Seat>): void {
  if (isLaneEmpty(lane)) board.lanes.delete(id);
}
