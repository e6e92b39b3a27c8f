// The machine of the product: one customer's phone call. Pure: no clock, no I/O, never throws; every phase answers every
// event, and the phases of an ended call absorb what comes late. README.md has the table of phases and events.
import { addMs, type Millis, type RecordingId, type Step } from "@ringdesk/std";
import type { Machine } from "../kernel/index.ts";
import { phoneLeft } from "./agent-leg.rules.ts";
import { decision, isCustomerLeg, note, nothing, type CallEffect, type CallEvent, type Decision, type EventOf } from "./call.events.rules.ts";
import type { CallFact } from "./call.facts.ts";
import { LIMIT_WARNING_MS, MAX_CALL_MS } from "./call.limits.rules.ts";
import { evolve } from "./call.evolve.rules.ts";
import { agentOf, isCallback, isOver, messageId, type CallState, type StateIn } from "./call.state.rules.ts";
import { callbackFailed, whenCallback, whenCallbackPause } from "./callback.rules.ts";
import { whenConnectingOut, whenDialling } from "./dialling.rules.ts";
import { customerGone, endCall, isAccountedFor, legEnded, settleIfDone, whenEnding } from "./ending.rules.ts";
import { withHold } from "./holding.rules.ts";
import { enterQueue, whenArriving, whenGreeting, whenPlacing, whenWaiting } from "./queueing.rules.ts";
import { agentLegEnded, whenAway, whenConnecting, whenHeld, whenTalking } from "./talking.rules.ts";
import { isCutShort, messageStopped, whenFarewell, whenMessage, whenVoicemail } from "./voicemail.rules.ts";

/** What follows from `event`: facts first, then effects. The state after it is the facts' doing alone. */
export function decide(state: CallState, event: CallEvent): Decision {
  if (state.phase.kind === "settled" || wasHeard(state, event)) return nothing;
  return settleIfDone(state, event, withHold(state, event, everyPhase(state, event) ?? byPhase(state, event)));
}

/** One step: the facts that follow from the event, folded into the state. */
export function stepCall(state: CallState, event: CallEvent): Step<CallState, CallEffect> {
  const { facts, effects } = decide(state, event);
  return { state: facts.reduce(evolve, state), effects };
}

/** When the call next wants to be woken, or null. */
export function callDeadline({ core, phase }: CallState): Millis | null {
  if (phase.kind === "settled") return null;
  if (phase.kind === "ending") return isAccountedFor({ core, phase }) ? null : phase.settleBy;
  if (phase.kind === "callback" || phase.kind === "callback-pause") return phaseDeadline(phase);
  const limit = addMs(core.limitFrom, core.limit === "far" ? MAX_CALL_MS - LIMIT_WARNING_MS : MAX_CALL_MS);
  const own = phaseDeadline(phase);
  return own === null || limit < own ? limit : own;
}

export const callMachine: Machine<CallState, CallEvent, CallEffect> = {
  step: stepCall, deadline: callDeadline, wake: (now) => ({ type: "clock.reached", at: now }),
};

/** What the shell does when a call is born, and again when it is found half-born after a crash. */
export const openingEffects = ({ core }: CallState): readonly CallEffect[] =>
  core.direction === "inbound" ? [{ do: "answer", leg: core.customerLeg }, { do: "identify" }] : [{ do: "identify" }];

/** Within one life of the switch its events are numbered: what is not newer than the last was taken already. */
function wasHeard({ core }: CallState, event: CallEvent): boolean {
  if (!("position" in event) || event.position === null || core.heard === null) return false;
  return event.position.epoch === core.heard.epoch && event.position.seq <= core.heard.seq;
}

/** What means the same in every phase; null when the phase decides. */
function everyPhase(state: CallState, event: CallEvent): Decision | null {
  switch (event.type) {
    case "leg.ended": return onLegEnded(state, event);
    case "recording.started":
      return runs(state, event.recording) ? decision([note("call.recording-started", event, { recordingId: event.recording })]) : nothing;
    case "recording.stopped": return recordingStopped(state, event);
    case "customer.identified": return onIdentified(state, event);
    case "customer.unknown": { // a call that waits for the answer goes on at once; one that will is told once
      const early = state.phase.kind === "arriving" || state.phase.kind === "greeting";
      return early && state.core.ruled && state.core.customer === null && state.core.lookup === "pending" ? decision([note("call.unidentified", event, {})]) : null;
    }
    case "offer.ended": {
      const known = state.core.offers.some((o) => o.offerId === event.offerId && o.result === null);
      return known ? decision([note("call.offer-ended", event, { offerId: event.offerId, userId: event.userId, result: event.result })]) : nothing;
    }
    case "clock.reached": return onLimit(state, event);
    default: return null;
  }
}

function byPhase(state: CallState, event: CallEvent): Decision {
  switch (state.phase.kind) {
    case "arriving": return whenArriving(state as StateIn<"arriving">, event);
    case "greeting": return whenGreeting(state as StateIn<"greeting">, event);
    case "placing": return whenPlacing(state as StateIn<"placing">, event);
    case "callback": return whenCallback(state as StateIn<"callback">, event);
    case "callback-pause": return whenCallbackPause(state as StateIn<"callback-pause">, event);
    case "voicemail": return whenVoicemail(state as StateIn<"voicemail">, event);
    case "message": return whenMessage(state as StateIn<"message">, event);
    case "farewell": return whenFarewell(state as StateIn<"farewell">, event);
    case "waiting": return whenWaiting(state as StateIn<"waiting">, event);
    case "connecting": return (state.core.direction === "inbound" && !isCallback(state.core) ? whenConnecting : whenConnectingOut)(state as StateIn<"connecting">, event);
    case "dialling": case "ringing": return whenDialling(state as StateIn<"dialling" | "ringing">, event);
    case "talking": return whenTalking(state as StateIn<"talking">, event);
    case "held": return whenHeld(state as StateIn<"held">, event);
    case "away": return whenAway(state as StateIn<"away">, event);
    case "ending": return whenEnding(state as StateIn<"ending">, event);
    case "settled": return nothing;
  }
}

