import type { LiveUpdate, ServerMessage } from "@ringdesk/contract/live";
import type { CallId, Millis } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { liveDeadline, openingLive, retryDelayMs, stepLive, type LiveEffect, type LiveEvent, type LiveState } from "./live.machine.ts";

const at = (now: number) => ({ now: now as Millis, chance: 0.5 });
const notice: LiveUpdate = { type: "notice", level: "info", text: "hi", callId: null };
const update = (seq: number): ServerMessage => ({ type: "update", seq, update: notice });
const heard = (message: ServerMessage, now = 1_000): LiveEvent => ({ ...at(now), type: "message.received", message });

/** Runs the events from the start and returns the last state with all effects. */
function run(...events: readonly LiveEvent[]): { state: LiveState; effects: LiveEffect[] } {
  let state = openingLive(0 as Millis);
  const effects: LiveEffect[] = [];
  for (const event of events) {
    const step = stepLive(state, event);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}
const opened: LiveEvent = { ...at(10), type: "socket.opened" };
const closed: LiveEvent = { ...at(5_000), type: "socket.closed" };
const welcome = (seq: number, reset: boolean, epoch = "e1") => heard({ type: "welcome", epoch, seq, reset });

describe("API-3 the live connection", () => {
  test("says hello, then is live from the welcome's number on", () => {
    const { state, effects } = run(opened, welcome(7, true));
    expect(effects).toEqual([{ do: "hello", seen: null }, { do: "refresh", forget: true }]);
    expect(state).toMatchObject({ kind: "live", seen: { epoch: "e1", seq: 7 } });
  });

  test("applies each update once, also when it is sent again", () => {
    const { effects } = run(opened, welcome(7, true), heard(update(8)), heard(update(8)), heard(update(7)), heard(update(12)));
    expect(effects.filter((e) => e.do === "apply")).toHaveLength(2);
  });

  test("after a reconnect it says what it has seen and takes what followed, once", () => {
    const { state, effects } = run(opened, welcome(7, true), heard(update(8)), closed, { ...at(9_000), type: "clock.reached" }, { ...at(9_010), type: "socket.opened" },
      welcome(10, false), heard(update(8)), heard(update(9)), heard(update(10)));
    expect(effects).toContainEqual({ do: "hello", seen: { epoch: "e1", seq: 8 } });
    expect(effects.filter((e) => e.do === "apply")).toHaveLength(3);
    expect(effects.filter((e) => e.do === "refresh")).toEqual([{ do: "refresh", forget: true }, { do: "refresh", forget: false }]);
    expect(state).toMatchObject({ seen: { epoch: "e1", seq: 10 } });
  });

  test("another run of the server starts its own numbers", () => {
    const { state, effects } = run(opened, welcome(700, true), closed, { ...at(9_000), type: "network.back" }, opened, welcome(2, true, "e2"), heard(update(3)));
    expect(state).toMatchObject({ seen: { epoch: "e2", seq: 3 } });
    expect(effects.at(-1)).toEqual({ do: "apply", update: notice });
  });

  test("answers a beat, and gives up after three of silence", () => {
    const live = run(opened, welcome(1, true), heard({ type: "beat" }, 2_000));
    expect(live.effects.at(-1)).toEqual({ do: "alive" });
    expect(liveDeadline(live.state)).toBe(17_000);
    const silent = stepLive(live.state, { ...at(17_000), type: "clock.reached" });
    expect(silent.state.kind).toBe("waiting");
    expect(silent.effects).toEqual([{ do: "close" }]);
    expect(stepLive(live.state, { ...at(16_999), type: "clock.reached" }).state.kind).toBe("live");
  });

  test("CALL-5 levels are shown as they come, and count as a sign of life, but for nothing that was missed", () => {
    const levels = { callId: "c1" as CallId, agent: -20, customer: null };
    const { state, effects } = run(opened, welcome(7, true), heard({ type: "levels", ...levels }, 3_000));
    expect(effects.at(-1)).toMatchObject({ do: "show-levels", levels });
    expect([state, liveDeadline(state)]).toMatchObject([{ kind: "live", seen: { epoch: "e1", seq: 7 } }, 18_000]);
  });

  test("signed out is for good", () => {
    const { state, effects } = run(opened, welcome(1, true), heard({ type: "signed-out" }));
    expect(effects.slice(-2)).toEqual([{ do: "close" }, { do: "signed-out" }]);
    expect(stepLive(state, closed)).toEqual({ state, effects: [] });
  });

  test("a socket that never opens is given up and tried again", () => {
    const step = stepLive(openingLive(0 as Millis), { ...at(8_000), type: "clock.reached" });
    expect(step.state).toMatchObject({ kind: "waiting", failures: 1 });
  });
});

test("a connection refused twice in a row asks whether the session has ended", () => {
  const once = stepLive(openingLive(0 as Millis), closed);
  expect(once.effects).toEqual([]);
  const again = stepLive(stepLive(once.state, { ...at(9_000), type: "network.back" }).state, closed);
  expect(again.effects).toEqual([{ do: "check-session" }]);
});

test("retries back off from 0.5 s to 5 s and are spread by chance", () => {
  expect([0, 1, 2, 3, 4, 20].map((n) => retryDelayMs(n, 1))).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  expect(retryDelayMs(20, 0)).toBe(2_500);
  expect(retryDelayMs(0, 0)).toBe(500);
});
