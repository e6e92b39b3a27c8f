// Offer and answer (RFC 3264) for one G.711 audio stream with telephone-event (RFC 4733) over RTP, or over SRTP with keys in
// the description (RFC 4568): what a trunk carries.
import { err, ok, type Result } from "@ringdesk/std";
import type { Attribute, MediaSection, SessionDescription } from "./description.ts";
import { readIpAddress, type IpAddress } from "./ip-address.ts";
import { cryptoLine, readCrypto, type CryptoLine, type SrtpKeys } from "./sdes.ts";

export type AudioCodec = "PCMU" | "PCMA";
/** From our side: with `recvonly` we only receive. */
export type MediaDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** What one offer and answer agreed on. */
export type NegotiatedMedia = {
  readonly codec: AudioCodec;
  /** Payload type of the codec, both ways. */
  readonly payloadType: number;
  /** Payload type of telephone-event/8000, both ways; null when the peer does not take it. */
  readonly telephoneEventPayloadType: number | null;
  /** Where our RTP goes; null while the peer gives no address (on hold by c=0.0.0.0). */
  readonly remote: { readonly address: string; readonly port: number } | null;
  /** Packet length that the peer asks for: 10, 20, 30, 40 or 60; 20 when it asks for nothing or for nonsense. */
  readonly ptimeMs: number;
  readonly direction: MediaDirection;
  /** The peer takes no audio from us: it has put us on hold (RFC 3264 §8.4). */
  readonly heldByPeer: boolean;
  /** Null: plain RTP. */
  readonly srtp: SrtpKeys | null;
  /** RTCP comes and goes on the port of RTP (RFC 5761), else on the next one. */
  readonly rtcpMux: boolean;
};

/** Where we receive RTP, and what our descriptions are numbered by. */
export type LocalDescription = {
  /** IP address. */
  readonly address: string;
  readonly port: number;
  readonly sessionId: number;
  /** Rises by one with every description that differs from the one before (RFC 3264 §8). */
  readonly version: number;
  /** Key and salt for what we send, {@link SRTP_MASTER_BYTES} unpredictable bytes: only when nobody can read the signalling. */
  readonly srtpMaster?: Uint8Array;
  /** We hold the peer (RFC 3264 §8.4): it may hear us, and is not heard. */
  readonly holds?: boolean;
};

/** Why a description that can be read is not for us. */
export type SdpRefused = {
  readonly type: "no-audio" | "no-common-codec" | "secure-media" | "address-refused" | "port-refused";
};

export type NegotiationRules = {
  /** RTP may go to this host itself and to its link: only when the signalling comes from there too. */
  readonly allowLocalAddresses: boolean;
  /** With a key of ours: whether plain RTP is refused. Without one, SRTP is. */
  readonly requireSrtp?: boolean;
};

/** RTP to well-known ports would make a server out of a phone: refused. */
export const MIN_RTP_PORT = 1_024;
const OUR_TELEPHONE_EVENT = 101;
const DEFAULT_PTIME_MS = 20;
const ptimes: readonly number[] = [10, 20, 30, 40, 60];
const plainProtocols: readonly string[] = ["RTP/AVP", "RTP/AVPF"];
const secureProtocols: readonly string[] = ["RTP/SAVP", "RTP/SAVPF"];

/**
 * Answers an offer: the first audio stream that we can carry is taken, a secured one before a plain one, and every other
 * stream refused with port 0 (RFC 3264 §6).
 */
export function answerOffer(
  offer: SessionDescription, local: LocalDescription, rules: NegotiationRules,
): Result<{ readonly answer: SessionDescription; readonly media: NegotiatedMedia }, SdpRefused> {
  const isAudio = (m: MediaSection): boolean => m.kind === "audio" && m.port !== 0;
  const secured = offer.media.findIndex((m) => isAudio(m) && local.srtpMaster !== undefined && secureProtocols.includes(m.protocol) && readCrypto(m.attributes) !== null);
  const index = secured >= 0 || rules.requireSrtp === true ? secured : offer.media.findIndex((m) => isAudio(m) && plainProtocols.includes(m.protocol));
  const chosen = offer.media[index];
  if (chosen === undefined) return err({ type: offer.media.some(isAudio) ? "secure-media" : "no-audio" });
  const crypto = secured >= 0 ? readCrypto(chosen.attributes) : null;
  const media = readStream(offer, chosen, crypto, local, rules);
  if (!media.ok) return media;
  const ours = crypto === null || local.srtpMaster === undefined ? null : { tag: crypto.tag, master: local.srtpMaster };
  const answer = describe(local, offer.media.map((m, i) => (i === index ? streamOf(local, m.protocol, media.value, ours) : { ...m, port: 0, connection: null, attributes: [] })));
  return ok({ answer, media: media.value });
}

