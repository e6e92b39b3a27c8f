// The browser's phone: which tab has the call, whether its microphone is open, whether its audio is connected.
// The call itself lives on the server and is seen through the desk; this machine only keeps audio connected to it.
import type { CallPhase } from "@ringdesk/contract/http";
import type { CallId, Millis, Step } from "@ringdesk/std";

/** Why a microphone cannot be used, as the server is told (RTE-4). */
export type MicrophoneProblem = "denied" | "no-device" | "in-use" | "other";

/** After accepting or dialling here, how long this tab holds its claim while the call has not come to the desk yet. */
export const CLAIM_MS = 15_000;
/** Audio was agreed, yet the server still sees none: after this long it is agreed anew. */
export const RECHECK_MS = 4_000;
/** Another tab has the call but its audio is gone: this tab asks for it this often (CALL-11, CALL-12). */
export const ASK_AGAIN_MS = 4_000;
export const FIRST_RETRY_MS = 300;
export const LAST_RETRY_MS = 3_000;
/** The server is told about a connection that failed this often. */
export const REPORT_AFTER = 3;

type OnCall = { readonly call: CallId; readonly phase: CallPhase; readonly muted: boolean };
export type SoftphoneState =
  | { readonly kind: "idle" }
  | { readonly kind: "reserved"; readonly until: Millis }
  | (OnCall & { readonly kind: "claiming" })
  | (OnCall & { readonly kind: "elsewhere"; readonly askAt: Millis | null })
  | (OnCall & { readonly kind: "opening"; readonly attempt: number })
  | (OnCall & { readonly kind: "silent"; readonly why: MicrophoneProblem })
  | (OnCall & { readonly kind: "agreeing"; readonly attempt: number; readonly failures: number })
  | (OnCall & { readonly kind: "pausing"; readonly attempt: number; readonly failures: number; readonly retryAt: Millis })
  | (OnCall & { readonly kind: "connected"; readonly attempt: number; readonly checkAt: Millis | null });

type DeskEvent = { readonly type: "desk.changed"; readonly call: { readonly id: CallId; readonly phase: CallPhase } | null; /** As it was before a reload. */ readonly muted: boolean; readonly now: Millis };
type UserEvent =
  | { readonly type: "user.claimed"; readonly now: Millis }
  | { readonly type: "user.unclaimed" | "user.took-over" | "user.tried-again" }
  | { readonly type: "user.muted"; readonly muted: boolean };
type LockEvent = { readonly type: "lock.granted" | "lock.refused" | "lock.lost"; readonly now: Millis };
type MicrophoneEvent = { readonly type: "microphone.opened" | "microphone.ended" } | { readonly type: "microphone.failed"; readonly why: MicrophoneProblem };
/** `attempt` tells which connection is meant. */
type AudioEvent = { readonly type: "audio.agreed" | "audio.refused" | "audio.lost" | "audio.recovered"; readonly call: CallId; readonly attempt: number; readonly now: Millis };
export type SoftphoneEvent = DeskEvent | UserEvent | LockEvent | MicrophoneEvent | AudioEvent | { readonly type: "clock.reached" | "network.changed"; readonly now: Millis };

export type SoftphoneEffect =
  /** `steal`: the person chose this tab. Otherwise only if no other tab has it. */
  | { readonly do: "take-lock"; readonly steal: boolean }
  | { readonly do: "release-lock" | "open-microphone" | "hang-up-audio" }
  | { readonly do: "connect"; readonly call: CallId; readonly attempt: number }
  | { readonly do: "mute"; readonly muted: boolean }
  | { readonly do: "report"; readonly call: CallId; readonly why: MicrophoneProblem | "connection" };

type Move = Step<SoftphoneState, SoftphoneEffect>;
const stay = (state: SoftphoneState): Move => ({ state, effects: [] });
const onCall = (state: OnCall): OnCall => ({ call: state.call, phase: state.phase, muted: state.muted });
const later = (now: Millis, ms: number): Millis => (now + ms) as Millis;

/** Milliseconds before the next attempt after so many failures in a row. */
export const audioRetryMs = (failures: number): number => Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1));

