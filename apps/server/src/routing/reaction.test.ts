// RTE-8: routing reacts to what happens, at once; it looks at no clock to find work, and at no whole list of agents or calls.
import type { CallId, Millis, QueueId, UserId } from "@ringdesk/std";
import { expect, test } from "vitest";
import { emptyBoard, laneId } from "./board.rules.ts";
import { ana, callIn, createOutside, greetingEnds, openHouse, type Outside } from "./house.fake.ts";
import { offerOf, routerDeadline, stepRouter, type RouterEffect, type RouterEvent } from "./router.machine.ts";
import { NO_SKILLS } from "./skill.rules.ts";

const AGENTS = 1_000, QUEUES = 50, CALLS = 500;
const nameOf = (n: number) => `a${n}` as UserId;
const queueOf = (n: number) => `q${n % QUEUES}` as QueueId;
/** An agent is in two queues. */
const lanesOf = (n: number) => [laneId(queueOf(n), "voice"), laneId(queueOf(n + 1), "voice")];

/** Whoever goes through the map from now on throws. */
function forbidWalks(map: ReadonlyMap<unknown, unknown>, what: string): void {
  const walk = { value: () => { throw new Error(`walks through all ${what}`); } };
  Object.defineProperties(map, { forEach: walk, values: walk, keys: walk, entries: walk, [Symbol.iterator]: walk });
}

test("RTE-8 with 1,000 agents in 50 queues and 500 waiting calls, no event walks through all agents, calls or offers", () => {
  const board = emptyBoard("t");
  for (const what of ["items", "seats", "lanes", "offers"] as const) forbidWalks(board[what], what);
  let now = 0 as Millis;
  const offered: string[] = [];
  const send = (event: RouterEvent): readonly RouterEffect[] => stepRouter(board, event);
  const changed = (n: number, open: boolean) => send({ type: "agent.changed", agent: nameOf(n), open: open ? lanesOf(n) : [], skills: NO_SKILLS, idleSince: now, now });
  const enters = (n: number) => send({ type: "item.entered", item: { kind: "call", id: `c${n}` as CallId, channel: "voice" }, queue: queueOf(n), priority: n % 3, atHead: false, enteredAt: now, needs: [], declinedBy: [], now });
  const ring = (n: number) => offerOf(board, nameOf(n));
  for (let n = 0; n < AGENTS; n += 1) changed(n, false);
  for (let n = 0; n < CALLS; n += 1) enters(n);
  for (let n = 0; n < AGENTS; n += 1) {
    changed(n, true);
    const offer = ring(n);
    if (offer === null) continue;
    offered.push(offer.call);
    now = (now + 1) as Millis;
    if (n % 3 === 0) send({ type: "offer.declined", offer: offer.id, agent: nameOf(n), now });
    if (n % 3 === 1) send({ type: "offer.accepted", offer: offer.id, agent: nameOf(n), now });
    if (n % 3 === 1) send({ type: "claim.settled", id: offer.call, agent: nameOf(n), ok: true, now });
  }
  expect(new Set(offered).size).toBeGreaterThan(CALLS / 2);
  for (let due = routerDeadline(board); due !== null && due < 60_000; due = routerDeadline(board)) {
    now = due;
    send({ type: "clock.reached", now });
  }
  for (let n = 0; n < CALLS; n += 1) send({ type: "item.left", id: `c${n}` as CallId, now });
  expect([board.items.size, board.offers.size]).toEqual([0, 0]);
});

/** An outside whose clock counts how often something is to be done later. */
function counted(): { readonly outside: Outside; readonly made: () => number } {
  const outside = createOutside();
  let made = 0;
  const { clock } = outside;
  return { made: () => made, outside: { ...outside, clock: { ...clock, at: (due, run) => { made += 1; return clock.at(due, run); } } } };
}

test("RTE-8 a call rings in the moment in which it enters the queue, and in which an agent is free; while it waits nothing looks whether it could", async () => {
  const { outside, made } = counted();
  const house = await openHouse(outside);
  const caller = await callIn(house);
  await greetingEnds(house, caller);
  await house.pass(1_000); // what was gathered for those who watch has gone out
  const [before, armed] = [made(), outside.clock.armed()];
  await house.pass(60_000);
  expect([made() - before, outside.clock.armed()]).toEqual([0, armed]);
  house.routing.setStatus(ana, "available");
  await house.pass(0);
  expect(house.routing.deskOf(ana).offer).not.toBeNull();

  const again = await openHouse(createOutside());
  again.routing.setStatus(ana, "available");
  const next = await callIn(again);
  again.outside.telephony.emit({ type: "play-reached", leg: next, play: "welcome", item: 1 });
  await again.pass(0);
  expect(again.routing.deskOf(ana).offer).not.toBeNull();
});
