// RTE-5: a call that nobody answers leaves a message with the number's voicemail, or goes to the default queue, or ends.
import { addMs } from "@ringdesk/std";
import { decision, isCustomerLeg, note, nothing, type CallEffect, type CallEvent, type Decision } from "./call.events.rules.ts";
import type { CallFact, EndedOutcome, EndReason, FarewellWords, QueuePlan } from "./call.facts.ts";
import { MAX_MESSAGE_MS, MAX_PROMPT_MS } from "./call.limits.rules.ts";
import { comfortIn, messageId, type CallState, type StateIn } from "./call.state.rules.ts";
import { endCall, messageOutcome } from "./ending.rules.ts";
import { queued } from "./in-queue.rules.ts";

/** The key that ends a message. */
const END_KEY = "#";

/** The timeout of a queue has passed. */
export function leaveUnanswered(state: StateIn<"waiting">, event: CallEvent): Decision {
  const { core } = state;
  const { plan, place } = core;
  if (plan?.voicemail) return toVoicemail(state, event, "unanswered");
  const next = plan?.fallback ?? null;
  if (plan === null || next === null || place?.queueId === next.queueId) return endCall(state, event, { outcome: "missed", by: "system", reason: "unanswered" });
  const music: readonly CallEffect[] = comfortIn(plan, next.queueId).music === place?.music ? [] : [{ do: "play-music", leg: core.customerLeg }];
  return decision([queued(state, event, next, "unanswered", addMs(event.at, plan.timeoutMs))], music);
}

/** Nobody waits in a closed queue (QUE-6). */
export function turnAway(state: CallState, event: CallEvent, plan: QueuePlan, first: readonly CallFact[]): Decision {
  return plan.voicemail === null ? farewell(state, event, "closed", "missed", "closed", first) : toVoicemail(state, event, "closed", first);
}

/** The greeting of the voicemail and its tone. */
export function whenVoicemail(state: StateIn<"voicemail">, event: CallEvent): Decision {
  const leg = state.core.customerLeg;
  switch (event.type) {
    case "prompt.over": return event.leg === leg && event.prompt === "voicemail" ? beginMessage(state, event) : nothing;
    case "clock.reached": return event.at < state.phase.overBy ? nothing : beginMessage(state, event);
    case "switch.reported": return event.report.hears === "play" ? nothing : decision([], [{ do: "play-voicemail-greeting", leg }]);
    default: return nothing;
  }
}

export function whenMessage(state: StateIn<"message">, event: CallEvent): Decision {
  const { customerLeg } = state.core;
  switch (event.type) {
    case "leg.dtmf": return isCustomerLeg(state, event.leg) && event.digit === END_KEY ? messageOver(state, event) : nothing;
    case "clock.reached": return event.at < state.phase.endBy ? nothing : messageOver(state, event);
    case "switch.reported": return event.report.message || state.core.message !== "running" ? nothing
      : decision([], [{ do: "record-start", recording: messageId(state.core), customer: customerLeg, agent: customerLeg }]);
    default: return nothing;
  }
}

/** The last words are over, or nobody knows whether they are heard. */
export function whenFarewell(state: StateIn<"farewell">, event: CallEvent): Decision {
  const { outcome, reason, overBy } = state.phase;
  const end = (): Decision => endCall(state, event, { outcome, by: "system", reason });
  switch (event.type) {
    case "prompt.over": return isCustomerLeg(state, event.leg) && event.prompt === "farewell" ? end() : nothing;
    case "clock.reached": return event.at < overBy ? nothing : end();
    case "switch.reported": return event.report.hears === "play" ? nothing : end();
    default: return nothing;
  }
}

/** The message is over while the caller is still there. `first`: that its recording has stopped by itself. */
export function messageOver(state: StateIn<"message">, event: CallEvent, first: readonly CallFact[] = []): Decision {
  const outcome = messageOutcome(state.phase.since, event.at);
  const stop: readonly CallEffect[] = first.length === 0 && state.core.message === "running" ? [{ do: "record-stop", recording: messageId(state.core) }] : [];
  const last = farewell(state, event, outcome === "voicemail" ? "message-taken" : "goodbye", outcome, state.phase.reason, first);
  return decision(last.facts, [...stop, ...last.effects]);
}

function toVoicemail(state: CallState, event: CallEvent, reason: EndReason, first: readonly CallFact[] = []): Decision {
  const sent = note("call.sent-to-voicemail", event, { reason, overBy: addMs(event.at, MAX_PROMPT_MS) });
  return decision([...first, sent], [{ do: "play-voicemail-greeting", leg: state.core.customerLeg }]);
}

function beginMessage(state: StateIn<"voicemail">, event: CallEvent): Decision {
  const recording = messageId(state.core);
  const leg = state.core.customerLeg;
  // Only the caller speaks: their audio is on both channels.
  return decision([note("call.message-begun", event, { recordingId: recording, endBy: addMs(event.at, MAX_MESSAGE_MS) })],
    [{ do: "record-start", recording, customer: leg, agent: leg }]);
}

function farewell(state: CallState, event: CallEvent, words: FarewellWords, outcome: EndedOutcome, reason: EndReason | null, first: readonly CallFact[]): Decision {
  const begun = note("call.farewell-begun", event, { words, outcome, reason, overBy: addMs(event.at, MAX_PROMPT_MS) });
  return decision([...first, begun], [{ do: "say", leg: state.core.customerLeg, words }]);
}