function onLegEnded(state: CallState, event: EventOf<"leg.ended">): Decision {
  const gone = legEnded(state, event);
  if (gone === null) return nothing;
  if (isOver(state.phase)) return decision([gone]);
  if (isCustomerLeg(state, event.leg) && isCallback(state.core)) return calleeGone(state, event, gone);
  if (isCustomerLeg(state, event.leg) && isCutShort(state, event)) return decision([gone]);
  if (isCustomerLeg(state, event.leg)) return endCall(state, event, customerGone(state, event), [gone]);
  const left = phoneLeft(state, event);
  if (left === null) return agentLegEnded(state, event, gone);
  const after = byPhase(evolve(state, gone), left);
  return decision([gone, ...after.facts], after.effects);
}

/** A customer who is called back: their first leg ends with their asking for it, the next ones when they are not reached. */
function calleeGone(state: CallState, event: EventOf<"leg.ended">, gone: CallFact): Decision {
  const { kind } = state.phase;
  return kind === "dialling" || kind === "ringing" ? callbackFailed(state, event, customerGone(state, event).reason, [gone]) : decision([gone]);
}

const runs = ({ core }: CallState, recording: RecordingId): boolean =>
  (recording === core.recordingId ? core.recording : recording === messageId(core) ? core.message : "none") === "running";

function recordingStopped(state: CallState, event: EventOf<"recording.stopped">): Decision {
  if (!runs(state, event.recording)) return nothing;
  const stopped = note("call.recording-stopped", event, { recordingId: event.recording, why: event.why, durationMs: event.durationMs as Millis, path: event.path });
  const isMessage = state.phase.kind === "message" && event.recording === messageId(state.core);
  return isMessage ? messageStopped(state as StateIn<"message">, event, stopped) : decision([stopped]);
}

function onIdentified(state: CallState, event: EventOf<"customer.identified">): Decision {
  const { core, phase } = state;
  if (core.customer !== null) return nothing;
  const identified = note("call.identified", event, {
    customerId: event.customerId, customerName: event.name, conversationId: event.conversationId, isNew: event.isNew, direction: core.direction,
    supportNumber: core.supportNumber, customerNumber: core.customerNumber, queueId: core.place?.queueId ?? null, userId: agentOf(phase)?.userId ?? null,
  });
  // Who is in a queue by now stays there.
  const early = core.ruled && (phase.kind === "arriving" || phase.kind === "greeting" || phase.kind === "placing");
  const known = early && event.plan !== null ? [identified, note("call.planned", event, { plan: event.plan })] : [identified];
  if (phase.kind !== "placing") return decision(known);
  const after = known.reduce(evolve, state) as StateIn<"placing">;
  const entered = enterQueue(after, event);
  return decision([...known, ...entered.facts], entered.effects);
}

/** CALL-6: both sides are told a minute before; then the call ends. Null: the limit is far, the phase decides. */
function onLimit(state: CallState, event: EventOf<"clock.reached">): Decision | null {
  const { core, phase } = state;
  if (isOver(phase) || phase.kind === "callback" || phase.kind === "callback-pause") return null;
  if (event.at >= addMs(core.limitFrom, MAX_CALL_MS)) {
    const spoke = phase.kind === "talking" || phase.kind === "held" || phase.kind === "away";
    return endCall(state, event, { outcome: spoke ? "answered" : core.direction === "inbound" ? "missed" : "failed", by: "system", reason: "time-limit" });
  }
  if (core.limit === "warned" || event.at < addMs(core.limitFrom, MAX_CALL_MS - LIMIT_WARNING_MS)) return null;
  const agent = agentOf(phase);
  const told: readonly CallEffect[] = agent === null ? [] : [{ do: "warn-agent", agent: agent.userId }];
  // A beep in the talk; whoever hears music is not interrupted.
  return decision([note("call.limit-warned", event, {})], phase.kind === "talking" ? [...told, { do: "beep", leg: core.customerLeg }] : told);
}

const soonest = (instants: readonly (Millis | null)[]): Millis | null =>
  instants.reduce((first, at) => (first === null || (at !== null && at < first) ? at : first), null);

function phaseDeadline(phase: CallState["phase"]): Millis | null {
  switch (phase.kind) {
    case "arriving": return phase.answerBy;
    case "greeting": case "voicemail": case "farewell": return phase.overBy;
    case "placing": return phase.enterBy;
    case "message": return phase.endBy;
    case "waiting": return soonest([phase.leaveAt, phase.overflowAt, phase.announceAt, phase.callback.kind === "later" ? phase.callback.at : null]);
    case "callback": return soonest([phase.expiresAt, phase.goodbyeBy]);
    case "callback-pause": return phase.againAt;
    case "connecting": case "away": return phase.connectBy;
    case "dialling": case "ringing": return phase.giveUpAt;
    default: return null;
  }
}