const OUR_CRYPTO_TAG = 1;

/** The offer that we make: both codecs, most wanted first; secured, and only so, when there is a key. */
export function createOffer(local: LocalDescription, codecs: readonly AudioCodec[] = ["PCMU", "PCMA"]): SessionDescription {
  const formats = codecs.map((codec) => ({ payloadType: codec === "PCMU" ? 0 : 8, codec }));
  const crypto = local.srtpMaster === undefined ? null : { tag: OUR_CRYPTO_TAG, master: local.srtpMaster };
  const direction = local.holds === true ? "sendonly" : "sendrecv";
  return describe(local, [section(local.port, crypto === null ? "RTP/AVP" : "RTP/SAVP", formats, OUR_TELEPHONE_EVENT, [cryptoOf(crypto), { name: direction, value: null }])]);
}

/**
 * What we said last, offered again with another direction: the streams keep their places, codecs and keys (RFC 3264 §8).
 * The number is left to the caller.
 */
export function offerAgain(last: SessionDescription, direction: MediaDirection): SessionDescription {
  const turned = ({ attributes, ...stream }: MediaSection): MediaSection =>
    ({ ...stream, attributes: [...attributes.filter((a) => a.value !== null || !directions.includes(a.name)), { name: direction, value: null }] });
  return { ...last, media: last.media.map((m) => (m.port === 0 ? m : turned(m))) };
}

/** Reads the answer to `offered`: {@link createOffer}, or {@link offerAgain} of any description of ours. */
export function readAnswer(answer: SessionDescription, local: LocalDescription, rules: NegotiationRules, offered = createOffer(local)): Result<NegotiatedMedia, SdpRefused> {
  const place = offered.media.findIndex((m) => m.port !== 0);
  const ours = offered.media[place];
  const theirs = answer.media[place];
  if (ours === undefined || theirs === undefined || theirs.kind !== "audio" || theirs.port === 0) return err({ type: "no-audio" });
  if (plainProtocols.includes(ours.protocol)) return plainProtocols.includes(theirs.protocol) ? readStream(answer, theirs, null, local, rules) : err({ type: "secure-media" });
  const crypto = readCrypto(theirs.attributes);
  const agrees = secureProtocols.includes(theirs.protocol) && crypto !== null && crypto.tag === readCrypto(ours.attributes)?.tag;
  return agrees ? readStream(answer, theirs, crypto, local, rules) : err({ type: "secure-media" });
}

/** What the peer's side of a stream says, turned to our side. */
function readStream(
  description: SessionDescription, stream: MediaSection, crypto: CryptoLine | null, local: LocalDescription, rules: NegotiationRules,
): Result<NegotiatedMedia, SdpRefused> {
  const names = encodingNames(stream);
  const codec = chooseCodec(stream, names);
  if (codec === null) return err({ type: "no-common-codec" });
  const connection = stream.connection ?? description.connection;
  const address = connection === null ? null : readIpAddress(connection.address);
  if (address === null || !mayReceiveRtp(address, local, rules)) return err({ type: "address-refused" });
  if (stream.port < MIN_RTP_PORT) return err({ type: "port-refused" });
  const peerReceives = address.kind !== "any";
  const wished = ourDirection(directionOf(stream) ?? directionOf(description) ?? "sendrecv", peerReceives);
  return ok({
    ...codec,
    telephoneEventPayloadType: telephoneEventOf(stream, names),
    remote: peerReceives ? { address: address.text, port: stream.port } : null,
    ptimeMs: ptimeOf(stream),
    direction: local.holds === true ? deafened[wished] : wished,
    heldByPeer: wished === "recvonly" || wished === "inactive",
    srtp: crypto === null || local.srtpMaster === undefined ? null : { send: local.srtpMaster, receive: crypto.master },
    rtcpMux: stream.attributes.some((a) => a.name === "rtcp-mux"),
  });
}

/** A c= line can name any host: never one whose packets would multiply, and none of ours unless the peer is here too. */
function mayReceiveRtp(address: IpAddress, local: LocalDescription, rules: NegotiationRules): boolean {
  if (address.kind === "reserved") return false;
  if (address.kind === "loopback" || address.kind === "link-local") return rules.allowLocalAddresses;
  return address.kind === "any" || address.family === (local.address.includes(":") ? 6 : 4);
}

