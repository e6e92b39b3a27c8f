import type { CallId, Millis } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { ASK_AGAIN_MS, audioRetryMs, CLAIM_MS, RECHECK_MS, softphoneDeadline, stepSoftphone, type SoftphoneEffect, type SoftphoneEvent, type SoftphoneState } from "./softphone.machine.ts";

const call = "c1" as CallId;
const other = "c2" as CallId;
const now = 1_000 as Millis;
const at = (n: number): Millis => n as Millis;
const on = { call, phase: "talking", muted: false } as const;

type Kind = SoftphoneState["kind"];
const states: { readonly [K in Kind]: Extract<SoftphoneState, { kind: K }> } = {
  idle: { kind: "idle" },
  reserved: { kind: "reserved", until: now },
  claiming: { ...on, kind: "claiming" },
  elsewhere: { ...on, kind: "elsewhere", askAt: now },
  opening: { ...on, kind: "opening", attempt: 2 },
  silent: { ...on, kind: "silent", why: "denied" },
  agreeing: { ...on, kind: "agreeing", attempt: 2, failures: 2 },
  pausing: { ...on, kind: "pausing", attempt: 2, failures: 1, retryAt: now },
  connected: { ...on, kind: "connected", attempt: 2, checkAt: now },
};
const audio = { call, attempt: 2, now } as const;
/** The event of one type, also where several types share a shape. */
type EventOf<T extends SoftphoneEvent["type"], E = SoftphoneEvent> = E extends { readonly type: infer K } ? (T extends K ? Omit<E, "type"> & { readonly type: T } : never) : never;
const events: { readonly [T in SoftphoneEvent["type"]]: EventOf<T> } = {
  "desk.changed": { type: "desk.changed", call: { id: call, phase: "away" }, muted: false, now },
  "user.claimed": { type: "user.claimed", now }, "user.unclaimed": { type: "user.unclaimed" }, "user.took-over": { type: "user.took-over" },
  "user.tried-again": { type: "user.tried-again" }, "user.muted": { type: "user.muted", muted: true },
  "lock.granted": { type: "lock.granted", now }, "lock.refused": { type: "lock.refused", now }, "lock.lost": { type: "lock.lost", now },
  "microphone.opened": { type: "microphone.opened" }, "microphone.failed": { type: "microphone.failed", why: "denied" }, "microphone.ended": { type: "microphone.ended" },
  "audio.agreed": { type: "audio.agreed", ...audio }, "audio.refused": { type: "audio.refused", ...audio }, "audio.lost": { type: "audio.lost", ...audio },
  "audio.recovered": { type: "audio.recovered", call, attempt: 1, now },
  "clock.reached": { type: "clock.reached", now }, "network.changed": { type: "network.changed", now },
};

type Cell = readonly [next: Kind, ...effects: SoftphoneEffect["do"][]];
/** What each state does with each event. An event that is not in the row changes nothing at all, which is asserted too. */
const table: { readonly [K in Kind]: { readonly [T in SoftphoneEvent["type"]]?: Cell } } = {
  idle: { "desk.changed": ["claiming", "take-lock"], "user.claimed": ["reserved", "take-lock"], "lock.granted": ["idle", "release-lock"] },
  reserved: {
    "desk.changed": ["opening", "open-microphone"], "user.claimed": ["reserved", "take-lock"], "user.unclaimed": ["idle", "release-lock"],
    "lock.lost": ["idle"], "clock.reached": ["idle", "release-lock"],
  },
  claiming: { "desk.changed": ["claiming"], "lock.granted": ["opening", "open-microphone"], "lock.refused": ["elsewhere"], "lock.lost": ["elsewhere", "hang-up-audio"], "user.muted": ["claiming", "mute"] },
  elsewhere: { "desk.changed": ["elsewhere"], "user.took-over": ["claiming", "take-lock"], "clock.reached": ["claiming", "take-lock"], "user.muted": ["elsewhere", "mute"] },
  opening: {
    "desk.changed": ["opening"], "microphone.opened": ["agreeing", "connect"], "microphone.failed": ["silent", "report"], "lock.lost": ["elsewhere", "hang-up-audio"], "user.muted": ["opening", "mute"],
  },
  silent: { "desk.changed": ["silent"], "user.tried-again": ["opening", "open-microphone"], "lock.lost": ["elsewhere", "hang-up-audio"], "user.muted": ["silent", "mute"] },
  agreeing: {
    "desk.changed": ["agreeing"], "audio.agreed": ["connected", "mute"], "audio.refused": ["pausing", "report"], "microphone.ended": ["opening", "open-microphone"],
    "lock.lost": ["elsewhere", "hang-up-audio"], "user.muted": ["agreeing", "mute"],
  },
  pausing: {
    "desk.changed": ["pausing"], "clock.reached": ["agreeing", "connect"], "network.changed": ["agreeing", "connect"], "user.tried-again": ["agreeing", "connect"], "audio.recovered": ["connected"],
    "microphone.ended": ["opening", "open-microphone"], "lock.lost": ["elsewhere", "hang-up-audio"], "user.muted": ["pausing", "mute"],
  },
  connected: {
    "desk.changed": ["agreeing", "connect"], "audio.lost": ["agreeing", "connect"], "clock.reached": ["agreeing", "connect"], "network.changed": ["connected"],
    "microphone.ended": ["opening", "open-microphone"], "lock.lost": ["elsewhere", "hang-up-audio"], "user.muted": ["connected", "mute"],
  },
};
for (const from of Object.keys(states) as Kind[]) for (const type of Object.keys(events) as SoftphoneEvent["type"][]) {
  const cell = table[from][type];
  test(`${from} + ${type} → ${cell === undefined ? "nothing" : cell.join(", ")}`, () => {
    const got = stepSoftphone(states[from], events[type]);
    if (cell === undefined) expect(got).toEqual({ state: states[from], effects: [] });
    else expect([got.state.kind, ...got.effects.map((effect) => effect.do)]).toEqual(cell);
  });
}
for (const from of Object.keys(states) as Kind[]) test(`${from}: the call's end leaves no audio and no claim behind`, () => {
  const got = stepSoftphone(states[from], { type: "desk.changed", call: null, muted: false, now });
  const expected = from === "idle" || from === "reserved" ? [] : ["hang-up-audio", "release-lock"];
  expect([got.state.kind, ...got.effects.map((effect) => effect.do)]).toEqual([from === "reserved" ? "reserved" : "idle", ...expected]);
});

