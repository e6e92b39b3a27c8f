// Routing over random histories: the invariants of router.machine.ts after every step, against a model that looks at
// everything. EVENTS=200000 makes the long run.
import fc from "fast-check";
import { expect, test } from "vitest";
import { addMs, type CallId, type ConversationId, type Millis, type QueueId, type SkillId, type UserId } from "@ringdesk/std";
import type { Channel } from "../conversations/index.ts";
import { canTake, compareItems, compareSeats, emptyBoard, forgivenAt, laneId, type Board, type Item, type ItemId, type ItemName, type LaneId, type Seat } from "./board.rules.ts";
import { routerDeadline, stepRouter, type RouterEffect, type RouterEvent } from "./router.machine.ts";
import { rankIn, waitingIn } from "./lane.rules.ts";
import { hasSkills, needsOf, nextRelaxation, skillSet } from "./skill.rules.ts";

const EVENTS = Number(process.env["EVENTS"] ?? 20_000);
const queues = ["q1", "q2", "q3"] as readonly string[] as readonly QueueId[];
const channels: readonly Channel[] = ["voice", "email", "chat"];
const skills = ["k1", "k2", "k3", "k4"] as readonly string[] as readonly SkillId[];
const lanes = queues.flatMap((queue) => channels.map((channel) => laneId(queue, channel)));
const fail = (what: string, detail: unknown): never => { throw new Error(`${what}: ${JSON.stringify(detail)}`); };

/** Every invariant, the slow way: looks at all items and all agents. */
function check(board: Board, effects: readonly RouterEffect[], now: Millis): void {
  checkHolds(board);
  checkNeeds(board, now);
  for (const lane of lanes) checkLane(board, lane, now);
  for (const effect of effects) {
    if (effect.do === "ring") checkFirst(board, effect.offer.call, effect.offer.agent);
    if (effect.do === "give") checkFirst(board, effect.conversation, effect.agent);
  }
}

/** RTE-3: one offer or claim at an agent and at an item; both sides say the same. */
function checkHolds(board: Board): void {
  const taken = new Map<UserId, ItemId>();
  for (const { name, hold } of board.items.values()) {
    if (hold.kind === "waiting") continue;
    const agent = hold.kind === "offered" ? board.offers.get(hold.offer)?.agent : hold.agent;
    if (agent === undefined) { fail("an offered call without its offer", name); continue; }
    if (taken.has(agent)) fail("RTE-3 two at one agent", [agent, name]);
    taken.set(agent, name.id);
    const seat = board.seats.get(agent)?.hold;
    if (hold.kind === "claimed" && (seat?.kind !== "claimed" || seat.item !== name.id)) fail("a claim that its agent does not know", name);
  }
  const ringing = [...board.ringing.walk()];
  if (ringing.length !== board.offers.size) fail("offers without their time", ringing);
  for (const offer of board.offers.values()) {
    const item = board.items.get(offer.call);
    const seat = board.seats.get(offer.agent);
    if (item?.hold.kind !== "offered" || item.hold.offer !== offer.id) fail("RTE-3 an offer that its call does not know", offer);
    if (seat?.hold.kind !== "ringing" || seat.hold.offer !== offer.id || item === undefined || !canTake(seat, item)) fail("an offer that its agent does not know, or has not the skills for", offer);
  }
}

/** QUE-6: nothing asks longer than it should, and its time is noted. */
function checkNeeds(board: Board, now: Millis): void {
  const relaxing = [...board.items.values()].filter((item) => item.relaxAt !== null);
  if (relaxing.length !== board.relaxing.size()) fail("items that ask for less some time, without that time", relaxing);
  for (const item of board.items.values()) {
    if (item.needs.some(({ until }) => until !== null && until <= now)) fail("QUE-6 a skill is asked for after its time", item.name);
    if (item.relaxAt !== nextRelaxation(item.needs) || item.set !== skillSet(item.needs)) fail("what an item asks for does not agree with itself", item.name);
  }
}