/** The first codec of the peer's list that we have. Payload types 0 and 8 are what RFC 3551 says, whatever a rtpmap claims. */
function chooseCodec(stream: MediaSection, names: ReadonlyMap<string, string>): { readonly codec: AudioCodec; readonly payloadType: number } | null {
  for (const format of stream.formats) {
    if (format === "0") return { codec: "PCMU", payloadType: 0 };
    if (format === "8") return { codec: "PCMA", payloadType: 8 };
    const name = names.get(format);
    if (name === "PCMU/8000" || name === "PCMA/8000") return { codec: name === "PCMU/8000" ? "PCMU" : "PCMA", payloadType: Number(format) };
  }
  return null;
}

function telephoneEventOf(stream: MediaSection, names: ReadonlyMap<string, string>): number | null {
  const format = stream.formats.find((f) => names.get(f) === "TELEPHONE-EVENT/8000");
  return format === undefined ? null : Number(format);
}

/** `NAME/rate` in upper case by payload type, of the dynamic payload types with one channel (RFC 8866 §6.6). */
function encodingNames(stream: MediaSection): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name, value } of stream.attributes) {
    if (name !== "rtpmap" || value === null) continue;
    const [, format, encoding] = /^(\d{1,3}) +(\S{1,64})$/.exec(value) ?? [];
    if (format === undefined || encoding === undefined || format === "0" || format === "8" || Number(format) > 127 || names.has(format)) continue;
    names.set(format, encoding.toUpperCase().replace(/\/1$/, ""));
  }
  return names;
}

const directions: readonly string[] = ["sendrecv", "sendonly", "recvonly", "inactive"] satisfies MediaDirection[];
function directionOf({ attributes }: { readonly attributes: readonly Attribute[] }): MediaDirection | null {
  const attribute = attributes.find((a) => a.value === null && directions.includes(a.name));
  return (attribute?.name ?? null) as MediaDirection | null;
}

/** RFC 3264 §6.1, and §8.4 for the old way to hold by an address of zeros. */
function ourDirection(theirs: MediaDirection, peerReceives: boolean): MediaDirection {
  const weSend = peerReceives && (theirs === "sendrecv" || theirs === "recvonly");
  const weReceive = theirs === "sendrecv" || theirs === "sendonly";
  if (weSend) return weReceive ? "sendrecv" : "sendonly";
  return weReceive ? "recvonly" : "inactive";
}

/** What is left of a direction when we hold the peer. */
const deafened = { sendrecv: "sendonly", sendonly: "sendonly", recvonly: "inactive", inactive: "inactive" } as const satisfies Record<MediaDirection, MediaDirection>;

/** What the peer wishes (a=ptime), within what it can take (a=maxptime). */
function ptimeOf(stream: MediaSection): number {
  const read = (name: string): number | null => {
    const value = Number(stream.attributes.find((a) => a.name === name)?.value ?? Number.NaN);
    return ptimes.includes(value) ? value : null;
  };
  return Math.min(read("ptime") ?? DEFAULT_PTIME_MS, read("maxptime") ?? Infinity);
}

/** Only the chosen codec is answered, so that the peer cannot change it between two packets. */
const streamOf = (local: LocalDescription, protocol: string, media: NegotiatedMedia, crypto: CryptoLine | null): MediaSection =>
  section(local.port, protocol, [media], media.telephoneEventPayloadType, [
    cryptoOf(crypto), media.rtcpMux ? { name: "rtcp-mux", value: null } : null, { name: media.direction, value: null },
  ]);

const cryptoOf = (crypto: CryptoLine | null): Attribute | null => (crypto === null ? null : cryptoLine(crypto));

function section(
  port: number, protocol: string, codecs: readonly { readonly payloadType: number; readonly codec: AudioCodec }[],
  telephoneEvent: number | null, last: readonly (Attribute | null)[],
): MediaSection {
  const events = telephoneEvent === null ? [] : [
    { name: "rtpmap", value: `${telephoneEvent} telephone-event/8000` },
    { name: "fmtp", value: `${telephoneEvent} 0-15` },
  ];
  return {
    kind: "audio", port, protocol, connection: null,
    formats: [...codecs.map((c) => String(c.payloadType)), ...(telephoneEvent === null ? [] : [String(telephoneEvent)])],
    attributes: [
      ...codecs.map((c) => ({ name: "rtpmap", value: `${c.payloadType} ${c.codec}/8000` })),
      ...events,
      { name: "ptime", value: String(DEFAULT_PTIME_MS) },
      ...last.filter((a) => a !== null),
    ],
  };
}

function describe(local: LocalDescription, media: readonly MediaSection[]): SessionDescription {
  const family = local.address.includes(":") ? "IP6" : "IP4";
  return {
    origin: { user: "-", sessionId: String(local.sessionId), version: String(local.version), family, address: local.address },
    connection: { family, address: local.address }, attributes: [], media,
  };
}
