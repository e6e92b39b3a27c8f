// Routing by example: who gets which call, and when.
import { expect, test } from "vitest";
import type { CallId, ConversationId, Millis, OfferId, QueueId, SkillId, UserId } from "@ringdesk/std";
import type { Channel } from "../conversations/index.ts";
import { compareItems, emptyBoard, laneId, RETRY_DECLINED_MS } from "./board.rules.ts";
import { RING_MS } from "./offer.machine.ts";
import { offerOf, routerDeadline, stepRouter, type RouterEffect, type RouterEvent } from "./router.machine.ts";
import { needsOf } from "./skill.rules.ts";

const queue = "q1" as QueueId;
const other = "q2" as QueueId;
function bench() {
  const board = emptyBoard("t");
  let now = 0 as Millis;
  const effects: RouterEffect[] = [];
  const send = (event: RouterEvent): void => { effects.push(...stepRouter(board, event)); };
  const ringing = (agent: string) => offerOf(board, agent as UserId);
  return {
    board, effects,
    agent: (id: string, ready = true, idleSince = now, queues = [queue], channels: readonly Channel[] = ["voice"], skills: readonly string[] = []) =>
      send({ type: "agent.changed", agent: id as UserId, open: ready ? queues.flatMap((q) => channels.map((c) => laneId(q, c))) : [], skills: new Set(skills as SkillId[]), idleSince, now }),
    call: (id: string, more: { priority?: number; atHead?: boolean; declinedBy?: string[]; queue?: QueueId; needs?: Readonly<Record<string, number | null>> } = {}) => send({
      type: "item.entered", item: { kind: "call", id: id as CallId, channel: "voice" }, queue: more.queue ?? queue, priority: more.priority ?? 0, atHead: more.atHead ?? false,
      enteredAt: now, needs: needsOf(Object.entries(more.needs ?? {}).map(([skill, relaxAfterMs]) => ({ id: skill as SkillId, relaxAfterMs })), now), declinedBy: (more.declinedBy ?? []) as UserId[], now,
    }),
    conversation: (id: string, channel: Channel, more: { priority?: number } = {}) => send({
      type: "item.entered", item: { kind: "conversation", id: id as ConversationId, channel }, queue, priority: more.priority ?? 0, atHead: false, enteredAt: now, needs: [], declinedBy: [], now,
    }),
    leaves: (id: string) => send({ type: "item.left", id: id as CallId, now }),
    accept: (agent: string) => send({ type: "offer.accepted", offer: ringing(agent)?.id ?? ("none" as OfferId), agent: agent as UserId, now }),
    decline: (agent: string) => send({ type: "offer.declined", offer: ringing(agent)?.id ?? ("none" as OfferId), agent: agent as UserId, now }),
    settled: (id: string, agent: string, ok: boolean) => send({ type: "claim.settled", id: id as CallId, agent: agent as UserId, ok, now }),
    pass: (ms: number) => {
      const until = now + ms;
      for (let due = routerDeadline(board); due !== null && due <= until; due = routerDeadline(board)) {
        now = due;
        send({ type: "clock.reached", now });
      }
      now = until as Millis;
    },
    rings: () => [...board.offers.values()].map((o) => `${o.call}@${o.agent}`).sort(),
    given: () => effects.flatMap((e) => (e.do === "give" ? [`${e.conversation}@${e.agent}`] : [])),
    waits: () => (board.lanes.get(laneId(queue, "voice"))?.lines ?? []).flatMap(({ waiting }) => [...waiting.walk()]).sort(compareItems).map((item) => item.name.id),
  };
}

