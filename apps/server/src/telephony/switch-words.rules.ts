// The words of the control protocol in the words of the house. Nothing else in the server knows the protocol's.
import type { CommandError, SwitchEvent } from "@ringdesk/contract/switch";
import type { E164 } from "@ringdesk/std";
import type { TelephonyError } from "./telephony.errors.ts";
import type { PhoneEvent } from "./registered-phones.ts";
import type { SwitchLoadEvent } from "./switch-load.ts";
import type { TrunkStateEvent } from "./trunk-states.ts";
import type { LegHappening } from "./telephony.ports.ts";

/** Makes a number of what a carrier wrote, e.g. `2025550123` in the organisation's country; null for what is none. */
export type ReadNumber = (text: string) => E164 | null;

/** What an event about a leg or a recording means. */
export function happeningOf(event: Exclude<SwitchEvent, PhoneEvent | TrunkStateEvent | SwitchLoadEvent>, readNumber: ReadNumber): LegHappening {
  switch (event.type) {
    case "leg.incoming": return {
      type: "incoming", leg: event.leg, trunk: event.trunk, fromName: event.fromName, dialled: event.to,
      from: event.from === null ? null : readNumber(event.from), to: readNumber(event.to),
    };
    case "leg.ringing": return { type: "ringing", leg: event.leg };
    case "leg.early-media": return { type: "early-media", leg: event.leg };
    case "leg.answered": return { type: "answered", leg: event.leg };
    case "leg.media-connected": return { type: "media-connected", leg: event.leg };
    case "leg.media-lost": return { type: "media-lost", leg: event.leg, why: event.why };
    case "leg.dtmf": return { type: "dtmf", leg: event.leg, digit: event.digit };
    case "leg.held-by-peer": return { type: "held-by-peer", leg: event.leg };
    case "leg.resumed-by-peer": return { type: "resumed-by-peer", leg: event.leg };
    case "leg.ended": return { type: "ended", leg: event.leg, cause: event.cause, by: event.by, quality: event.quality };
    case "play.reached": return { type: "play-reached", leg: event.leg, play: event.play, item: event.item };
    case "play.finished": return { type: "play-finished", leg: event.leg, play: event.play, why: event.why };
    case "recording.started": return { type: "recording-started", recording: event.recording };
    case "recording.stopped": return {
      type: "recording-stopped", recording: event.recording, why: event.why, durationMs: event.durationMs, path: event.path,
    };
  }
}

type DetailedType = Extract<TelephonyError, { readonly detail: string }>["type"];
const refusals = {
  "bad-command": "command-refused",
  "leg-unknown": "leg-gone",
  "leg-exists": "leg-exists",
  "leg-wrong-state": "leg-wrong-state",
  "bridge-full": "bridge-full",
  "trunk-unknown": "trunk-unknown",
  "recording-unknown": "recording-unknown",
  "sdp-refused": "sdp-refused",
  "limit-reached": "limit-reached",
  overloaded: "overloaded",
  "file-missing": "file-missing",
  failed: "switch-error",
} as const satisfies Record<CommandError["type"], DetailedType>;

/** What a refusal of the switch means. */
export const refusalOf = (error: CommandError): TelephonyError => ({ type: refusals[error.type], detail: error.detail });
