import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Millis } from "@ringdesk/std";
import { FIRST_WAIT_MS, MAX_WAIT_MS, STEADY_AFTER_MS, restartDeadline, stepRestart, type RestartEvent, type RestartState } from "./restart.machine.ts";

const at = (ms: number) => ms as Millis;
const states = {
  idle: { kind: "idle" }, "first-start": { kind: "first-start" }, up: { kind: "up", since: at(0), failures: 0 },
  waiting: { kind: "waiting", until: at(1_000), failures: 2 }, restarting: { kind: "restarting", failures: 1 },
  stopping: { kind: "stopping" }, failed: { kind: "failed" }, stopped: { kind: "stopped" },
} satisfies { [K in RestartState["kind"]]: Extract<RestartState, { kind: K }> };
const events = {
  "start.wanted": { type: "start.wanted" }, "child.ready": { type: "child.ready", now: at(1_000) }, "child.ended": { type: "child.ended", now: at(1_000) },
  "clock.reached": { type: "clock.reached", now: at(1_000) }, "stop.wanted": { type: "stop.wanted" },
} satisfies { [T in RestartEvent["type"]]: Extract<RestartEvent, { type: T }> };

type Cell = readonly [next: RestartState["kind"], ...effects: string[]];
const still = (k: RestartState["kind"]) => ({ "start.wanted": [k], "child.ready": [k], "child.ended": [k], "clock.reached": [k], "stop.wanted": [k] }) as const;
const table: Record<RestartState["kind"], Record<RestartEvent["type"], Cell>> = {
  idle: { ...still("idle"), "start.wanted": ["first-start", "spawn"], "stop.wanted": ["stopped", "report"] },
  "first-start": { ...still("first-start"), "child.ready": ["up", "report"], "child.ended": ["failed", "report"], "stop.wanted": ["stopping", "signal-stop"] },
  up: { ...still("up"), "child.ended": ["restarting", "report", "spawn"], "stop.wanted": ["stopping", "signal-stop"] },
  waiting: { ...still("waiting"), "clock.reached": ["restarting", "spawn"], "stop.wanted": ["stopped", "report"] },
  restarting: { ...still("restarting"), "child.ready": ["up", "report"], "child.ended": ["waiting", "report"], "stop.wanted": ["stopping", "signal-stop"] },
  stopping: { ...still("stopping"), "child.ended": ["stopped", "report"] },
  failed: still("failed"),
  stopped: still("stopped"),
};

describe("restart", () => {
  for (const [from, row] of Object.entries(table)) for (const [on, [to, ...effects]] of Object.entries(row))
    test(`${from} + ${on} → ${to}`, () => {
      const got = stepRestart(states[from as keyof typeof states], events[on as keyof typeof events]);
      expect([got.state.kind, ...got.effects.map((effect) => effect.do)]).toEqual([to, ...effects]);
    });

  test("waits double up to the limit, and a steady run forgets them", () => {
    let state: RestartState = states.up;
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      state = stepRestart(state, { type: "child.ended", now: at(0) }).state;
      waits.push(restartDeadline(state) ?? 0);
      state = stepRestart(state, { type: "clock.reached", now: at(MAX_WAIT_MS) }).state;
    }
    expect(waits).toEqual([0, FIRST_WAIT_MS, 400, 800, 1_600, 3_200, 6_400, MAX_WAIT_MS, MAX_WAIT_MS]);
    state = stepRestart(state, { type: "child.ready", now: at(0) }).state;
    expect(stepRestart(state, { type: "child.ended", now: at(STEADY_AFTER_MS) }).state).toEqual({ kind: "restarting", failures: 1 });
  });

  test("in any order of events at most one process runs, and none after the end", () => {
    const names = fc.array(fc.constantFrom(...Object.values(events)), { maxLength: 60 });
    fc.assert(fc.property(names, (list) => {
      let state: RestartState = states.idle;
      let running = 0;
      for (const event of [events["start.wanted"], ...list]) {
        if (event.type === "child.ended" && running === 0) continue; // nothing there to end
        if (event.type === "child.ended") running--;
        const next = stepRestart(state, event);
        running += next.effects.filter((effect) => effect.do === "spawn").length;
        state = next.state;
        if (running > 1) return false;
        if ((state.kind === "stopped" || state.kind === "failed" || state.kind === "waiting") && running > 0) return false;
      }
      return true;
    }));
  });
});
