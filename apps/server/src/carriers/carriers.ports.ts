// Carriers: where a number is reached, and the sandbox carrier's telephones in the browser.
import type { E164, LegId, Result } from "@ringdesk/std";
import type { Handset } from "@ringdesk/contract/http";
import type { HandsetError } from "./carriers.errors.ts";

/** How a number is reached. `none`: no connected handset and no registered phone has it, and no trunk is configured. */
export type CarrierRoute =
  | { readonly kind: "handset"; readonly handset: string }
  | { readonly kind: "trunk"; readonly trunk: string }
  | { readonly kind: "none" };

/** Why a leg of a handset is over. The words are those of telephony. */
export type HandsetEndCause = "hangup" | "cancelled" | "rejected" | "busy" | "no-answer" | "declined" | "not-found" | "not-allowed"
  | "unreachable" | "no-common-codec" | "media-timeout" | "media-lost" | "protocol-error" | "limit-reached" | "switch-failed";

/** What telephony reports about legs. Legs that are no handset's are ignored. */
export type HandsetLegEvent =
  | { readonly type: "answered"; readonly leg: LegId }
  | { readonly type: "media-connected"; readonly leg: LegId }
  | { readonly type: "media-lost"; readonly leg: LegId }
  | { readonly type: "ended"; readonly leg: LegId; readonly cause: HandsetEndCause };

/** The browser's audio was not accepted, or the switch is away. */
export type LegRefused = { readonly type: "leg-refused"; readonly detail: string } | { readonly type: "lines-away" };

/**
 * What the sandbox carrier needs of telephony: a handset's leg is a browser leg on the switch that enters the house
 * exactly like the leg of a SIP phone.
 */
export interface HandsetLines {
  /** Connects the handset's browser to `leg`. The value is the switch's SDP. */
  readonly connect: (leg: LegId, sdp: string) => Promise<Result<string, LegRefused>>;
  /** A handset calls: the house sees `leg` arrive, as from a phone. */
  readonly incoming: (call: { readonly leg: LegId; readonly from: E164; readonly to: E164 }) => void;
  /** The handset that the house called has answered. False when the call is over by now. */
  readonly answered: (leg: LegId) => boolean;
  /** The handset ends its leg: it hung up, declined, or is gone. */
  readonly end: (leg: LegId, cause: HandsetEndCause) => void;
}

/** The house side of the carriers: what telephony uses to place a call. */
export interface Carriers {
  readonly route: (to: E164) => CarrierRoute;
  /** The house calls a handset with a leg it has chosen. False when the handset is busy, gone or unknown. */
  readonly ringHandset: (handset: string, call: { readonly leg: LegId; readonly from: E164; readonly fromName: string | null }) => boolean;
  /** The house gives up a call that the handset has not answered. */
  readonly stopRinging: (handset: string, leg: LegId) => void;
  readonly onLeg: (event: HandsetLegEvent) => void;
  /** After a restart: calls of handsets whose leg is not among those the switch holds are over; false: its audio is lost. */
  readonly reconcile: (held: ReadonlyMap<LegId, boolean>) => void;
}

/** The person's side of a handset: what the handset page uses. */
export interface Handsets {
  /** The handset of a browser. An unknown or missing id makes a new one with a free fictional number. */
  readonly of: (id: string | null) => Promise<Result<Handset, HandsetError>>;
  readonly dial: (id: string, to: string, sdp: string) => Promise<Result<{ readonly sdp: string }, HandsetError>>;
  readonly answer: (id: string, sdp: string) => Promise<Result<{ readonly sdp: string }, HandsetError>>;
  /** Hangs up or declines. Without a call it changes nothing. */
  readonly hangUp: (id: string) => Result<Record<string, never>, HandsetError>;
  /** The handset as its page shows it; null when there is none with this id. */
  readonly view: (id: string) => Handset | null;
  /** A live socket shows this handset, so it can ring. Counted: once per socket, and `unwatched` once for each. */
  readonly watched: (id: string) => void;
  readonly unwatched: (id: string) => void;
}
