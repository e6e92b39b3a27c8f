import type { SwitchLoad } from "@ringdesk/contract/switch";
import { LATE_MS, newLoad, stepLoad } from "./load.rules.ts";

/** How often the loop is asked whether it is there. Twenty times a second cost nothing that can be measured. */
export const SAMPLE_MS = 50;
/** What is decided upon: the samples of one second. */
export const WINDOW_MS = 1_000;
/** Of a longer stall than so many samples the rest says nothing more. */
const MAX_SAMPLES_AT_ONCE = 200;

export type LoadWatch = {
  readonly state: () => SwitchLoad;
  readonly isOverloaded: () => boolean;
  readonly stop: () => void;
};

export type LoadWatchOptions = {
  /** Monotonic milliseconds. */
  readonly nowMs?: () => number;
  /** Calls `run` once after `delayMs`; returns how to cancel. */
  readonly schedule?: (delayMs: number, run: () => void) => () => void;
  /** The share of the time since the last call that the loop did not spend waiting. */
  readonly busyShare?: () => number;
  /** Told once for each change. */
  readonly changed: (load: SwitchLoad) => void;
};

/**
 * Measures how late this process's loop is. The instants at which it should be there lie 50 ms apart, whenever it comes: those
 * that a stall has swallowed count as well, each with its own lateness, so that the share of late ones is a share of the time.
 */
export function createLoadWatch(options: LoadWatchOptions): LoadWatch {
  const nowMs = options.nowMs ?? (() => performance.now());
  const schedule = options.schedule ?? setTimer;
  const busyShare = options.busyShare ?? loopUtilization();
  let load = newLoad;
  let worstMs = 0;
  let due = nowMs() + SAMPLE_MS;
  let window = { endsAt: nowMs() + WINDOW_MS, samples: 0, late: 0, worstMs: 0 };

  const sample = (): void => {
    const now = nowMs();
    due = Math.max(due, now - MAX_SAMPLES_AT_ONCE * SAMPLE_MS);
    window.worstMs = Math.max(window.worstMs, now - due);
    for (; due <= now; due += SAMPLE_MS) {
      window.samples += 1;
      if (now - due > LATE_MS) window.late += 1;
    }
    if (now >= window.endsAt) decide(now);
    cancel = schedule(Math.max(0, due - now), sample);
  };
  const decide = (now: number): void => {
    const before = load.state;
    load = stepLoad(load, { lateShare: window.late / Math.max(1, window.samples), busyShare: busyShare() });
    worstMs = Math.round(window.worstMs);
    window = { endsAt: now + WINDOW_MS, samples: 0, late: 0, worstMs: 0 };
    if (load.state !== before) options.changed(state());
  };
  const state = (): SwitchLoad => ({ state: load.state, lateMs: worstMs });
  let cancel = schedule(SAMPLE_MS, sample);
  return { state, isOverloaded: () => load.state === "overloaded", stop: () => cancel() };
}

function setTimer(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}

function loopUtilization(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
