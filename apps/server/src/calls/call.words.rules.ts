import type { CallFact, EndReason, FactOf } from "./call.facts.ts";

/** Why a call came to nothing or was cut short, in words for a person. */
export const endReasonWords: Readonly<Record<EndReason, string>> = {
  "unanswered": "Nobody answered in time.",
  "switch-failed": "The phone service restarted during this call.",
  "time-limit": "Calls end after four hours.",
  "agent-not-connected": "The agent's microphone was not connected in time.",
  "agent-lost": "The agent's connection was lost and did not come back.",
  "cancelled": "The agent hung up before the customer answered.",
  "busy": "The line is busy.",
  "no-answer": "The customer did not answer.",
  "declined": "The customer declined the call.",
  "not-found": "This number does not exist.",
  "not-allowed": "The carrier does not allow this call.",
  "unreachable": "The number could not be reached.",
  "no-common-codec": "The other side speaks no audio format that this system knows.",
  "line-silent": "The customer's line went silent.",
  "carrier-failed": "The carrier could not connect the call.",
  "phone-service-away": "The phone service was not available.",
  "closed": "The call came outside business hours.",
  "callback-unanswered": "The customer asked to be called back and did not answer.",
  "callback-expired": "The customer asked to be called back and no agent was free for four hours.",
};

/** Why a recording is not whole. */
export const recordingNotes: Readonly<Record<"completed" | "failed" | "repaired", string | null>> = {
  completed: null,
  failed: "The recording could not be written to the disk to the end.",
  repaired: "The phone service restarted during this call; the recording ends there.",
};

const movedWords: Readonly<Record<FactOf<"call.queued">["data"]["why"], string | null>> = {
  "greeted": null, "unanswered": "Nobody answered in time: moved to", "overflow": "Waited long: moved to",
  "queue-gone": "Its queue was deleted: moved to", "callback-again": "To be called again: back in",
};
const backWords: Readonly<Record<FactOf<"call.requeued">["data"]["why"], string>> = {
  "not-connected": "The agent's microphone was not connected in time", "agent-lost": "The agent's connection was lost", "agent-gave-up": "The agent gave the call back",
};

/** A fact as a step on the timeline; null for what shows there otherwise. */
export function stepWords(fact: CallFact): string | null {
  switch (fact.type) {
    case "call.key-pressed": return `Pressed ${fact.data.key}: ${fact.data.queueName ?? "no such option"}`;
    case "call.queued": {
      const moved = movedWords[fact.data.why];
      return moved === null ? null : `${moved} ${fact.data.queueName}`;
    }
    case "call.requeued": return `${backWords[fact.data.why]}: first in line in ${fact.data.queueName}`;
    case "call.callback-requested": return "Asked to be called back";
    case "call.callback-unanswered": return "Called back; the customer was not reached";
    case "call.sent-to-voicemail": return "Sent to voicemail";
    case "call.farewell-begun": return fact.data.words === "closed" ? "Told that we are closed" : null;
    default: return null;
  }
}
