import { describe, expect, test } from "vitest";
import { stepPlayback, UNPLAYABLE, type PlaybackEffect, type PlaybackEvent, type PlaybackState } from "./playback.machine.ts";

type Kind = PlaybackState["kind"];
const states: { readonly [K in Kind]: PlaybackState & { readonly kind: K } } = {
  idle: { kind: "idle" }, asking: { kind: "asking" }, untried: { kind: "untried" }, heard: { kind: "heard" }, broken: { kind: "broken", words: "The bucket is away." },
};
const events = {
  "play.pressed": { type: "play.pressed" }, "pause.pressed": { type: "pause.pressed" }, "link.came": { type: "link.came", url: "/a" },
  "link.refused": { type: "link.refused", words: "The bucket is away." }, "audio.heard": { type: "audio.heard" },
  "fails while it plays": { type: "audio.failed", playing: true }, "fails while it is paused": { type: "audio.failed", playing: false },
} as const satisfies Readonly<Record<string, PlaybackEvent>>;

type Cell = readonly [next: Kind, ...effects: PlaybackEffect["do"][]];
/** What each state does with each event. An event that is not in the row changes nothing at all, which is asserted too. */
const table: { readonly [K in Kind]: { readonly [T in keyof typeof events]?: Cell } } = {
  idle: { "play.pressed": ["asking", "ask-for-link"] },
  asking: { "link.came": ["untried", "play-link"], "link.refused": ["broken"] },
  untried: { "play.pressed": ["untried", "play"], "pause.pressed": ["untried", "pause"], "audio.heard": ["heard"], "fails while it plays": ["broken"], "fails while it is paused": ["idle"] },
  heard: { "play.pressed": ["heard", "play"], "pause.pressed": ["heard", "pause"], "audio.heard": ["heard"], "fails while it plays": ["asking", "ask-for-link"], "fails while it is paused": ["idle"] },
  broken: { "play.pressed": ["asking", "ask-for-link"] },
};

describe("REC-2 playing a recording", () => {
  for (const from of Object.keys(states) as Kind[]) {
    for (const name of Object.keys(events) as (keyof typeof events)[]) {
      const [next, ...effects] = table[from][name] ?? [from];
      test(`${from}, ${name}: ${next}${effects.length === 0 ? "" : `, ${effects.join(", ")}`}`, () => {
        const stepped = stepPlayback(states[from], events[name]);
        expect([stepped.state.kind, ...stepped.effects.map((effect) => effect.do)]).toEqual([next, ...effects]);
        if (table[from][name] === undefined) expect(stepped.state).toBe(states[from]);
      });
    }
  }

  const run = (...happened: readonly PlaybackEvent[]) => happened.reduce<{ readonly state: PlaybackState; readonly done: readonly PlaybackEffect[] }>(({ state, done }, event) => {
    const stepped = stepPlayback(state, event);
    return { state: stepped.state, done: [...done, ...stepped.effects] };
  }, { state: { kind: "idle" }, done: [] });

  test("a link that expires while it plays is replaced once, and then the person is told", () => {
    const { state, done } = run({ type: "play.pressed" }, { type: "link.came", url: "/first" }, { type: "audio.heard" }, { type: "audio.failed", playing: true }, { type: "link.came", url: "/second" }, { type: "audio.failed", playing: true });
    expect(done).toEqual([{ do: "ask-for-link" }, { do: "play-link", url: "/first" }, { do: "ask-for-link" }, { do: "play-link", url: "/second" }]);
    expect(state).toEqual({ kind: "broken", words: UNPLAYABLE });
  });

  test("a refused link is told in the server's words, and Play asks again", () => {
    const refused = run({ type: "play.pressed" }, { type: "link.refused", words: "This recording is locked." });
    expect(refused.state).toEqual({ kind: "broken", words: "This recording is locked." });
    expect(run({ type: "play.pressed" }, { type: "link.refused", words: "" }, { type: "play.pressed" }).state).toEqual({ kind: "asking" });
  });
});