/** The server waits for this browser's audio. */
const wanted = (phase: CallPhase): boolean => phase === "connecting" || phase === "away";
/** The states in which this tab has, or just had, its audio in the call. */
type WithAudio = Extract<SoftphoneState, { kind: "agreeing" | "pausing" | "connected" }>;
const withAudio = (state: SoftphoneState): state is WithAudio => state.kind === "agreeing" || state.kind === "pausing" || state.kind === "connected";
const hasCall = (state: SoftphoneState): state is Exclude<SoftphoneState, { kind: "idle" | "reserved" }> => state.kind !== "idle" && state.kind !== "reserved";
/** An answer to an earlier attempt, or for an earlier call, says nothing about this one. */
const concerns = (state: WithAudio, event: { readonly call: CallId; readonly attempt: number }): boolean => state.call === event.call && state.attempt === event.attempt;

/** When `clock.reached` is due. */
export function softphoneDeadline(state: SoftphoneState): Millis | null {
  switch (state.kind) {
    case "reserved": return state.until;
    case "elsewhere": return state.askAt;
    case "pausing": return state.retryAt;
    case "connected": return state.checkAt;
    default: return null;
  }
}

function openMicrophone(state: OnCall): Move {
  return { state: { ...onCall(state), kind: "opening", attempt: 0 }, effects: [{ do: "open-microphone" }] };
}
function agree(state: OnCall, attempt: number, failures: number): Move {
  return { state: { ...onCall(state), kind: "agreeing", attempt, failures }, effects: [{ do: "connect", call: state.call, attempt }] };
}
function pause(state: WithAudio, failures: number, now: Millis): Move {
  return {
    state: { ...onCall(state), kind: "pausing", attempt: state.attempt, failures, retryAt: later(now, audioRetryMs(failures)) },
    effects: failures === REPORT_AFTER ? [{ do: "report", call: state.call, why: "connection" }] : [],
  };
}
function elsewhere(state: OnCall, now: Millis): Move {
  return stay({ ...onCall(state), kind: "elsewhere", askAt: wanted(state.phase) ? later(now, ASK_AGAIN_MS) : null });
}

function begin(call: { readonly id: CallId; readonly phase: CallPhase }, muted: boolean, owned: boolean): Move {
  const base: OnCall = { call: call.id, phase: call.phase, muted };
  if (owned) return openMicrophone(base);
  return { state: { ...base, kind: "claiming" }, effects: [{ do: "take-lock", steal: false }] };
}

function onDesk(state: SoftphoneState, event: DeskEvent): Move {
  if (event.call === null) {
    if (!hasCall(state)) return stay(state);
    return { state: { kind: "idle" }, effects: [{ do: "hang-up-audio" }, { do: "release-lock" }] };
  }
  if (!hasCall(state)) return begin(event.call, event.muted, state.kind === "reserved");
  if (state.call !== event.call.id) {
    // One call directly after another: this tab keeps its lock if it has it.
    const owned = state.kind !== "elsewhere" && state.kind !== "claiming";
    const next = begin(event.call, event.muted, owned);
    return { state: next.state, effects: [{ do: "hang-up-audio" }, ...next.effects] };
  }
  const before = state.phase;
  const phase = event.call.phase;
  if (before === phase) return stay(state);
  if (state.kind === "elsewhere") return elsewhere({ ...state, phase }, event.now);
  if (state.kind !== "connected") return stay({ ...state, phase });
  // The server heard nothing for two seconds; the browser would notice much later.
  if (phase === "away") return agree({ ...state, phase }, state.attempt + 1, 0);
  return stay({ ...state, phase, checkAt: wanted(phase) ? later(event.now, RECHECK_MS) : null });
}

function onClock(state: SoftphoneState, now: Millis): Move {
  const due = softphoneDeadline(state);
  if (due === null || now < due) return stay(state);
  switch (state.kind) {
    case "reserved": return { state: { kind: "idle" }, effects: [{ do: "release-lock" }] };
    case "elsewhere": return { state: { ...onCall(state), kind: "claiming" }, effects: [{ do: "take-lock", steal: false }] };
    case "pausing": return agree(state, state.attempt + 1, state.failures);
    case "connected": return agree(state, state.attempt + 1, 0);
    default: return stay(state);
  }
}

