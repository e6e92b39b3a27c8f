import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { E164, LegId, Millis } from "@ringdesk/std";
import {
  DIAL_LIMIT_MS, GONE_MS, handsetDeadline, newHandset, RING_LIMIT_MS, SILENT_MS, stepHandset, type HandsetEvent, type HandsetState,
} from "./handset.machine.ts";

const leg = "leg-1" as LegId;
const number = "+12025550100" as E164;
const at = (ms: number) => ms as Millis;
const onCall = { leg, with: number, since: at(0), goneSince: null };

const states = {
  idle: { kind: "idle", goneSince: null, lastEnd: null },
  connecting: { kind: "connecting", ...onCall },
  dialling: { kind: "dialling", ...onCall, direction: "out", silentSince: null },
  ringing: { kind: "ringing", ...onCall },
  answering: { kind: "answering", ...onCall },
  talking: { kind: "talking", ...onCall, direction: "out", silentSince: null },
} as const satisfies Record<HandsetState["kind"], HandsetState>;

// Every event is about the leg at hand; events about other legs are tested below.
const late = at(RING_LIMIT_MS);
const events = {
  "dialled": { type: "dialled", leg, to: number, at: at(1) },
  "answer-pressed": { type: "answer-pressed" },
  "hung-up": { type: "hung-up" },
  "audio-connected": { type: "audio-connected", leg, at: at(1) },
  "audio-refused": { type: "audio-refused", leg },
  "rung": { type: "rung", leg, from: number, at: at(1) },
  "ringing-stopped": { type: "ringing-stopped", leg },
  "leg-answered": { type: "leg-answered", leg, at: at(1) },
  "leg-ended": { type: "leg-ended", leg, cause: "hangup" },
  "media-lost": { type: "media-lost", leg, at: at(1) },
  "media-connected": { type: "media-connected", leg },
  "watched": { type: "watched" },
  "unwatched": { type: "unwatched", at: at(1) },
  "clock-reached": { type: "clock-reached", at: late },
} satisfies { [T in HandsetEvent["type"]]: Extract<HandsetEvent, { type: T }> };

type Kind = HandsetState["kind"];
type Cell = readonly [next: Kind, ...effects: string[]];
const row = <K extends Kind>(kind: K, changes: Partial<Record<HandsetEvent["type"], Cell>>): Record<HandsetEvent["type"], Cell> => ({
  "dialled": [kind], "answer-pressed": [kind], "hung-up": [kind], "audio-connected": [kind], "audio-refused": [kind], "rung": [kind],
  "ringing-stopped": [kind], "leg-answered": [kind], "leg-ended": [kind], "media-lost": [kind], "media-connected": [kind],
  "watched": [kind], "unwatched": [kind], "clock-reached": [kind], ...changes,
});

const table: Record<Kind, Record<HandsetEvent["type"], Cell>> = {
  idle: row("idle", { "dialled": ["connecting"], "rung": ["ringing"], "audio-connected": ["idle", "end cancelled"] }),
  connecting: row("connecting", {
    "hung-up": ["idle", "end cancelled"], "audio-connected": ["dialling", "arrive"], "audio-refused": ["idle"], "leg-ended": ["idle"],
    "clock-reached": ["idle", "end cancelled"],
  }),
  dialling: row("dialling", {
    "hung-up": ["idle", "end cancelled"], "leg-answered": ["talking"], "leg-ended": ["idle"], "clock-reached": ["idle", "end media-lost"],
  }),
  ringing: row("ringing", {
    "answer-pressed": ["answering"], "hung-up": ["idle", "end declined"], "ringing-stopped": ["idle"], "leg-ended": ["idle"],
    "clock-reached": ["idle", "end no-answer"],
  }),
  answering: row("answering", {
    "hung-up": ["idle", "end declined"], "audio-connected": ["talking", "tell-answered"], "audio-refused": ["ringing"],
    "ringing-stopped": ["idle"], "leg-ended": ["idle"], "clock-reached": ["idle", "end no-answer"],
  }),
  talking: row("talking", { "hung-up": ["idle", "end hangup"], "ringing-stopped": ["idle", "end cancelled"], "leg-ended": ["idle"] }),
};

describe("handset: total table", () => {
  for (const [from, cells] of Object.entries(table)) for (const [on, [to, ...effects]] of Object.entries(cells)) {
    test(`${from} + ${on} → ${to}`, () => {
      const got = stepHandset(states[from as Kind], events[on as HandsetEvent["type"]]);
      expect([got.state.kind, ...got.effects.map((f) => (f.do === "end" ? `end ${f.cause}` : f.do))]).toEqual([to, ...effects]);
    });
  }
});

const otherLeg = "leg-2" as LegId;

test("a second call to a handset that is on a call is busy, and the first goes on", () => {
  const got = stepHandset(states.talking, { type: "rung", leg: otherLeg, from: number, at: at(1) });
  expect(got).toEqual({ state: states.talking, effects: [{ do: "end", leg: otherLeg, cause: "busy" }] });
});

