// One trunk leg: its state, and the offers and answers that its SDP goes through.
import { randomBytes } from "node:crypto";
import { err, ok, type LegId, type Result } from "@ringdesk/std";
import {
  answerOffer, createOffer, offerAgain, parseSdp, printSdp, readAnswer, SRTP_MASTER_BYTES,
  type LocalDescription, type NegotiatedMedia, type NegotiationRules, type SdpMalformed, type SdpRefused, type SessionDescription,
} from "@ringdesk/telecom/sdp";
import type { Flow } from "@ringdesk/telecom/sip";
import { notHeld, wantedHold, type HoldState } from "./trunk.hold.ts";
import type { LocalMedia, TrunkLegState } from "./trunk.types.ts";

export type SdpTrouble = (SdpMalformed | SdpRefused)["type"];

export type Leg = {
  readonly leg: LegId;
  readonly trunk: string;
  readonly direction: "in" | "out";
  state: TrunkLegState;
  /** SDP of the INVITE; null when it had none. */
  readonly offer: string | null;
  /** What the peer may name as its media address; settled once its own address is known. */
  rules: NegotiationRules;
  /** Known once the media plane has opened a port. */
  local: LocalMedia | null;
  /** What was agreed last; for an outbound leg maybe before it was answered. */
  media: NegotiatedMedia | null;
  /** An offer of ours waits for its answer in an ACK. */
  awaitsAnswer: boolean;
  ringingTold: boolean;
  /** Audio before the answer was agreed: 183 with our answer is out. */
  early: boolean;
  /** Our key for SRTP, when nobody can read the signalling that carries it; null: plain RTP. */
  srtpMaster: Uint8Array | null;
  /** Numbers of our descriptions: RFC 8866 §5.2 wants an unlikely session id, RFC 3264 §8 a version that rises with each change. */
  readonly sessionId: number;
  version: number;
  /** What we described last, as a value and as it was sent. */
  last: { readonly description: SessionDescription; readonly sdp: string } | null;
  /** Hold from our side. */
  hold: HoldState;
};

export type NewLeg = Pick<Leg, "leg" | "trunk" | "direction" | "state" | "offer" | "rules" | "local">;

/** `newSessionId` gives a number below 2^53. */
export const newLeg = (given: NewLeg, newSessionId: () => number): Leg => ({ ...given, media: null, awaitsAnswer: false, ringingTold: false, early: false, srtpMaster: null, sessionId: newSessionId(), version: 1, last: null, hold: notHeld });

/** Only TLS keeps the keys of SRTP to us and the neighbour (RFC 4568 §7). */
export function secureMedia(leg: Leg, transport: Flow["transport"]): void {
  if (transport === "tls") leg.srtpMaster ??= Uint8Array.from(randomBytes(SRTP_MASTER_BYTES));
}

const anyMaster = new Uint8Array(SRTP_MASTER_BYTES);

/** Whether an offer can be answered at all: found out before anybody is told of the call. Null when it can. */
export function troubleWith(offer: string, advertised: string, rules: NegotiationRules, transport: Flow["transport"]): SdpTrouble | null {
  const answered = answerTo(offer, { address: advertised, port: 0, sessionId: 0, version: 0, ...(transport === "tls" ? { srtpMaster: anyMaster } : {}) }, rules);
  return answered.ok ? null : answered.error;
}

/** Our answer to an offer, for a leg with local media; what was agreed is kept in the leg. It says whether the call is on hold. */
export function answerFor(leg: Leg, local: LocalMedia, offer: string): Result<string, SdpTrouble> {
  const answered = answerTo(offer, description(leg, local, wantedHold(leg.hold)), leg.rules);
  if (!answered.ok) return answered;
  leg.local = local;
  leg.media = answered.value.media;
  return ok(numbered(leg, answered.value.answer));
}

/** An offer of ours that the peer has asked for, or that begins the call. It says what we want, whatever the peer said before (RFC 6337 §5.3). */
export function offerFor(leg: Leg, local: LocalMedia): string {
  leg.local = local;
  return numbered(leg, createOffer(description(leg, local, wantedHold(leg.hold))));
}

/**
 * RFC 3264 §8.4: what was agreed with another direction. The held peer may hear music; one that holds us is to send and hear
 * nothing. Null: nothing was described yet.
 */
export function holdOfferFor(leg: Leg, hold: boolean): string | null {
  if (leg.last === null) return null;
  const direction = hold ? (leg.media?.heldByPeer === true ? "inactive" : "sendonly") : "sendrecv";
  return numbered(leg, offerAgain(leg.last.description, direction));
}

/** Reads the peer's answer to our last offer; what was agreed is kept in the leg. `hold`: that offer said so. */
export function readAnswerFor(leg: Leg, sdp: string | null, hold = false): Result<NegotiatedMedia, SdpTrouble> {
  if (sdp === null || leg.local === null || leg.last === null) return err("no-audio");
  const parsed = parseSdp(sdp);
  if (!parsed.ok) return err(parsed.error.type);
  const read = readAnswer(parsed.value, description(leg, leg.local, hold), leg.rules, leg.last.description);
  if (!read.ok) return err(read.error.type);
  leg.media = read.value;
  return read;
}

function answerTo(offer: string, local: LocalDescription, rules: NegotiationRules): Result<{ readonly answer: SessionDescription; readonly media: NegotiatedMedia }, SdpTrouble> {
  const parsed = parseSdp(offer);
  if (!parsed.ok) return err(parsed.error.type);
  const answered = answerOffer(parsed.value, local, rules);
  return answered.ok ? answered : err(answered.error.type);
}

const description = (leg: Leg, { address, port }: LocalMedia, holds: boolean): LocalDescription =>
  ({ address, port, sessionId: leg.sessionId, version: leg.version, holds, ...(leg.srtpMaster === null ? {} : { srtpMaster: leg.srtpMaster }) });

/** RFC 3264 §8: a description that differs from the last one has the next number; the same one keeps it. */
function numbered(leg: Leg, next: SessionDescription): string {
  const same = printSdp(next);
  if (same === leg.last?.sdp) return same;
  if (leg.last !== null) leg.version++;
  const description = { ...next, origin: { ...next.origin, version: String(leg.version) } };
  leg.last = { description, sdp: printSdp(description) };
  return leg.last.sdp;
}
