// RTE-5: a call that nobody answers leaves a message with the number's voicemail, or goes to the default queue, or ends.
import { addMs } from "@ringdesk/std";
import { decision, isCustomerLeg, note, nothing, type CallEffect, type CallEvent, type Decision, type EventOf } from "./call.events.rules.ts";
import type { CallFact, EndedOutcome, EndReason, FarewellWords, QueuePlan } from "./call.facts.ts";
import { MAX_MESSAGE_MS, MAX_PROMPT_MS } from "./call.limits.rules.ts";
import { comfortIn, messageId, type CallState, type StateIn } from "./call.state.rules.ts";
import { endCall, messageOutcome, type End } from "./ending.rules.ts";
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
  if (!isCustomerThere(state)) return event.type === "clock.reached" && event.at >= state.phase.endBy ? endCall(state, event, lostWithSwitch) : nothing;
  switch (event.type) {
    case "leg.dtmf": return isCustomerLeg(state, event.leg) && event.digit === END_KEY ? messageOver(state, event) : nothing;
    case "clock.reached": return event.at < state.phase.endBy ? nothing : messageOver(state, event);
    case "switch.reported": return event.report.customer === "none" || event.report.message || state.core.message !== "running" ? nothing
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

/**
 * The recording of the message has stopped by itself, and how long it is is known. One that was repaired tells that the switch
 * has died, and the caller's leg with it: they have hung up, as it were (VM-3).
 */
export function messageStopped(state: StateIn<"message">, event: EventOf<"recording.stopped">, stopped: CallFact): Decision {
  const outcome = messageOutcome(event.durationMs);
  if (event.why !== "repaired" && isCustomerThere(state)) return thankFor(state, event, outcome, [stopped]);
  return endCall(state, event, { outcome, by: "system", reason: state.phase.reason }, [stopped]);
}

/**
 * Whether the switch has died in this message: what it kept tells then how long the message is, not the clock, which ran on until
 * there was a switch again. It says so when it is back, before or after the leg is found gone, or never when nothing was kept.
 */
export const isCutShort = (state: CallState, event: EventOf<"leg.ended">): boolean => state.phase.kind === "message" && event.cause === "switch-failed";

/** No word has come of a message that the switch was recording when it died. */
const lostWithSwitch: End = { outcome: "interrupted", by: "system", reason: "switch-failed" };

const isCustomerThere = ({ core }: CallState): boolean => core.legs.some((l) => l.leg === core.customerLeg && l.open);

/** The caller has ended the message, or it has become too long. */
function messageOver(state: StateIn<"message">, event: CallEvent): Decision {
  const last = thankFor(state, event, messageOutcome(event.at - state.phase.since), []);
  return decision(last.facts, [{ do: "record-stop", recording: messageId(state.core) }, ...last.effects]);
}

const thankFor = (state: StateIn<"message">, event: CallEvent, outcome: EndedOutcome, first: readonly CallFact[]): Decision =>
  farewell(state, event, outcome === "voicemail" ? "message-taken" : "goodbye", outcome, state.phase.reason, first);

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