test("audio that is connected after the person hung up is taken down again", () => {
  const got = stepHandset(states.idle, { type: "audio-connected", leg: otherLeg, at: at(1) });
  expect(got.effects).toEqual([{ do: "end", leg: otherLeg, cause: "cancelled" }]);
});

test("late events about an earlier leg change nothing", () => {
  for (const e of Object.values(events)) {
    if (!("leg" in e) || e.type === "rung" || e.type === "audio-connected") continue;
    expect(stepHandset(states.talking, { ...e, leg: otherLeg })).toEqual({ state: states.talking, effects: [] });
  }
});

describe("a handset that disappears", () => {
  test("hangs up 5 s after its page when its audio has stopped too", () => {
    const gone = stepHandset(states.talking, { type: "unwatched", at: at(1_000) }).state;
    expect(handsetDeadline(gone)).toBeNull(); // audio still flows
    const silent = stepHandset(gone, { type: "media-lost", leg, at: at(2_000) }).state;
    expect(handsetDeadline(silent)).toBe(1_000 + GONE_MS);
    expect(stepHandset(silent, { type: "clock-reached", at: at(999 + GONE_MS) }).state.kind).toBe("talking");
    expect(stepHandset(silent, { type: "clock-reached", at: at(1_000 + GONE_MS) }).effects).toEqual([{ do: "end", leg, cause: "media-lost" }]);
  });
  test("hangs up at once when its audio stops long after its page has gone", () => {
    const gone = stepHandset(states.talking, { type: "unwatched", at: at(1_000) }).state;
    const silent = stepHandset(gone, { type: "media-lost", leg, at: at(60_000) }).state;
    expect(handsetDeadline(silent)).toBe(60_000);
  });
  test("hangs up 5 s after its page when its audio has never come: the page was closed while it connected", () => {
    const connected = (s: HandsetState) => stepHandset(s, { type: "audio-connected", leg, at: at(1_000) }).state;
    for (const state of [connected(states.connecting), connected(states.answering)]) {
      expect(handsetDeadline(stepHandset(state, { type: "unwatched", at: at(1_100) }).state)).toBe(1_100 + GONE_MS);
      expect(handsetDeadline(state)).toBe(1_000 + SILENT_MS);
      const heard = stepHandset(state, { type: "media-connected", leg }).state;
      expect(heard).toMatchObject({ silentSince: null });
    }
    const answered = stepHandset(connected(states.connecting), { type: "leg-answered", leg, at: at(1_200) }).state;
    expect(handsetDeadline(stepHandset(answered, { type: "unwatched", at: at(1_300) }).state)).toBe(1_300 + GONE_MS);
  });
  test("stays when page or audio come back", () => {
    const silent = stepHandset(states.talking, { type: "media-lost", leg, at: at(0) }).state;
    expect(handsetDeadline(silent)).toBe(SILENT_MS);
    expect(handsetDeadline(stepHandset(silent, { type: "media-connected", leg }).state)).toBeNull();
    const ringing = stepHandset(states.ringing, { type: "unwatched", at: at(0) }).state;
    expect(handsetDeadline(ringing)).toBe(GONE_MS);
    expect(handsetDeadline(stepHandset(ringing, { type: "watched" }).state)).toBe(RING_LIMIT_MS);
  });
  test("a call that nobody answers or refuses ends", () => expect(handsetDeadline(states.dialling)).toBe(DIAL_LIMIT_MS));
});

test("in any order of events, a leg is ended at most once and only the leg at hand is talked of as answered", () => {
  const legs = [leg, otherLeg];
  const event = fc.oneof(
    ...Object.values(events).map((e) => fc.record({ which: fc.nat(1), ms: fc.nat(400_000) }).map(({ which, ms }): HandsetEvent => ({
      ...e, ...("leg" in e ? { leg: legs[which] ?? leg } : {}), ...("at" in e ? { at: at(ms) } : {}),
    }) as HandsetEvent)),
  );
  fc.assert(fc.property(fc.array(event, { maxLength: 40 }), (history) => {
    let state = newHandset(at(0));
    for (const e of history) {
      const before = state;
      const step = stepHandset(state, e);
      state = step.state;
      expect(step.effects.length).toBeLessThanOrEqual(1);
      for (const f of step.effects) {
        if (f.do === "arrive") expect(state).toMatchObject({ kind: "dialling", leg: f.leg });
        if (f.do === "tell-answered") expect(state).toMatchObject({ kind: "talking", leg: f.leg, direction: "in" });
        // What is ended is no longer held.
        if (f.do === "end" && state.kind !== "idle") expect(state.leg).not.toBe(f.leg);
      }
      // A call never becomes another call without passing through idle.
      if (before.kind !== "idle" && state.kind !== "idle") expect(state.leg).toBe(before.leg);
    }
  }), { seed: 20_261_122, numRuns: 500 });
});