function onAudio(state: SoftphoneState, event: AudioEvent): Move {
  if (!withAudio(state)) return stay(state);
  switch (event.type) {
    case "audio.agreed":
      if (state.kind !== "agreeing" || !concerns(state, event)) return stay(state);
      return { state: { ...onCall(state), kind: "connected", attempt: state.attempt, checkAt: wanted(state.phase) ? later(event.now, RECHECK_MS) : null }, effects: [{ do: "mute", muted: state.muted }] };
    case "audio.refused":
      return state.kind === "agreeing" && concerns(state, event) ? pause(state, state.failures + 1, event.now) : stay(state);
    case "audio.lost":
      return state.kind === "connected" && concerns(state, event) ? agree(state, state.attempt + 1, 0) : stay(state);
    case "audio.recovered": // the connection that was given up came back while a new one could not be agreed
      if (state.kind !== "pausing" || state.call !== event.call) return stay(state);
      return stay({ ...onCall(state), kind: "connected", attempt: event.attempt, checkAt: wanted(state.phase) ? later(event.now, RECHECK_MS) : null });
  }
}

function onMicrophone(state: SoftphoneState, event: MicrophoneEvent): Move {
  switch (event.type) {
    case "microphone.opened": return state.kind === "opening" ? agree(state, state.attempt + 1, 0) : stay(state);
    case "microphone.failed":
      if (state.kind !== "opening") return stay(state);
      return { state: { ...onCall(state), kind: "silent", why: event.why }, effects: [{ do: "report", call: state.call, why: event.why }] };
    case "microphone.ended": // unplugged, or its permission taken away
      if (!withAudio(state)) return stay(state);
      return { state: { ...onCall(state), kind: "opening", attempt: state.attempt }, effects: [{ do: "open-microphone" }] };
  }
}

function onLock(state: SoftphoneState, type: LockEvent["type"], now: Millis): Move {
  if (state.kind === "reserved") return type === "lock.lost" ? stay({ kind: "idle" }) : stay(state);
  if (!hasCall(state)) return type === "lock.granted" ? { state, effects: [{ do: "release-lock" }] } : stay(state);
  if (type === "lock.granted") return state.kind === "claiming" ? openMicrophone(state) : stay(state);
  if (type === "lock.refused") return state.kind === "claiming" ? elsewhere(state, now) : stay(state);
  if (state.kind === "elsewhere") return stay(state);
  return { state: elsewhere(state, now).state, effects: [{ do: "hang-up-audio" }] };
}

function onUser(state: SoftphoneState, event: UserEvent): Move {
  switch (event.type) {
    case "user.claimed":
      if (hasCall(state)) return stay(state);
      return { state: { kind: "reserved", until: later(event.now, CLAIM_MS) }, effects: [{ do: "take-lock", steal: true }] };
    case "user.unclaimed": return state.kind === "reserved" ? { state: { kind: "idle" }, effects: [{ do: "release-lock" }] } : stay(state);
    case "user.took-over":
      return state.kind === "elsewhere" ? { state: { ...onCall(state), kind: "claiming" }, effects: [{ do: "take-lock", steal: true }] } : stay(state);
    case "user.tried-again":
      if (state.kind === "silent") return openMicrophone(state);
      return state.kind === "pausing" ? agree(state, state.attempt + 1, 0) : stay(state);
    case "user.muted":
      return hasCall(state) ? { state: { ...state, muted: event.muted }, effects: [{ do: "mute", muted: event.muted }] } : stay(state);
  }
}

/** Total: every state answers every event. */
export function stepSoftphone(state: SoftphoneState, event: SoftphoneEvent): Move {
  switch (event.type) {
    case "desk.changed": return onDesk(state, event);
    case "clock.reached": return onClock(state, event.now);
    case "network.changed":
      if (state.kind === "pausing") return agree(state, state.attempt + 1, 0);
      return state.kind === "connected" ? stay({ ...state, checkAt: later(event.now, 1_500) }) : stay(state);
    case "audio.agreed": case "audio.refused": case "audio.lost": case "audio.recovered": return onAudio(state, event);
    case "microphone.opened": case "microphone.failed": case "microphone.ended": return onMicrophone(state, event);
    case "lock.granted": case "lock.refused": case "lock.lost": return onLock(state, event.type, event.now);
    case "user.claimed": case "user.unclaimed": case "user.took-over": case "user.tried-again": case "user.muted": return onUser(state, event);
  }
}