/** A call is in exactly one place, in order; counters are what a recount gives; nobody waits for an idle agent. */
function checkLane(board: Board, id: LaneId, now: Millis): void {
  const mine = [...board.items.values()].filter((item) => item.lane === id);
  const waiting = mine.filter((item) => item.hold.kind === "waiting").sort(compareItems);
  const idle = [...board.seats.values()].filter((seat) => seat.open.includes(id) && seat.hold.kind === "idle").sort(compareSeats);
  const lane = board.lanes.get(id);
  const isSame = <T>(line: Iterable<T>, wanted: readonly T[]): boolean => { const found = [...line]; return found.length === wanted.length && found.every((x, at) => x === wanted[at]); };
  for (const lines of lane?.lines ?? []) {
    if (!isSame(lines.waiting.walk(), waiting.filter(({ set }) => set === lines.set))) fail("a line that does not say who waits, in order", [id, lines.set]);
    if (!isSame(lines.idle.walk(), idle.filter((seat) => hasSkills(seat.skills, lines.needs)))) fail("a line that does not say who is idle and has the skills, in order", [id, lines.set]);
  }
  if (lane !== undefined && new Set(lane.lines.map(({ set }) => set)).size !== lane.lines.length) fail("two lines for the same skills", id);
  const counted = [lane === undefined ? 0 : waitingIn(lane), lane?.lines[0]?.idle.size() ?? 0, lane?.held ?? 0];
  if (counted.join() !== [waiting.length, idle.length, mine.length - waiting.length].join()) fail("counters that a recount does not give", [id, counted]);
  for (const [at, item] of waiting.entries()) {
    if (lane !== undefined && rankIn(lane, item) !== at) fail("a rank that is not the place in line", item.name);
    for (const seat of idle) if (canTake(seat, item)) checkPassedOver(item, seat, now);
  }
}

/** RTE-9: an idle agent is passed over only for having declined, and not for ever. */
function checkPassedOver(item: Item, seat: Seat, now: Millis): void {
  const at = forgivenAt(item, seat.agent);
  if (at === null) fail("RTE-9 an item waits while an idle agent could take it", [item.name, seat.agent]);
  else if (at <= now ? (item.retryAt ?? Infinity) > now : (item.retryAt ?? Infinity) > at) fail("starved: nobody will offer it again", item.name);
}

/** RTE-1: who waits before this item, or has been idle longer than this agent, is left only for having declined. */
function checkFirst(board: Board, id: ItemId, agent: UserId): void {
  const item = board.items.get(id);
  const seat = board.seats.get(agent);
  if (item === undefined || item.hold.kind === "waiting" || seat === undefined) return;
  for (const other of board.items.values()) {
    if (other.hold.kind !== "waiting" || !canTake(seat, other) || compareItems(other, item) >= 0) continue;
    if (!other.declined.has(agent)) fail("RTE-1 not the first in line", [other.name, id]);
  }
  for (const other of board.seats.values()) {
    if (other.hold.kind !== "idle" || !canTake(other, item) || compareSeats(other, seat) >= 0) continue;
    if (!item.declined.has(other.agent)) fail("RTE-1 not the longest idle", [other.agent, agent]);
  }
}

