// Whether an agent speaks and nobody hears it: by what arrives at the switch, and what the browser's own microphone says. Pure.
import type { Millis } from "@ringdesk/std";

/** Below this the switch hears nothing that could be a voice. In dBov. */
export const HEARD_DBOV = -60;
/** A microphone that is louder than this in the browser is spoken into. In dB below full scale. */
export const SPOKEN_DB = -45;
/** So long may it be quiet before anything is said about it. */
export const QUIET_LIMIT_MS = 5_000;
/** Who has been heard before may be quiet for as long as they like; but not after speaking for this long while nothing arrives. */
export const SPOKEN_LIMIT_MS = 1_000;
/** Levels that are further apart than this say nothing about the time between. */
const LONGEST_GAP_MS = 1_500;

export type Unheard = {
  /** Something has arrived since the agent's audio was connected. */
  readonly heard: boolean;
  /** Nothing arrives since then; null while something does, or nothing is expected. */
  readonly quietSince: Millis | null;
  /** How long the agent spoke in that time, by the browser. */
  readonly spokenMs: number;
  readonly lastAt: Millis;
};

export type Listening = {
  readonly now: Millis;
  /** Level of the agent at the switch, in dBov; null while there is no agent's audio. */
  readonly agent: number | null;
  /** Level of the microphone in this browser, in dB; null when nobody knows. */
  readonly local: number | null;
  /** The agent is in conversation and not muted: to be heard is what they expect. */
  readonly expected: boolean;
};

export const nothingYet: Unheard = { heard: false, quietSince: null, spokenMs: 0, lastAt: 0 as Millis };

export function stepUnheard(state: Unheard, { now, agent, local, expected }: Listening): Unheard {
  if (agent === null) return { ...nothingYet, lastAt: now };
  if (agent >= HEARD_DBOV) return { heard: true, quietSince: null, spokenMs: 0, lastAt: now };
  if (!expected) return { ...state, quietSince: null, spokenMs: 0, lastAt: now };
  const passedMs = now - state.lastAt;
  if (state.quietSince === null || passedMs > LONGEST_GAP_MS) return { ...state, quietSince: now, spokenMs: 0, lastAt: now };
  return { ...state, spokenMs: state.spokenMs + (local !== null && local >= SPOKEN_DB ? passedMs : 0), lastAt: now };
}

/** Whether the agent is to be told that nobody hears them. */
export const isUnheard = ({ heard, quietSince, spokenMs, lastAt }: Unheard): boolean =>
  quietSince !== null && lastAt - quietSince >= QUIET_LIMIT_MS && (!heard || spokenMs >= SPOKEN_LIMIT_MS);
