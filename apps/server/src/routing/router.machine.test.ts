// Routing by example: who gets which call, and when.
import { expect, test } from "vitest";
import type { CallId, Millis, OfferId, QueueId, UserId } from "@ringdesk/std";
import { RING_MS } from "./offer.machine.ts";
import { offerOf, RETRY_DECLINED_MS, routerDeadline, stepRouter, type RouterEffect, type RouterEvent } from "./router.machine.ts";
import { emptyRouter, type RouterState } from "./router.state.rules.ts";

const queue = "q1" as QueueId;
function bench() {
  let state: RouterState = emptyRouter("t");
  let now = 0 as Millis;
  const effects: RouterEffect[] = [];
  const send = (event: RouterEvent): void => {
    const next = stepRouter(state, event);
    state = next.state;
    effects.push(...next.effects);
  };
  const ringing = (agent: string) => offerOf(state, agent as UserId);
  return {
    state: () => state, effects,
    agent: (id: string, ready = true, idleSince = now, queues = [queue]) => send({ type: "agent.changed", agent: id as UserId, ready, queues, idleSince, now }),
    call: (id: string, more: { priority?: number; atHead?: boolean; declinedBy?: string[]; queue?: QueueId } = {}) =>
      send({ type: "call.entered", call: id as CallId, queue: more.queue ?? queue, priority: more.priority ?? 0, atHead: more.atHead ?? false, enteredAt: now, declinedBy: (more.declinedBy ?? []) as UserId[], now }),
    leaves: (id: string) => send({ type: "call.left", call: id as CallId, now }),
    accept: (agent: string) => send({ type: "offer.accepted", offer: ringing(agent)?.id ?? ("none" as OfferId), agent: agent as UserId, now }),
    decline: (agent: string) => send({ type: "offer.declined", offer: ringing(agent)?.id ?? ("none" as OfferId), agent: agent as UserId, now }),
    settled: (call: string, agent: string, ok: boolean) => send({ type: "claim.settled", call: call as CallId, agent: agent as UserId, ok, now }),
    pass: (ms: number) => {
      const until = now + ms;
      for (let due = routerDeadline(state); due !== null && due <= until; due = routerDeadline(state)) {
        now = due;
        send({ type: "clock.reached", now });
      }
      now = until as Millis;
    },
    rings: () => [...state.offers.values()].map((o) => `${o.call}@${o.agent}`).sort(),
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
  expect([b.rings(), b.state().lanes.get(queue)?.waiting]).toEqual([[], ["c1"]]);
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
  expect([b.rings(), b.state().calls.has("c1" as CallId)]).toEqual([[], false]);
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
  b.call("c1", { queue: "q2" as QueueId });
  expect(b.rings()).toEqual([]);
  b.agent("b", true, 0 as Millis, ["q2" as QueueId, queue]);
  expect(b.rings()).toEqual(["c1@b"]);
});
test("a call that moves to another queue is withdrawn and offered there", () => {
  const b = bench();
  b.agent("a");
  b.agent("b", true, 0 as Millis, ["q2" as QueueId]);
  b.call("c1");
  b.call("c1", { queue: "q2" as QueueId });
  expect(b.rings()).toEqual(["c1@b"]);
});
