// When to start a supervised process again. Pure: the supervisor performs the effects and arms the one timer.
import { addMs, type Millis, type Step } from "@ringdesk/std";

/** The first restart is immediate; then the wait doubles from here. */
export const FIRST_WAIT_MS = 200;
export const MAX_WAIT_MS = 10_000;
/** After so long without a failure, earlier ones are forgotten. */
export const STEADY_AFTER_MS = 30_000;

/** `failures` counts the ends since the process last ran steadily. */
export type RestartState =
  | { readonly kind: "idle" }
  | { readonly kind: "first-start" }
  | { readonly kind: "up"; readonly since: Millis; readonly failures: number }
  | { readonly kind: "waiting"; readonly until: Millis; readonly failures: number }
  | { readonly kind: "restarting"; readonly failures: number }
  | { readonly kind: "stopping" }
  | { readonly kind: "failed" }
  | { readonly kind: "stopped" };

export type RestartEvent =
  | { readonly type: "start.wanted" }
  | { readonly type: "child.ready"; readonly now: Millis }
  | { readonly type: "child.ended"; readonly now: Millis }
  | { readonly type: "clock.reached"; readonly now: Millis }
  | { readonly type: "stop.wanted" };

export type RestartEffect =
  | { readonly do: "spawn" }
  | { readonly do: "signal-stop" }
  | { readonly do: "report"; readonly what: "up" | "ended" | "failed-at-first-start" | "stopped" };

type Next = Step<RestartState, RestartEffect>;

/** What follows from an event. Total; late events change nothing. A process that fails its first start is not tried again. */
export function stepRestart(state: RestartState, event: RestartEvent): Next {
  switch (event.type) {
    case "start.wanted": return state.kind === "idle" ? { state: { kind: "first-start" }, effects: [{ do: "spawn" }] } : same(state);
    case "child.ready": return onReady(state, event.now);
    case "child.ended": return onEnded(state, event.now);
    case "clock.reached":
      if (state.kind !== "waiting" || event.now < state.until) return same(state);
      return { state: { kind: "restarting", failures: state.failures }, effects: [{ do: "spawn" }] };
    case "stop.wanted": return onStopWanted(state);
  }
}

/** When to send `clock.reached`, or null. */
export function restartDeadline(state: RestartState): Millis | null {
  return state.kind === "waiting" ? state.until : null;
}

const same = (state: RestartState): Next => ({ state, effects: [] });

function onReady(state: RestartState, now: Millis): Next {
  if (state.kind !== "first-start" && state.kind !== "restarting") return same(state);
  const failures = state.kind === "restarting" ? state.failures : 0;
  return { state: { kind: "up", since: now, failures }, effects: [{ do: "report", what: "up" }] };
}

function onEnded(state: RestartState, now: Millis): Next {
  switch (state.kind) {
    case "first-start": return { state: { kind: "failed" }, effects: [{ do: "report", what: "failed-at-first-start" }] };
    case "up": return again(now - state.since >= STEADY_AFTER_MS ? 0 : state.failures, now);
    case "restarting": return again(state.failures, now);
    case "stopping": return { state: { kind: "stopped" }, effects: [{ do: "report", what: "stopped" }] };
    case "idle": case "waiting": case "failed": case "stopped": return same(state);
  }
}

function again(failures: number, now: Millis): Next {
  const report = { do: "report", what: "ended" } as const;
  if (failures === 0) return { state: { kind: "restarting", failures: 1 }, effects: [report, { do: "spawn" }] };
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), MAX_WAIT_MS);
  return { state: { kind: "waiting", until: addMs(now, waitMs), failures: failures + 1 }, effects: [report] };
}

function onStopWanted(state: RestartState): Next {
  switch (state.kind) {
    case "idle": case "waiting": return { state: { kind: "stopped" }, effects: [{ do: "report", what: "stopped" }] };
    case "first-start": case "up": case "restarting": return { state: { kind: "stopping" }, effects: [{ do: "signal-stop" }] };
    case "stopping": case "failed": case "stopped": return same(state);
  }
}