/** Everything on a board, to be compared. */
const pictureOf = (board: Board) => ({
  ...board, ringing: [...board.ringing.walk()], retries: [...board.retries.walk()], relaxing: [...board.relaxing.walk()],
  lanes: [...board.lanes].map(([id, lane]) => [id, lane.lines.map(({ set, waiting, idle }) => [set, [...waiting.walk()], [...idle.walk()]]), lane.held] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
});

type Dice = (sides: number) => number;
/** A world of callers and agents that does anything at any time, from dice. */
function createWorld(dice: Dice, size: { readonly agents: number; readonly items: number }) {
  const board = emptyBoard("t");
  let now = 1_000_000 as Millis;
  const events: RouterEvent[] = [];
  const counts: Partial<Record<RouterEffect["do"], number>> = {};
  const send = (event: RouterEvent): void => {
    events.push(event);
    const effects = stepRouter(board, event);
    for (const { do: what } of effects) counts[what] = (counts[what] ?? 0) + 1;
    check(board, effects, now);
  };
  const item = (): ItemName => {
    const n = dice(size.items);
    return n % 3 === 0 ? { kind: "conversation", id: `m${n}` as ConversationId, channel: channels[n % 2 === 0 ? 0 : 1 + (n % 2)] as Channel } : { kind: "call", id: `c${n}` as CallId, channel: "voice" };
  };
  const agent = (): UserId => `a${dice(size.agents)}` as UserId;
  const wishes = () => skills.filter(() => dice(5) === 0).map((id) => ({ id, relaxAfterMs: dice(2) === 0 ? null : 500 + dice(20_000) }));
  const someOffer = () => [...board.offers.values()][dice(Math.max(1, board.offers.size))];
  const acts: readonly (() => void)[] = [
    () => send({ type: "item.entered", item: item(), queue: queues[dice(3)] as QueueId, priority: dice(5) === 0 ? 1 : 0, atHead: dice(6) === 0, enteredAt: now, needs: dice(2) === 0 ? [] : needsOf(wishes(), addMs(now, -dice(3_000))), declinedBy: dice(8) === 0 ? [agent()] : [], now }),
    () => send({ type: "item.left", id: item().id, now }),
    () => send({ type: "agent.changed", agent: agent(), open: dice(4) === 0 ? [] : lanes.filter(() => dice(3) === 0), skills: new Set(skills.filter(() => dice(3) > 0)), idleSince: addMs(now, -dice(9_000)), now }),
    () => { const o = someOffer(); if (o !== undefined) send({ type: "offer.accepted", offer: o.id, agent: dice(9) === 0 ? agent() : o.agent, now }); },
    () => { const o = someOffer(); if (o !== undefined) send({ type: "offer.declined", offer: o.id, agent: o.agent, now }); },
    () => {
      for (const { name, hold } of board.items.values()) if (hold.kind === "claimed") return send({ type: "claim.settled", id: name.id, agent: hold.agent, ok: dice(4) > 0, now });
      for (const seat of board.seats.values()) if (seat.hold.kind === "claimed") return send({ type: "claim.settled", id: seat.hold.item, agent: seat.agent, ok: false, now });
    },
    () => {
      const due = routerDeadline(board);
      now = due === null || dice(3) === 0 ? addMs(now, dice(4_000)) : due > now ? due : now;
      while ((routerDeadline(board) ?? Infinity) <= now) send({ type: "clock.reached", now });
    },
  ];
  return { act: () => (acts[dice(acts.length)] as () => void)(), board, events, counts };
}

test("RTE-1, RTE-3, RTE-9 any history keeps the invariants, and replaying it gives the same board", () => {
  fc.assert(fc.property(fc.array(fc.nat(9_999), { minLength: 20, maxLength: 400 }), (numbers) => {
    let at = 0;
    const world = createWorld((sides) => ((numbers[at++ % numbers.length] as number) + at) % sides, { agents: 5, items: 9 });
    for (let n = 0; n < 60; n += 1) world.act();
    const again = emptyBoard("t");
    for (const event of world.events) stepRouter(again, event);
    expect(pictureOf(again)).toEqual(pictureOf(world.board));
  }), { numRuns: 200 });
});

const seeded = (seed: number): Dice => {
  let a = seed;
  return (sides) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
};

test(`RTE-9 ${EVENTS.toLocaleString("en")} events, checked after each: nobody has two calls, nobody waits for an idle agent, all lines are in order, a replay gives the same`, { timeout: 600_000 }, () => {
  for (const [seed, agents, items] of [[7, 12, 20], [11, 3, 40], [13, 40, 12], [17, 2, 4]] as const) {
    const world = createWorld(seeded(seed), { agents, items });
    while (world.events.length < EVENTS / 4) world.act();
    expect(world.counts.ring).toBeGreaterThan(EVENTS / 200);
    expect(world.counts.give).toBeGreaterThan(EVENTS / 400);
    const again = emptyBoard("t");
    for (const event of world.events) stepRouter(again, event);
    expect(pictureOf(again)).toEqual(pictureOf(world.board));
  }
});
