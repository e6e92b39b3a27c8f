// The ring of an incoming call. Made by the browser; in one tab only, however many are open.
import { playThrough } from "./devices.ts";

/** A soft double strike, then a pause: seconds. */
const PATTERN_S = 3;
const STRIKES: readonly { readonly at: number; readonly hz: number }[] = [
  { at: 0, hz: 659.25 }, { at: 0.16, hz: 880 }, { at: 0.5, hz: 659.25 }, { at: 0.66, hz: 880 },
];
const STRIKE_S = 0.42;
const LOUDNESS = 0.16;
/** All strikes, to their end. */
const CHIME_MS = 1_500;
const RING_LOCK = "ringdesk-ring";

export interface Ringer {
  /** Rings until stopped. `blocked` is called when the browser forbids sound until somebody clicks the page. */
  readonly start: (blocked: () => void) => void;
  readonly stop: () => void;
}

function strike(context: AudioContext, out: AudioNode, hz: number, at: number): void {
  const tone = context.createOscillator();
  const level = context.createGain();
  tone.type = "sine";
  tone.frequency.value = hz;
  level.gain.setValueAtTime(0, at);
  level.gain.linearRampToValueAtTime(LOUDNESS, at + 0.012);
  level.gain.exponentialRampToValueAtTime(0.0001, at + STRIKE_S);
  tone.connect(level).connect(out);
  tone.start(at);
  tone.stop(at + STRIKE_S);
}

/** One strike through the chosen device, to test it. */
export function chime(role: "speaker" | "ring"): void {
  const context = new AudioContext();
  void playThrough(context, role).then(() => {
    STRIKES.forEach((each) => { strike(context, context.destination, each.hz, context.currentTime + 0.02 + each.at); });
    setTimeout(() => void context.close(), CHIME_MS);
  });
}

/** @param oneTab whether only one of several open tabs shall ring. */
export function createRinger(oneTab: boolean): Ringer {
  let context: AudioContext | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;
  let letGo: (() => void) | null = null;
  let turn = 0;

  function ring(blocked: () => void): void {
    context = new AudioContext();
    const mine = context;
    if (mine.state === "suspended") blocked();
    const round = (): void => { if (mine.state === "running") STRIKES.forEach((each) => { strike(mine, mine.destination, each.hz, mine.currentTime + 0.02 + each.at); }); };
    mine.addEventListener("statechange", round, { once: true }); // a click on the page starts the sound
    void playThrough(mine, "ring").then(round);
    timer = setInterval(round, PATTERN_S * 1_000);
  }
  function stop(): void {
    turn += 1;
    clearInterval(timer);
    letGo?.();
    letGo = null;
    void context?.close();
    context = null;
  }
  return {
    start: (blocked) => {
      stop();
      const mine = turn;
      if (!oneTab || !("locks" in navigator)) { ring(blocked); return; }
      void navigator.locks.request(RING_LOCK, (): Promise<void> | undefined => {
        if (mine !== turn) return undefined;
        ring(blocked);
        return new Promise((resolve) => { letGo = resolve; });
      });
    },
    stop,
  };
}