/** Runs a story and returns where it ends with all effects. */
function story(start: SoftphoneState, ...happened: readonly SoftphoneEvent[]): { state: SoftphoneState; effects: SoftphoneEffect[] } {
  const effects: SoftphoneEffect[] = [];
  let state = start;
  for (const event of happened) {
    const step = stepSoftphone(state, event);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}
const desk = (phase: "connecting" | "talking" | "away" | "held", id: CallId = call): SoftphoneEvent => ({ type: "desk.changed", call: { id, phase }, muted: false, now });

describe("CALL-11 the call lives in one tab", () => {
  test("the tab in which it was accepted has it", () => {
    const { effects } = story(states.idle, events["user.claimed"], events["lock.granted"], desk("connecting"), events["microphone.opened"]);
    expect(effects).toEqual([{ do: "take-lock", steal: true }, { do: "open-microphone" }, { do: "connect", call, attempt: 1 }]);
  });
  test("another tab shows it and can take it over", () => {
    const seen = story(states.idle, desk("talking"), events["lock.refused"]);
    expect(seen.state).toMatchObject({ kind: "elsewhere", askAt: null });
    const taken = story(seen.state, events["user.took-over"], events["lock.granted"]);
    expect(taken.effects).toEqual([{ do: "take-lock", steal: true }, { do: "open-microphone" }]);
  });
  test("a tab that stays open picks up the call of one that was closed", () => {
    const { state, effects } = story({ ...states.elsewhere, askAt: null }, desk("away"), { type: "clock.reached", now: at(1_000 + ASK_AGAIN_MS) });
    expect(state.kind).toBe("claiming");
    expect(effects).toEqual([{ do: "take-lock", steal: false }]);
  });
  test("a claim without a call is given up", () => {
    const { state } = story(states.idle, events["user.claimed"]);
    expect(softphoneDeadline(state)).toBe(1_000 + CLAIM_MS);
  });
});

describe("CALL-12 audio comes back to the same call", () => {
  test("after a reload, still muted", () => {
    const { effects } = story(states.idle, { type: "desk.changed", call: { id: call, phase: "away" }, muted: true, now }, events["lock.granted"], events["microphone.opened"], { ...events["audio.agreed"], attempt: 1 });
    expect(effects.at(-1)).toEqual({ do: "mute", muted: true });
  });
  test("when the server hears nothing although the browser noticed nothing", () => {
    expect(story({ ...states.connected, checkAt: null }, desk("away")).effects).toEqual([{ do: "connect", call, attempt: 3 }]);
  });
  test("a connection that was agreed but carries nothing is agreed anew", () => {
    const { state } = story({ ...states.agreeing, phase: "connecting" }, events["audio.agreed"]);
    expect(softphoneDeadline(state)).toBe(1_000 + RECHECK_MS);
    expect(stepSoftphone(state, desk("talking")).state).toMatchObject({ checkAt: null });
  });
  test("answers to an earlier attempt or call are not mistaken for this one's", () => {
    for (const stale of [{ ...events["audio.agreed"], attempt: 1 }, { ...events["audio.agreed"], call: other }, { ...events["audio.refused"], attempt: 1 }])
      expect(stepSoftphone(states.agreeing, stale)).toEqual({ state: states.agreeing, effects: [] });
    expect(stepSoftphone(states.connected, { ...events["audio.lost"], attempt: 1 }).state).toBe(states.connected);
  });
  test("retries back off and the server is told once", () => {
    expect([1, 2, 3, 4, 5, 9].map(audioRetryMs)).toEqual([300, 600, 1_200, 2_400, 3_000, 3_000]);
    expect(stepSoftphone({ ...states.agreeing, failures: 3 }, events["audio.refused"]).effects).toEqual([]);
  });
});

test("RTE-4 a microphone that cannot be used is reported, and tried again on request", () => {
  const failed = story(states.opening, events["microphone.failed"]);
  expect(failed.effects).toEqual([{ do: "report", call, why: "denied" }]);
  expect(story(failed.state, events["user.tried-again"], events["microphone.opened"]).effects).toEqual([{ do: "open-microphone" }, { do: "connect", call, attempt: 1 }]);
});

test("one call directly after another keeps the tab's claim but not its audio", () => {
  expect(story(states.connected, desk("connecting", other)).effects).toEqual([{ do: "hang-up-audio" }, { do: "open-microphone" }]);
  expect(story(states.elsewhere, desk("connecting", other)).effects).toEqual([{ do: "hang-up-audio" }, { do: "take-lock", steal: false }]);
});