test("RTE-1 the longest idle agent gets the first call in line", () => {
  const b = bench();
  b.agent("late", true, 20 as Millis);
  b.agent("early", true, 10 as Millis);
  b.call("c1");
  b.call("c2");
  expect(b.rings()).toEqual(["c1@early", "c2@late"]);
});
test("RTE-1 priority goes first, then the head of the queue, then order of arrival", () => {
  const b = bench();
  b.call("plain");
  b.call("back", { atHead: true });
  b.call("vip", { priority: 1 });
  for (const agent of ["a", "b", "c"]) b.agent(agent);
  expect(b.rings()).toEqual(["back@b", "plain@c", "vip@a"]);
});
test("RTE-2 declined: the next agent gets it, the decliner stays idle and gets other calls", () => {
  const b = bench();
  b.agent("a", true, 1 as Millis);
  b.agent("b", true, 2 as Millis);
  b.call("c1");
  b.decline("a");
  expect(b.rings()).toEqual(["c1@b"]);
  b.call("c2");
  expect(b.rings()).toEqual(["c1@b", "c2@a"]);
});
test("RTE-2 a call that everybody declined rings again at the first decliner after a while, not at once", () => {
  const b = bench();
  b.agent("a", true, 1 as Millis);
  b.agent("b", true, 2 as Millis);
  b.call("c1");
  b.decline("a");
  b.decline("b");
  expect(b.rings()).toEqual([]);
  b.pass(RETRY_DECLINED_MS - 1);
  expect(b.rings()).toEqual([]);
  b.pass(1);
  expect(b.rings()).toEqual(["c1@a"]);
});
test("RTE-2 who has declined is passed over as soon as somebody else comes free", () => {
  const b = bench();
  b.agent("a");
  b.call("c1");
  b.decline("a");
  b.agent("b");
  expect(b.rings()).toEqual(["c1@b"]);
});
test("RTE-2, STAT-4 missed: the agent becomes unavailable, the next one rings", () => {
  const b = bench();
  b.agent("a", true, 1 as Millis);
  b.agent("b", true, 2 as Millis);
  b.call("c1");
  b.pass(RING_MS);
  expect(b.rings()).toEqual(["c1@b"]);
  expect(b.effects.filter((e) => e.do === "make-unavailable")).toEqual([{ do: "make-unavailable", agent: "a" }]);
  b.pass(RING_MS);
  expect([b.rings(), b.waits()]).toEqual([[], ["c1"]]);
});
test("a desktop that closes while it rings: withdrawn, the next agent rings", () => {
  const b = bench();
  b.agent("a", true, 1 as Millis);
  b.agent("b", true, 2 as Millis);
  b.call("c1");
  b.agent("a", false);
  expect(b.rings()).toEqual(["c1@b"]);
  expect(b.effects.find((e) => e.do === "stop-ringing")).toMatchObject({ result: "withdrawn" });
});
test("a caller who hangs up while it rings frees the agent for the next call", () => {
  const b = bench();
  b.agent("a");
  b.call("c1");
  b.call("c2");
  b.leaves("c1");
  expect(b.rings()).toEqual(["c2@a"]);
});
test("RTE-3 an accepted call is nobody else's, and its agent gets no other until the desk says so", () => {
  const b = bench();
  b.agent("a");
  b.call("c1");
  b.accept("a");
  b.call("c2");
  b.agent("a", true);
  b.settled("c1", "a", true);
  expect([b.rings(), b.board.items.has("c1" as CallId)]).toEqual([[], false]);
  b.agent("a", false);
  b.agent("a", true);
  expect(b.rings()).toEqual(["c2@a"]);
});
test("an accepted call that could not be handed over waits again", () => {
  const b = bench();
  b.agent("a");
  b.call("c1");
  b.accept("a");
  b.settled("c1", "a", false);
  expect(b.rings()).toEqual(["c1@a"]);
});
test("RTE-9 after a restart a call is not offered to who declined it before", () => {
  const b = bench();
  b.agent("a", true, 1 as Millis);
  b.agent("b", true, 2 as Millis);
  b.call("c1", { declinedBy: ["a"] });
  expect(b.rings()).toEqual(["c1@b"]);
});
test("agents are offered the calls of their own queues only", () => {
  const b = bench();
  b.agent("a");
  b.call("c1", { queue: other });
  expect(b.rings()).toEqual([]);
  b.agent("b", true, 0 as Millis, [other, queue]);
  expect(b.rings()).toEqual(["c1@b"]);
});
test("a call that moves to another queue is withdrawn and offered there", () => {
  const b = bench();
  b.agent("a");
  b.agent("b", true, 0 as Millis, [other]);
  b.call("c1");
  b.call("c1", { queue: other });
  expect(b.rings()).toEqual(["c1@b"]);
});
test("RTE-1 a call whose priority changes while it waits changes its place, and goes on ringing where it rings", () => {
  const b = bench();
  b.call("first");
  b.call("second");
  b.call("second", { priority: 1 });
  expect(b.waits()).toEqual(["second", "first"]);
  b.agent("a");
  b.call("second", { priority: 0 });
  expect([b.rings(), b.waits()]).toEqual([["second@a"], ["first"]]);
});
test("CAP-3 a conversation is assigned without ringing, and the next one when its agent is open for more", () => {
  const b = bench();
  b.conversation("m1", "email");
  b.conversation("m2", "email");
  b.agent("a", true, 0 as Millis, [queue], ["voice", "email"]);
  expect([b.given(), b.rings()]).toEqual([["m1@a"], []]);
  b.settled("m1", "a", true);
  b.agent("a", true, 0 as Millis, [queue], ["voice", "email"]);
  expect(b.given()).toEqual(["m1@a", "m2@a"]);
});
test("RTE-1 who has just been given a conversation is no longer the longest idle", () => {
  const b = bench();
  b.agent("a", true, 0 as Millis, [queue], ["email"]);
  b.agent("b", true, 5 as Millis, [queue], ["email"]);
  b.pass(10);
  b.conversation("m1", "email");
  b.settled("m1", "a", true);
  b.agent("a", true, 0 as Millis, [queue], ["email"]);
  b.conversation("m2", "email");
  expect(b.given()).toEqual(["m1@a", "m2@b"]);
});
test("RTE-7 a reopened voice conversation takes a place for voice like a call, by priority and order", () => {
  const b = bench();
  b.conversation("reopened", "voice");
  b.call("c1");
  b.agent("a");
  expect([b.given(), b.rings()]).toEqual([["reopened@a"], []]);
});
test("a conversation that could not be assigned waits a while before it is tried again at the same agent", () => {
  const b = bench();
  b.agent("a");
  b.conversation("reopened", "voice");
  b.settled("reopened", "a", false);
  expect(b.given()).toEqual(["reopened@a"]);
  b.pass(RETRY_DECLINED_MS);
  expect(b.given()).toEqual(["reopened@a", "reopened@a"]);
});
test("CAP-3 an agent whose total is full is open for the calls of one team only", () => {
  const b = bench();
  b.agent("a", true, 0 as Millis, [other]);
  b.call("c1");
  b.call("c2", { queue: other });
  expect(b.rings()).toEqual(["c2@a"]);
});

