// Playing a recording, whose audio is at a link that soon expires (REC-2). Pure. Nothing is asked for before somebody wants
// to hear it; a link that worked and fails while it plays is replaced once, and a new one that fails at once is told.
import type { Step } from "@ringdesk/std";

export type PlaybackState =
  | { readonly kind: "idle" | "asking" }
  /** `untried`: at a link that has not been heard yet. `heard`: the link worked. */
  | { readonly kind: "untried" | "heard" }
  /** `words`: why it cannot be heard. */
  | { readonly kind: "broken"; readonly words: string };

export type PlaybackEvent =
  | { readonly type: "play.pressed" | "pause.pressed" }
  | { readonly type: "link.came"; readonly url: string }
  | { readonly type: "link.refused"; readonly words: string }
  /** Some of it was heard. */
  | { readonly type: "audio.heard" }
  /** `playing`: it was to be heard just now. */
  | { readonly type: "audio.failed"; readonly playing: boolean };

export type PlaybackEffect =
  | { readonly do: "ask-for-link" | "play" | "pause" }
  /** Plays what is at `url`, from the place where the person is. */
  | { readonly do: "play-link"; readonly url: string };

export const UNPLAYABLE = "The recording cannot be played now.";

const asking: Step<PlaybackState, PlaybackEffect> = { state: { kind: "asking" }, effects: [{ do: "ask-for-link" }] };

export function stepPlayback(state: PlaybackState, event: PlaybackEvent): Step<PlaybackState, PlaybackEffect> {
  switch (state.kind) {
    case "idle":
    case "broken": return event.type === "play.pressed" ? asking : { state, effects: [] };
    case "asking":
      if (event.type === "link.came") return { state: { kind: "untried" }, effects: [{ do: "play-link", url: event.url }] };
      if (event.type === "link.refused") return { state: { kind: "broken", words: event.words }, effects: [] };
      return { state, effects: [] };
    case "untried":
    case "heard": return stepLoaded(state, event);
  }
}

function stepLoaded(state: PlaybackState & { readonly kind: "untried" | "heard" }, event: PlaybackEvent): Step<PlaybackState, PlaybackEffect> {
  switch (event.type) {
    case "play.pressed": return { state, effects: [{ do: "play" }] };
    case "pause.pressed": return { state, effects: [{ do: "pause" }] };
    case "audio.heard": return { state: { kind: "heard" }, effects: [] };
    case "audio.failed":
      // Nobody listens: whoever presses Play next gets a new link.
      if (!event.playing) return { state: { kind: "idle" }, effects: [] };
      return state.kind === "heard" ? asking : { state: { kind: "broken", words: UNPLAYABLE }, effects: [] };
    case "link.came":
    case "link.refused": return { state, effects: [] };
  }
}
