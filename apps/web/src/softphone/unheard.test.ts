import type { Millis } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { isUnheard, nothingYet, QUIET_LIMIT_MS, stepUnheard, type Listening } from "./unheard.ts";

const TICK_MS = 200;
const SILENT = -127;
type Tick = Partial<Omit<Listening, "now">> & { readonly gapMs?: number };
const times = (ms: number, tick: Tick): Tick[] => Array.from({ length: Math.round(ms / TICK_MS) }, () => tick);

/** When it was first said that nobody hears the agent, in ms; null for never. And whether it is said at the end. */
function run(...ticks: readonly (Tick | Tick[])[]): { since: number | null; last: boolean } {
  let now = 1_000_000;
  const begun = now;
  let state = { ...nothingYet, lastAt: now as Millis };
  let since: number | null = null;
  for (const { gapMs = TICK_MS, ...tick } of ticks.flat()) {
    now += gapMs;
    state = stepUnheard(state, { now: now as Millis, agent: SILENT, local: null, expected: true, ...tick });
    if (isUnheard(state)) since ??= now - begun;
  }
  return { since, last: isUnheard(state) };
}

describe("CALL-5 an agent whom nobody hears is told", () => {
  test("who has never been heard, after five seconds", () => {
    expect(run(times(10_000, {}))).toEqual({ since: QUIET_LIMIT_MS + TICK_MS, last: true });
    expect(run(times(QUIET_LIMIT_MS, {})).since).toBeNull();
  });
  test("until something arrives, however little", () => {
    expect(run(times(6_000, {}), { agent: -60 }).last).toBe(false);
    expect(run(times(6_000, {}), { agent: -61 }).last).toBe(true);
  });
  test("not while they only listen, for as long as that takes", () => {
    expect(run({ agent: -20 }, times(60_000, { local: -90 })).since).toBeNull();
    expect(run({ agent: -20 }, times(60_000, {})).since).toBeNull();
  });
  test("who was heard before and now speaks into nothing", () => {
    expect(run({ agent: -20 }, times(4_800, { local: -90 }), times(1_400, { local: -20 })).last).toBe(true);
    expect(run({ agent: -20 }, times(6_000, { local: -90 }), times(600, { local: -20 })).last).toBe(false);
  });
  test("not while muted or on hold; the time counts from the end of that", () => {
    expect(run(times(20_000, { expected: false, local: -20 })).since).toBeNull();
    expect(run(times(20_000, { expected: false }), times(4_000, {})).since).toBeNull();
  });
  test("anew for another connection of their audio", () => {
    expect(run({ agent: -20 }, { agent: null }, times(6_000, {})).last).toBe(true);
  });
  test("not by levels that did not come", () => {
    expect(run(times(1_000, {}), { gapMs: 10_000 }, times(4_000, {})).since).toBeNull();
  });
});
