// How calls end: once, whoever says so first, with everything let go of.
import { addMs, type Millis } from "@ringdesk/std";
import type { LegEndCause } from "../telephony/index.ts";
import { decision, note, nothing, type CallEffect, type CallEvent, type Decision, type EventOf } from "./call.events.rules.ts";
import type { CallFact, EndedOutcome, EndReason } from "./call.facts.ts";
import { MIN_MESSAGE_MS, SETTLE_MS } from "./call.limits.rules.ts";
import { evolve } from "./call.evolve.rules.ts";
import { agentOf, isOver, messageId, type CallState, type StateIn } from "./call.state.rules.ts";

export type End = { readonly outcome: EndedOutcome; readonly by: "customer" | "agent" | "system"; readonly reason: EndReason | null };

/** Ends the call. `first` are facts of the same event that come before the end, e.g. that the customer's leg is gone. */
export function endCall(state: CallState, event: CallEvent, end: End, first: readonly CallFact[] = []): Decision {
  const before = first.reduce(evolve, state);
  const { core, phase } = before;
  const withdrawn = core.offers.filter((o) => o.result === null).map((o) => note("call.offer-ended", event, { offerId: o.offerId, userId: o.userId, result: "withdrawn" as const }));
  const ended = note("call.ended", event, {
    ...end, settleBy: addMs(event.at, SETTLE_MS), conversationId: core.customer?.conversationId ?? null,
    queueId: core.place?.queueId ?? null, userId: agentOf(phase)?.userId ?? null,
  });
  return decision([...first, ...withdrawn, ended], letGo(before));
}

/** Stops the recording, hangs up whoever is still there, and takes the bridge down. Repeating it is harmless. */
export function letGo({ core }: CallState): readonly CallEffect[] {
  const running = [core.recording === "running" ? core.recordingId : null, core.message === "running" ? messageId(core) : null].filter((id) => id !== null);
  const stop = running.map((recording): CallEffect => ({ do: "record-stop", recording }));
  const legs = core.legs.filter((l) => l.open).map((l): CallEffect => ({ do: "hang-up", leg: l.leg }));
  return [...stop, ...legs, { do: "unbridge", bridge: core.bridge }];
}

/** Every leg's end is a fact, whatever the phase; null when the leg is none of this call or known to be over. */
export function legEnded(state: CallState, event: EventOf<"leg.ended">): CallFact | null {
  const leg = state.core.legs.find((l) => l.leg === event.leg && l.open);
  return leg === undefined ? null : note("call.leg-ended", event, { leg: leg.leg, party: leg.party, cause: event.cause, quality: event.quality });
}

/** An ended call whose legs and recording are accounted for, and whose customer is known, has nothing left to wait for. */
export function settleIfDone(state: CallState, event: CallEvent, decided: Decision): Decision {
  const after = decided.facts.reduce(evolve, state);
  const done = after.phase.kind === "ending" && isAccountedFor(after) && after.core.customer !== null;
  return done ? decision([...decided.facts, note("call.settled", event, {})], decided.effects) : decided;
}

export const isAccountedFor = ({ core }: CallState): boolean => core.recording !== "running" && core.message !== "running" && core.legs.every((l) => !l.open);

/** In the ending phase only time and the switch matter; the rest is absorbed. */
export function whenEnding(state: StateIn<"ending">, event: CallEvent): Decision {
  if (event.type === "switch.reported") return decision([], letGo(state));
  if (event.type !== "clock.reached" || event.at < state.phase.settleBy) return nothing;
  const legs = state.core.legs.filter((l) => l.open).map((l) => note("call.leg-ended", event, { leg: l.leg, party: l.party, cause: "unknown", quality: null }));
  const { core } = state;
  const lost = [core.recording === "running" ? core.recordingId : null, core.message === "running" ? messageId(core) : null].filter((id) => id !== null)
    .map((recordingId) => note("call.recording-stopped", event, { recordingId, why: "failed", durationMs: 0 as Millis, path: `recordings/${recordingId}.wav` }));
  return decision([...legs, ...lost]);
}

/** Why a call whose customer leg ended by itself has ended so. */
export function customerGone(state: CallState, event: EventOf<"leg.ended">): End {
  const { phase, core } = state;
  // Last words are spoken to a caller whose message, if they left one, was taken.
  if (event.cause === "switch-failed" && phase.kind !== "farewell") return { outcome: "interrupted", by: "system", reason: "switch-failed" };
  if (isOver(phase)) return { outcome: phase.outcome, by: "system", reason: phase.reason };
  const lineFault = reasonOf[event.cause];
  switch (phase.kind) {
    case "greeting":
      return { outcome: core.menu === null ? "abandoned-in-queue" : "abandoned-in-ivr", by: lineFault === null ? "customer" : "system", reason: lineFault };
    case "voicemail": return { outcome: "missed", by: lineFault === null ? "customer" : "system", reason: phase.reason };
    case "message": return { outcome: messageOutcome(event.at - phase.since), by: lineFault === null ? "customer" : "system", reason: phase.reason };
    case "farewell": return { outcome: phase.outcome, by: lineFault === null ? "customer" : "system", reason: phase.reason };
    case "callback": case "callback-pause": // their leg may end; see onLegEnded
    case "arriving": case "placing": case "waiting":
      return { outcome: "abandoned-in-queue", by: lineFault === null ? "customer" : "system", reason: lineFault };
    case "connecting":
      if (core.direction === "inbound") return { outcome: "abandoned-in-queue", by: lineFault === null ? "customer" : "system", reason: lineFault };
      return { outcome: "failed", by: "customer", reason: lineFault ?? "declined" };
    case "dialling": case "ringing":
      return { outcome: "failed", by: "customer", reason: lineFault ?? "declined" };
    case "talking": case "held": case "away":
      return { outcome: "answered", by: lineFault === null ? "customer" : "system", reason: lineFault };
  }
}

/** What a leg's end means for the call; null: somebody hung up, and there is nothing to explain. */
const reasonOf: Readonly<Record<LegEndCause, EndReason | null>> = {
  "hangup": null, "cancelled": null, "rejected": "declined", "busy": "busy", "no-answer": "no-answer", "declined": "declined",
  "not-found": "not-found", "not-allowed": "not-allowed", "unreachable": "unreachable", "no-common-codec": "no-common-codec",
  "media-timeout": "line-silent", "media-lost": "line-silent", "protocol-error": "carrier-failed", "limit-reached": "carrier-failed",
  "switch-failed": "switch-failed",
};

/** What a call is that ends while a message is being left: one of less than a second is none. */
export const messageOutcome = (durationMs: number): EndedOutcome => (durationMs >= MIN_MESSAGE_MS ? "voicemail" : "missed");
