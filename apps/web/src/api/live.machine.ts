// What the browser knows about its live connection. Pure: the shell in live.ts owns the socket and the timers.
import { BEAT_MS, type CallLevels, type LiveUpdate, type ServerMessage } from "@ringdesk/contract/live";
import type { Millis, Step } from "@ringdesk/std";

/** Hearing nothing for three beats means that the connection is dead. */
export const SILENCE_MS = 3 * BEAT_MS;
/** A connection attempt that takes longer is given up. */
export const OPEN_MS = 8_000;
export const FIRST_RETRY_MS = 500;
export const LAST_RETRY_MS = 5_000;

/** How far this page has followed the updates of one run of the server. */
export type Seen = { readonly epoch: string; readonly seq: number } | null;
export type LiveState =
  | { readonly kind: "opening"; readonly seen: Seen; readonly failures: number; readonly giveUpAt: Millis }
  | { readonly kind: "greeting"; readonly seen: Seen; readonly failures: number; readonly silentAt: Millis }
  | { readonly kind: "live"; readonly seen: Seen; readonly silentAt: Millis }
  | { readonly kind: "waiting"; readonly seen: Seen; readonly failures: number; readonly retryAt: Millis }
  | { readonly kind: "signed-out" };

/** `chance` is 0 to 1 and spreads the retries of many browsers. */
export type LiveEvent = { readonly now: Millis; readonly chance: number } & (
  | { readonly type: "socket.opened" | "socket.closed" | "clock.reached" | "network.back" }
  | { readonly type: "message.received"; readonly message: ServerMessage });

export type LiveEffect =
  | { readonly do: "open" | "close" | "alive" | "signed-out" }
  /** It could not be opened, twice in a row: whether somebody is still signed in is worth asking. */
  | { readonly do: "check-session" }
  | { readonly do: "hello"; readonly seen: Seen }
  /** Connected. `forget`: all that was read before may be old; otherwise only what an update could have missed. */
  | { readonly do: "refresh"; readonly forget: boolean }
  | { readonly do: "apply"; readonly update: LiveUpdate }
  | { readonly do: "show-levels"; readonly levels: CallLevels };

export const openingLive = (now: Millis): LiveState => ({ kind: "opening", seen: null, failures: 0, giveUpAt: (now + OPEN_MS) as Millis });

/** Milliseconds until the next attempt: doubling from 0.5 s to 5 s, the later half of it by chance. */
export function retryDelayMs(failures: number, chance: number): number {
  const full = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
  return Math.max(FIRST_RETRY_MS, Math.round(full / 2 + (full / 2) * chance));
}

/** When `clock.reached` is due. */
export function liveDeadline(state: LiveState): Millis | null {
  switch (state.kind) {
    case "opening": return state.giveUpAt;
    case "greeting": case "live": return state.silentAt;
    case "waiting": return state.retryAt;
    case "signed-out": return null;
  }
}

type Move = Step<LiveState, LiveEffect>;
const stay = (state: LiveState): Move => ({ state, effects: [] });

function lost(state: Exclude<LiveState, { kind: "signed-out" }>, event: LiveEvent, close: boolean): Move {
  const failures = state.kind === "live" ? 0 : state.failures;
  const retryAt = (event.now + retryDelayMs(failures, event.chance)) as Millis;
  const effects: readonly LiveEffect[] = [...(close ? [{ do: "close" } as const] : []), ...(state.kind === "opening" && failures > 0 ? [{ do: "check-session" } as const] : [])];
  return { state: { kind: "waiting", seen: state.seen, failures: failures + 1, retryAt }, effects };
}

function reopen(state: Extract<LiveState, { kind: "waiting" }>, now: Millis): Move {
  return { state: { kind: "opening", seen: state.seen, failures: state.failures, giveUpAt: (now + OPEN_MS) as Millis }, effects: [{ do: "open" }] };
}

function onMessage(state: Extract<LiveState, { kind: "greeting" | "live" }>, message: ServerMessage, now: Millis): Move {
  const silentAt = (now + SILENCE_MS) as Millis;
  switch (message.type) {
    case "welcome": {
      const fresh = message.reset || state.seen === null || state.seen.epoch !== message.epoch;
      const seen = fresh ? { epoch: message.epoch, seq: message.seq } : state.seen;
      return { state: { kind: "live", seen, silentAt }, effects: [{ do: "refresh", forget: message.reset }] };
    }
    case "beat": return { state: { ...state, silentAt }, effects: [{ do: "alive" }] };
    case "levels": return { state: { ...state, silentAt }, effects: [{ do: "show-levels", levels: message }] };
    case "signed-out": return { state: { kind: "signed-out" }, effects: [{ do: "close" }, { do: "signed-out" }] };
    case "update": {
      if (state.seen === null || message.seq <= state.seen.seq) return stay({ ...state, silentAt }); // seen before
      return { state: { ...state, seen: { epoch: state.seen.epoch, seq: message.seq }, silentAt }, effects: [{ do: "apply", update: message.update }] };
    }
  }
}

/** Total: every state answers every event. A signed-out connection stays so. */
export function stepLive(state: LiveState, event: LiveEvent): Move {
  if (state.kind === "signed-out") return stay(state);
  switch (event.type) {
    case "socket.opened":
      if (state.kind !== "opening") return stay(state);
      return { state: { kind: "greeting", seen: state.seen, failures: state.failures, silentAt: (event.now + SILENCE_MS) as Millis }, effects: [{ do: "hello", seen: state.seen }] };
    case "socket.closed": return state.kind === "waiting" ? stay(state) : lost(state, event, false);
    case "message.received": return state.kind === "greeting" || state.kind === "live" ? onMessage(state, event.message, event.now) : stay(state);
    case "network.back": return state.kind === "waiting" ? reopen(state, event.now) : stay(state);
    case "clock.reached": {
      const due = liveDeadline(state);
      if (due === null || event.now < due) return stay(state);
      return state.kind === "waiting" ? reopen(state, event.now) : lost(state, event, true);
    }
  }
}