const SKILLED = (...skills: string[]): [boolean, Millis, QueueId[], Channel[], string[]] => [true, 0 as Millis, [queue], ["voice"], skills];
test("QUE-6 RTE-1 a call that asks for a skill is offered to who has it, though another has been idle longer", () => {
  const b = bench();
  b.agent("early");
  b.pass(10);
  b.agent("spanish", true, 10 as Millis, [queue], ["voice"], ["es"]);
  b.call("c1", { needs: { es: null } });
  b.call("c2");
  expect(b.rings()).toEqual(["c1@spanish", "c2@early"]);
});
test("QUE-6 all skills are asked for, not one of them", () => {
  const b = bench();
  b.agent("a", true, 0 as Millis, [queue], ["voice"], ["es"]);
  b.call("c1", { needs: { es: null, billing: null } });
  expect(b.rings()).toEqual([]);
  b.agent("b", true, 0 as Millis, [queue], ["voice"], ["billing", "es", "fr"]);
  expect(b.rings()).toEqual(["c1@b"]);
});
test("QUE-6 a call that nobody can take holds up nobody behind it, and goes first again when somebody can", () => {
  const b = bench();
  b.call("c1", { needs: { es: null } });
  b.call("c2");
  b.call("c3");
  b.agent("plain");
  expect(b.rings()).toEqual(["c2@plain"]);
  b.agent("spanish", ...SKILLED("es"));
  expect([b.rings(), b.waits()]).toEqual([["c1@spanish", "c2@plain"], ["c3"]]);
});
test("QUE-6 after its time a call asks for the skill no longer, and the longest idle agent gets it", () => {
  const b = bench();
  b.agent("plain");
  b.call("c1", { needs: { es: 60_000, billing: 90_000 } });
  b.pass(60_000);
  expect(b.rings()).toEqual([]);
  b.agent("clerk", ...SKILLED("billing"));
  expect(b.rings()).toEqual(["c1@clerk"]);
  b.decline("clerk");
  b.pass(29_999);
  expect(b.rings()).toEqual(["c1@clerk"]);
  b.decline("clerk");
  b.pass(1);
  expect(b.rings()).toEqual(["c1@plain"]);
});
test("QUE-6 who is given a skill gets the call that waits for it; who loses it while it rings is rid of it", () => {
  const b = bench();
  b.agent("a");
  b.call("c1", { needs: { es: null } });
  b.agent("a", ...SKILLED("es"));
  expect(b.rings()).toEqual(["c1@a"]);
  b.call("c2");
  b.agent("a");
  expect([b.rings(), b.waits()]).toEqual([["c2@a"], ["c1"]]);
});
test("QUE-6 a skill that is asked for no more lets the call go on at once, and one more takes the ring away", () => {
  const b = bench();
  b.agent("a", ...SKILLED("es"));
  b.call("c1", { needs: { gone: null } });
  expect(b.rings()).toEqual([]);
  b.call("c1", { needs: { es: null } });
  expect(b.rings()).toEqual(["c1@a"]);
  b.call("c1", { needs: { es: null, billing: null } });
  expect([b.rings(), b.waits()]).toEqual([[], ["c1"]]);
});
