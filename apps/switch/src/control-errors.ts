// The one place where refusals of signalling and of media become the refusals of the control protocol.
import type { CommandError } from "@ringdesk/contract/switch";
import type { MediaError } from "./media-plane.types.ts";
import type { TrunkError } from "./trunk/trunk.types.ts";

type Refusal = CommandError["type"];

const ofMedia = {
  "leg-unknown": "leg-unknown",
  "leg-exists": "leg-exists",
  "leg-wrong-kind": "leg-exists",
  "ports-exhausted": "limit-reached",
  "socket-failed": "failed",
  "sdp-refused": "sdp-refused",
  "bridge-full": "bridge-full",
  "file-missing": "file-missing",
  "file-too-large": "limit-reached",
  "recording-unknown": "recording-unknown",
  "limit-reached": "limit-reached",
} as const satisfies Record<MediaError["type"], Refusal>;

const ofTrunk = {
  "leg-unknown": "leg-unknown",
  "leg-exists": "leg-exists",
  "leg-wrong-state": "leg-wrong-state",
  "trunk-unknown": "trunk-unknown",
  "trunk-receives-only": "trunk-unknown",
  "phone-not-registered": "trunk-unknown",
  "number-refused": "bad-command",
  "limit-reached": "limit-reached",
  overloaded: "overloaded",
} as const satisfies Record<TrunkError["type"], Refusal>;

/** Detail without addresses or numbers: it may be logged. */
export function refusalOfMedia(error: MediaError): CommandError {
  const detail = "detail" in error ? error.detail : "path" in error ? error.path : error.type;
  return { type: ofMedia[error.type], detail: detail.slice(0, 500) };
}

export function refusalOfTrunk(error: TrunkError): CommandError {
  return { type: ofTrunk[error.type], detail: "state" in error ? `${error.type}: ${error.state}` : error.type };
}
