import { err, ok, type Result } from "@ringdesk/std";
import type { Law } from "../media-plane.types.ts";

/** A browser's offer with one audio line is 2 to 5 kB. */
export const MAX_OFFER_BYTES = 32_768;

/** What is taken from a browser's offer. Nothing else of it reaches the native library or is ever echoed. */
export type BrowserOffer = {
  readonly mid: string;
  readonly iceUfrag: string;
  readonly icePwd: string;
  /** Hash name and value, as in RFC 8122. */
  readonly fingerprint: { readonly algorithm: string; readonly value: string };
  readonly setup: "actpass" | "active" | "passive";
  readonly law: Law;
  /** Payload type of telephone-event/8000, or null. */
  readonly eventPayloadType: number | null;
};

export type OfferRefused = { readonly type: "sdp-refused"; readonly detail: string };

const refuse = (detail: string): Result<never, OfferRefused> => err({ type: "sdp-refused", detail });

/**
 * Reads a browser's offer: exactly one audio line over DTLS-SRTP with G.711 at 8 kHz, RTCP on the same port, ICE and a
 * fingerprint. Candidates are ignored: without microphone permission they are `.local` names, and the browser's address is
 * learned from its STUN requests anyway.
 */
export function readBrowserOffer(sdp: string): Result<BrowserOffer, OfferRefused> {
  if (sdp.length > MAX_OFFER_BYTES) return refuse("the offer is too long");
  const lines = sdp.split(/\r?\n/);
  const media = lines.filter((line) => line.startsWith("m="));
  const audio = /^m=audio \d+ UDP\/TLS\/RTP\/SAVPF?((?: \d{1,3}){1,64})$/.exec(media[0] ?? "");
  if (media.length !== 1 || audio === null) return refuse("exactly one audio line over UDP/TLS/RTP/SAVPF is expected");
  const payloadTypes = new Set((audio[1] ?? "").trim().split(" ").map(Number));
  const attribute = (pattern: RegExp): RegExpExecArray | null => lines.map((line) => pattern.exec(line)).find((found) => found !== null) ?? null;

  const iceUfrag = attribute(/^a=ice-ufrag:([A-Za-z0-9+/]{4,256})$/)?.[1];
  const icePwd = attribute(/^a=ice-pwd:([A-Za-z0-9+/]{22,256})$/)?.[1];
  const fingerprint = attribute(/^a=fingerprint:(sha-256|sha-384|sha-512) ((?:[0-9A-Fa-f]{2}:){31,63}[0-9A-Fa-f]{2})$/i);
  const setup = attribute(/^a=setup:(actpass|active|passive)$/)?.[1] as BrowserOffer["setup"] | undefined;
  const mid = attribute(/^a=mid:([A-Za-z0-9_-]{1,32})$/)?.[1];
  if (iceUfrag === undefined || icePwd === undefined) return refuse("ICE credentials are missing");
  if (fingerprint === null || setup === undefined) return refuse("a DTLS fingerprint and setup are missing");
  if (mid === undefined || !lines.includes("a=rtcp-mux")) return refuse("mid and rtcp-mux are missing");
  const law = payloadTypes.has(0) ? "pcmu" : payloadTypes.has(8) ? "pcma" : null;
  if (law === null) return refuse("neither PCMU nor PCMA is offered");
  const event = Number(attribute(/^a=rtpmap:(\d{1,3}) telephone-event\/8000$/i)?.[1] ?? Number.NaN);
  return ok({
    mid, iceUfrag, icePwd, setup, law,
    fingerprint: { algorithm: fingerprint[1]!.toLowerCase(), value: fingerprint[2]!.toUpperCase() },
    eventPayloadType: payloadTypes.has(event) && event >= 96 && event <= 127 ? event : null,
  });
}

/** The name of a law in SDP. */
export const encodingName = (law: Law): string => (law === "pcmu" ? "PCMU" : "PCMA");
const lawPayloadType = (law: Law): number => (law === "pcmu" ? 0 : 8);

/** The offer as the native library is given it: written anew from what was read. */
export function plainOffer(offer: BrowserOffer): string {
  return sdpLines([
    "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", `a=group:BUNDLE ${offer.mid}`,
    ...mediaLines(offer, 9, "0.0.0.0"),
    `a=ice-ufrag:${offer.iceUfrag}`, `a=ice-pwd:${offer.icePwd}`,
    `a=fingerprint:${offer.fingerprint.algorithm} ${offer.fingerprint.value}`, `a=setup:${offer.setup}`,
  ]);
}

/** Our half of the connection, as the native library decided it. */
export type LocalTransport = { readonly iceUfrag: string; readonly icePwd: string; readonly fingerprint: string; readonly setup: "active" | "passive" };

/** Reads our own half from the description that the native library made. Null when it made none that can be used. */
export function readLocalTransport(sdp: string): LocalTransport | null {
  const value = (name: string): string | undefined => new RegExp(`^a=${name}:(.+?)\\r?$`, "m").exec(sdp)?.[1];
  const iceUfrag = value("ice-ufrag");
  const icePwd = value("ice-pwd");
  const fingerprint = value("fingerprint");
  const setup = value("setup");
  if (iceUfrag === undefined || icePwd === undefined || fingerprint === undefined || (setup !== "active" && setup !== "passive")) return null;
  return { iceUfrag, icePwd, fingerprint, setup };
}

export type AnswerParts = {
  readonly offer: BrowserOffer; readonly local: LocalTransport; readonly port: number; readonly ssrc: number;
  /** Where browsers reach us. */
  readonly address: string;
  /** A second way for browsers in our own network, where the router does not lead `address` back in; null: none. */
  readonly insideAddress: string | null;
};

/** The answer to the browser: the same codecs and nothing more, a host candidate for each way to us. */
export function browserAnswer({ offer, local, address, insideAddress, port, ssrc }: AnswerParts): string {
  return sdpLines([
    "v=0", `o=- ${ssrc} 1 IN IP4 ${address}`, "s=-", "t=0 0", `a=group:BUNDLE ${offer.mid}`, "a=msid-semantic:WMS ringdesk",
    ...mediaLines(offer, port, address),
    `a=ice-ufrag:${local.iceUfrag}`, `a=ice-pwd:${local.icePwd}`, `a=fingerprint:${local.fingerprint}`, `a=setup:${local.setup}`,
    "a=msid:ringdesk audio", `a=ssrc:${ssrc} cname:ringdesk`, `a=ssrc:${ssrc} msid:ringdesk audio`,
    // RFC 8445 §5.1.2.1: type preference of a host candidate, the advertised address before the inside one, component 1.
    `a=candidate:1 1 UDP 2130706431 ${address} ${port} typ host`,
    ...(insideAddress === null ? [] : [`a=candidate:2 1 UDP 2130706175 ${insideAddress} ${port} typ host`]), "a=end-of-candidates",
  ]);
}

function mediaLines(offer: BrowserOffer, port: number, address: string): readonly string[] {
  const event = offer.eventPayloadType;
  const audio = lawPayloadType(offer.law);
  return [
    `m=audio ${port} UDP/TLS/RTP/SAVPF ${audio}${event === null ? "" : ` ${event}`}`, `c=IN IP4 ${address}`,
    `a=mid:${offer.mid}`, "a=sendrecv", "a=rtcp-mux", `a=rtpmap:${audio} ${encodingName(offer.law)}/8000`,
    ...(event === null ? [] : [`a=rtpmap:${event} telephone-event/8000`, `a=fmtp:${event} 0-15`]), "a=ptime:20",
  ];
}

const sdpLines = (lines: readonly string[]): string => `${lines.join("\r\n")}\r\n`;
