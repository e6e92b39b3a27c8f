import type { Millis, Step } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { ACTOR_MAILBOX_LIMIT, createActor } from "./actor.ts";
import type { Actor, Machine } from "./actor.ports.ts";
import { createFakeClock } from "./clock.fake.ts";
import { createSystemClock } from "./clock.ts";
import { newId } from "./ids.ts";
import { createTurns } from "./in-turn.ts";

type S = { readonly kind: "ringing"; readonly deadline: Millis; readonly heard: number } | { readonly kind: "over"; readonly why: string };
type E = { readonly type: "heard" | "ended" | "ignored" } | { readonly type: "clock.reached"; readonly now: Millis };
type F = { readonly do: "say" | "stop" };
const RING_MS = 20_000;
const machine: Machine<S, E, F> = {
  step: (state, event): Step<S, F> => {
    if (state.kind === "over" || event.type === "ignored") return { state, effects: [] };
    if (event.type === "heard") return { state: { ...state, heard: state.heard + 1 }, effects: [{ do: "say" }] };
    if (event.type === "clock.reached" && event.now < state.deadline) return { state, effects: [] };
    return { state: { kind: "over", why: event.type }, effects: [{ do: "stop" }] };
  },
  deadline: (state) => (state.kind === "ringing" ? state.deadline : null),
  wake: (now) => ({ type: "clock.reached", now }),
};

function world(append: (e: E) => Promise<void> = async () => {}) {
  const clock = createFakeClock();
  const appended: string[] = [];
  const done: string[] = [];
  const deaths: unknown[] = [];
  const initial: S = { kind: "ringing", deadline: (clock.now() + RING_MS) as Millis, heard: 0 };
  const actor: Actor<S, E> = createActor(machine, initial, {
    append: async (e) => { await append(e); appended.push(e.type); },
    perform: async (f) => { done.push(f.do); return null; },
    clock, died: (e) => { deaths.push(e); },
  });
  return { clock, appended, done, deaths, actor };
}

describe("an actor", () => {
  test("twenty seconds of ringing take no real time, and no timer is left behind", async () => {
    const w = world();
    expect(w.clock.armed()).toBe(1);
    await w.clock.advance(RING_MS - 1);
    expect(w.actor.state().kind).toBe("ringing");
    await w.clock.advance(1);
    expect([w.actor.state(), w.done, w.clock.armed()]).toEqual([{ kind: "over", why: "clock.reached" }, ["stop"], 0]);
  });

  test("facts are appended before the state changes and before effects run", async () => {
    const seen: unknown[] = [];
    const w = world(async () => { seen.push([w.actor.state(), [...w.done]]); });
    await w.actor.send({ type: "heard" });
    expect(seen).toEqual([[{ kind: "ringing", deadline: expect.any(Number), heard: 0 }, []]]);
    expect(w.done).toEqual(["say"]);
  });

  test("an event that changes nothing is not appended", async () => {
    const w = world();
    expect(await w.actor.send({ type: "ignored" })).toBe(true);
    expect(w.appended).toEqual([]);
  });

  test("when the log cannot be written it dies cleanly: no effect, no timer, no second death", async () => {
    const w = world(async () => { throw new Error("disk full"); });
    expect(await Promise.all([w.actor.send({ type: "ended" }), w.actor.send({ type: "heard" })])).toEqual([false, false]);
    expect([w.done, w.clock.armed(), w.deaths.length, w.actor.state().kind]).toEqual([[], 0, 1, "ringing"]);
  });

  test("restoring performs nothing, and the timer runs from the restored state", async () => {
    const w = world();
    w.actor.restore([{ type: "heard" }, { type: "heard" }]);
    expect([w.actor.state(), w.done, w.appended, w.clock.armed()]).toMatchObject([{ heard: 2 }, [], [], 1]);
    await w.clock.advance(RING_MS);
    expect(w.actor.state().kind).toBe("over");
  });

  test(`more than ${ACTOR_MAILBOX_LIMIT} waiting events end this one actor`, async () => {
    const w = world(() => new Promise(() => undefined));
    for (let n = 0; n <= ACTOR_MAILBOX_LIMIT; n += 1) void w.actor.send({ type: "heard" });
    expect(w.deaths).toHaveLength(1);
    expect(await w.actor.send({ type: "heard" })).toBe(false);
  });

  test("a stopped actor takes nothing more and leaves no timer", async () => {
    const w = world();
    w.actor.stop();
    expect([await w.actor.send({ type: "heard" }), w.clock.armed(), w.deaths]).toEqual([false, 0, []]);
  });
});

describe("the system's clock", () => {
  test("a wait longer than a timer of Node can be does not end at once", async () => {
    const clock = createSystemClock();
    let ran = false;
    const cancel = clock.at((clock.now() + 3_000_000_000) as Millis, () => { ran = true; });
    await new Promise((resolve) => setImmediate(resolve));
    cancel();
    expect(ran).toBe(false);
  });
  test("the past is reached at once, but never within the call", async () => {
    const clock = createSystemClock();
    let ran = false;
    const reached = new Promise<void>((resolve) => { clock.at(0 as Millis, () => { ran = true; resolve(); }); });
    expect(ran).toBe(false);
    await reached;
  });
});

test("ids are version 7, unique, and sort by the order they were made in", () => {
  const ids = Array.from({ length: 20_000 }, () => newId());
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  expect(ids.every((id) => /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(id))).toBe(true);
});

test("nobody is woken before they are due, also when a timer of Node fires early", async () => {
  const clock = createSystemClock();
  const early = await Promise.all(Array.from({ length: 300 }, (_, n) => new Promise<number>((resolve) => {
    const due = (clock.now() + (n % 5)) as Millis;
    clock.at(due, () => { resolve(Math.max(0, due - clock.now())); });
  })));
  expect(Math.max(...early)).toBe(0);
});

test("changes in turn begin one after the other, also after one that failed", async () => {
  const inTurn = createTurns();
  const said: string[] = [];
  const change = (name: string, fails = false) => inTurn(async () => {
    said.push(`${name} begins`);
    await new Promise((resume) => setImmediate(resume));
    said.push(`${name} ends`);
    if (fails) throw new Error(name);
    return name;
  });
  const [first, second, third] = await Promise.allSettled([change("first"), change("second", true), change("third")]);
  expect([first.status, second.status, third.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(said).toEqual(["first begins", "first ends", "second begins", "second ends", "third begins", "third ends"]);
});
