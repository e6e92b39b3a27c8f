// Runs a pure machine in the browser: one state, one timer, effects in order.
import type { Millis, Step } from "@ringdesk/std";

export interface MachineParts<S, E, F> {
  readonly initial: S;
  readonly step: (state: S, event: E) => Step<S, F>;
  readonly deadline: (state: S) => Millis | null;
  /** The event to feed when the deadline is reached. */
  readonly clockReached: () => E;
  readonly perform: (effect: F) => void;
  /** Told after each event, when its effects were started. */
  readonly settled: (state: S) => void;
}

export interface RunningMachine<S, E> {
  readonly state: () => S;
  readonly feed: (event: E) => void;
  readonly stop: () => void;
}

export const nowMs = (): Millis => Date.now() as Millis;

export function runMachine<S, E, F>(parts: MachineParts<S, E, F>): RunningMachine<S, E> {
  let state = parts.initial;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function arm(): void {
    clearTimeout(timer);
    const due = parts.deadline(state);
    if (due !== null && !stopped) timer = setTimeout(() => { feed(parts.clockReached()); }, Math.max(0, due - nowMs()));
  }
  function feed(event: E): void {
    if (stopped) return;
    const step = parts.step(state, event);
    state = step.state;
    step.effects.forEach(parts.perform);
    arm();
    parts.settled(state);
  }
  arm();
  return { state: () => state, feed, stop: () => { stopped = true; clearTimeout(timer); } };
}

/** Who wants to know that something changed; the shape that React subscribes to. */
export function createListeners(): { readonly subscribe: (listen: () => void) => () => void; readonly tell: () => void } {
  const listeners = new Set<() => void>();
  return {
    subscribe: (listen) => { listeners.add(listen); return () => { listeners.delete(listen); }; },
    tell: () => { listeners.forEach((listen) => { listen(); }); },
  };
}
