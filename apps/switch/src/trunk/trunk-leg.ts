// One trunk leg: its state, and the offers and answers that its SDP goes through.
import { err, ok, type LegId, type Result } from "@ringdesk/std";
import {
  answerOffer, createOffer, parseSdp, printSdp, readAnswer, type LocalDescription, type NegotiatedMedia, type NegotiationRules, type SdpMalformed, type SdpRefused,
} from "@ringdesk/telecom/sdp";
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
  /** Numbers of our descriptions: RFC 8866 §5.2 wants an unlikely session id, RFC 3264 §8 a version that rises. */
  readonly sessionId: number;
  version: number;
  lastSdp: string | null;
};

export type NewLeg = Pick<Leg, "leg" | "trunk" | "direction" | "state" | "offer" | "rules" | "local">;

/** `newSessionId` gives a number below 2^53. */
export const newLeg = (given: NewLeg, newSessionId: () => number): Leg => ({ ...given, media: null, awaitsAnswer: false, ringingTold: false, sessionId: newSessionId(), version: 1, lastSdp: null });

/** Whether an offer can be answered at all: found out before anybody is told of the call. Null when it can. */
export function troubleWith(offer: string, advertised: string, rules: NegotiationRules): SdpTrouble | null {
  const answered = answerTo(offer, { address: advertised, port: 0, sessionId: 0, version: 0 }, rules);
  return answered.ok ? null : answered.error;
}

/** Our answer to an offer, for a leg with local media; what was agreed is kept in the leg. */
export function answerFor(leg: Leg, local: LocalMedia, offer: string): Result<string, SdpTrouble> {
  const answered = answerTo(offer, description(leg, local), leg.rules);
  if (!answered.ok) return answered;
  leg.local = local;
  leg.media = answered.value.media;
  return ok(keepSdp(leg, answered.value.sdp));
}

/** An offer of ours. */
export function offerFor(leg: Leg, local: LocalMedia): string {
  leg.local = local;
  return keepSdp(leg, printSdp(createOffer(description(leg, local))));
}

/** Reads the peer's answer to our offer; what was agreed is kept in the leg. */
export function readAnswerFor(leg: Leg, sdp: string | null): Result<NegotiatedMedia, SdpTrouble> {
  if (sdp === null || leg.local === null) return err("no-audio");
  const parsed = parseSdp(sdp);
  if (!parsed.ok) return err(parsed.error.type);
  const read = readAnswer(parsed.value, description(leg, leg.local), leg.rules);
  if (!read.ok) return err(read.error.type);
  leg.media = read.value;
  return read;
}

function answerTo(offer: string, local: LocalDescription, rules: NegotiationRules): Result<{ readonly sdp: string; readonly media: NegotiatedMedia }, SdpTrouble> {
  const parsed = parseSdp(offer);
  if (!parsed.ok) return err(parsed.error.type);
  const answered = answerOffer(parsed.value, local, rules);
  return answered.ok ? ok({ sdp: printSdp(answered.value.answer), media: answered.value.media }) : err(answered.error.type);
}

const description = (leg: Leg, { address, port }: LocalMedia): LocalDescription => ({ address, port, sessionId: leg.sessionId, version: leg.version });

/** RFC 3264 §8: the version rises when the description changes, so the next one gets the next number. */
function keepSdp(leg: Leg, sdp: string): string {
  if (sdp !== leg.lastSdp) leg.version++;
  leg.lastSdp = sdp;
  return sdp;
}
