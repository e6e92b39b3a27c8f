// Carriers: where a number is reached, and the sandbox carrier's telephones in the browser.
import type { E164, LegId, Result } from "@ringdesk/std";
import type { Handset } from "@ringdesk/contract/http";

/** How a number is reached. `none`: no connected handset has it and no trunk is configured. */
export type CarrierRoute =
  | { readonly kind: "handset"; readonly id: string }
  | { readonly kind: "trunk"; readonly trunk: string }
  | { readonly kind: "none" };

/** Why a leg of a handset is over; the switch's words (`LegEndCause`) pass through unchanged. */
export type HandsetEndCause = "hangup" | "cancelled" | "rejected" | "busy" | "no-answer" | "declined" | "not-found" | "not-allowed"
  | "unreachable" | "no-common-codec" | "media-timeout" | "media-lost" | "protocol-error" | "limit-reached" | "switch-failed";

/** What telephony tells the carrier about a leg of one of its handsets. */
export type HandsetLegEvent =
  | { readonly type: "answered"; readonly leg: LegId }
  | { readonly type: "media-connected"; readonly leg: LegId }
  | { readonly type: "media-lost"; readonly leg: LegId }
  | { readonly type: "ended"; readonly leg: LegId; readonly cause: HandsetEndCause };

export type LegRefused = { readonly type: "leg-refused"; readonly detail: string };

/**
 * What the sandbox carrier needs of telephony: a handset's leg is a browser leg on the switch that enters the house
 * exactly like a leg of a SIP phone.
 */
export interface HandsetLines {
  /** Connects the handset's browser to `leg`. Answers with the switch's SDP. */
  readonly connect: (leg: LegId, sdp: string) => Promise<Result<{ readonly sdp: string }, LegRefused>>;
  /** A handset calls: the house sees `leg` arrive, as from a phone. */
  readonly incoming: (call: { readonly leg: LegId; readonly from: E164; readonly to: E164 }) => void;
  /** The handset that the house called rings, or has answered. */
  readonly ringing: (leg: LegId) => void;
  readonly answered: (leg: LegId) => void;
  /** The handset ends the leg: it hung up, declined, did not answer in time, or is busy. */
  readonly end: (leg: LegId, cause: "hangup" | "declined" | "no-answer" | "busy") => void;
}

/** The house side of the carriers: what calls and telephony use. */
export interface Carriers {
  readonly route: (to: E164) => CarrierRoute;
  /**
   * The house calls a handset with a leg it has chosen. What comes of it is told through `HandsetLines`: ringing,
   * answered, or end. False when the handset is gone or unknown: nothing will be told.
   */
  readonly ringHandset: (call: { readonly handset: string; readonly leg: LegId; readonly from: E164; readonly ringTimeoutMs: number }) => boolean;
  /** The house gives up a leg of a handset, or the switch reports about it. Legs of others are ignored. */
  readonly onLeg: (event: HandsetLegEvent) => void;
  /** Whether this leg belongs to a handset. */
  readonly ownsLeg: (leg: LegId) => boolean;
}

export type HandsetError =
  | { readonly type: "handset-missing"; readonly id: string }
  | { readonly type: "handset-busy" }
  | { readonly type: "handset-not-ringing" }
  | { readonly type: "number-invalid"; readonly input: string }
  | { readonly type: "audio-refused"; readonly detail: string }
  | { readonly type: "store-away" };

/** The person's side of a handset: what the handset page uses. */
export interface Handsets {
  /** The handset of a browser. An unknown or missing id makes a new one with a free fictional number. */
  readonly of: (id: string | null) => Promise<Result<Handset, HandsetError>>;
  readonly dial: (id: string, to: string, sdp: string) => Promise<Result<{ readonly sdp: string }, HandsetError>>;
  readonly answer: (id: string, sdp: string) => Promise<Result<{ readonly sdp: string }, HandsetError>>;
  /** Hangs up or declines. Without a call it changes nothing. */
  readonly hangUp: (id: string) => Result<Record<string, never>, HandsetError>;
  /** A live socket shows this handset; it can ring. Counted: one call per socket. */
  readonly watched: (id: string) => void;
  readonly unwatched: (id: string) => void;
}
