import type { EndReason } from "./call.facts.ts";

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
};

/** Why a recording is not whole. */
export const recordingNotes: Readonly<Record<"completed" | "failed" | "repaired", string | null>> = {
  completed: null,
  failed: "The recording could not be written to the disk to the end.",
  repaired: "The phone service restarted during this call; the recording ends there.",
};
