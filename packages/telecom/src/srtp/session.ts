import { HEADER_BYTES, isRtcp, MAX_PACKET_BYTES, putU32, sequenceDistance, u16, u32 } from "../rtp/index.ts";
import { applyKeyOnce, KeyStream } from "./key-stream.ts";
import { deriveKeys, type NewAes, type SessionKeys } from "./keys.ts";
import { ReplayWindow } from "./replay-window.ts";
import { HmacSha1 } from "./sha1.ts";

/** AES_CM_128_HMAC_SHA1_80: ten bytes of the authentication code. */
const TAG_BYTES = 10;
const SRTCP_INDEX_BYTES = 4;
const RTCP_HEADER_BYTES = 8;
const ENCRYPTED = 0x8000_0000;
const INDEX_MASK = 0x7fff_ffff;
const SEQUENCES = 0x1_0000;
/** What a protected packet is longer by, at most. */
export const SRTP_OVERHEAD_BYTES = TAG_BYTES + SRTCP_INDEX_BYTES;
/** A peer has one stream, and a few more when its SSRC changes within a call. Beyond that the oldest is forgotten. */
const MAX_STREAMS = 4;

type Stream = { readonly ssrc: number; readonly key: KeyStream; readonly seen: ReplayWindow };

/** Protects what we send (RFC 3711 §3.3, §3.4). */
export class SrtpSender {
  readonly #rtp: SessionKeys;
  readonly #rtpCode: HmacSha1;
  readonly #rtcp: SessionKeys;
  readonly #rtcpCode: HmacSha1;
  #stream: Stream | null = null;
  #reports = 0;

  /** `master`: key and salt, {@link MASTER_BYTES} bytes. */
  constructor(master: Uint8Array, newAes: NewAes) {
    this.#rtp = deriveKeys(master, "rtp", newAes);
    this.#rtpCode = new HmacSha1(this.#rtp.authKey);
    this.#rtcp = deriveKeys(master, "rtcp", newAes);
    this.#rtcpCode = new HmacSha1(this.#rtcp.authKey);
  }

  /** Writes the protected form of an RTP or RTCP packet of ours into `into`, which has room for {@link SRTP_OVERHEAD_BYTES} more. Returns its length. */
  protect(packet: Uint8Array, into: Uint8Array): number {
    into.set(packet);
    return isRtcp(packet) ? this.#protectReport(into, packet.length) : this.#protectAudio(into, packet.length);
  }

  #protectAudio(bytes: Uint8Array, length: number): number {
    const ssrc = u32(bytes, 8);
    const sequence = u16(bytes, 2);
    if (this.#stream === null || this.#stream.ssrc !== ssrc) this.#stream = { ssrc, key: new KeyStream(this.#rtp, ssrc), seen: new ReplayWindow() };
    const { key, seen } = this.#stream;
    const index = Math.max(0, indexOf(sequence, seen.highest));
    seen.mark(index);
    key.apply(bytes, payloadStartOf(bytes), length, index);
    bytes.set(this.#rtpCode.code(bytes, length, Math.floor(index / SEQUENCES)).subarray(0, TAG_BYTES), length);
    return length + TAG_BYTES;
  }

  #protectReport(bytes: Uint8Array, length: number): number {
    this.#reports = (this.#reports + 1) & INDEX_MASK;
    applyKeyOnce(this.#rtcp, u32(bytes, 4), bytes, RTCP_HEADER_BYTES, length, this.#reports);
    const trailer = (ENCRYPTED | this.#reports) >>> 0;
    putU32(bytes, length, trailer);
    bytes.set(this.#rtcpCode.code(bytes, length, trailer).subarray(0, TAG_BYTES), length + SRTCP_INDEX_BYTES);
    return length + SRTP_OVERHEAD_BYTES;
  }
}

/** Opens what the peer sends. What is not authentic, or was seen before, is nobody's: it has no effect whatever. */
export class SrtpReceiver {
  readonly #rtp: SessionKeys;
  readonly #rtpCode: HmacSha1;
  readonly #rtcp: SessionKeys;
  readonly #rtcpCode: HmacSha1;
  readonly #streams: Stream[] = [];
  readonly #reportsSeen = new ReplayWindow();

  constructor(master: Uint8Array, newAes: NewAes) {
    this.#rtp = deriveKeys(master, "rtp", newAes);
    this.#rtpCode = new HmacSha1(this.#rtp.authKey);
    this.#rtcp = deriveKeys(master, "rtcp", newAes);
    this.#rtcpCode = new HmacSha1(this.#rtcp.authKey);
  }

  /** Decrypts in place. Returns the length of the plain packet, or -1 when it is to be dropped. */
  unprotect(packet: Uint8Array): number {
    if (packet.length > MAX_PACKET_BYTES) return -1;
    return isRtcp(packet) ? this.#openReport(packet) : this.#openAudio(packet);
  }

  #openAudio(bytes: Uint8Array): number {
    const length = bytes.length - TAG_BYTES;
    if (length < HEADER_BYTES || (bytes[0]! & 0xc0) !== 0x80) return -1;
    const start = payloadStartOf(bytes);
    if (start > length) return -1;
    const ssrc = u32(bytes, 8);
    const known = this.#streamOf(ssrc);
    const index = indexOf(u16(bytes, 2), known === null ? -1 : known.seen.highest);
    if (index < 0 || (known !== null && !known.seen.admits(index))) return -1;
    if (!isAuthentic(this.#rtpCode.code(bytes, length, Math.floor(index / SEQUENCES)), bytes, length)) return -1;
    const stream = known ?? this.#newStream(ssrc);
    stream.seen.mark(index);
    stream.key.apply(bytes, start, length, index);
    return length;
  }

  #openReport(bytes: Uint8Array): number {
    const length = bytes.length - SRTP_OVERHEAD_BYTES;
    if (length < RTCP_HEADER_BYTES) return -1;
    const trailer = u32(bytes, length);
    const index = trailer & INDEX_MASK;
    if (!this.#reportsSeen.admits(index) || !isAuthentic(this.#rtcpCode.code(bytes, length, trailer), bytes, length + SRTCP_INDEX_BYTES)) return -1;
    this.#reportsSeen.mark(index);
    if (trailer >= ENCRYPTED) applyKeyOnce(this.#rtcp, u32(bytes, 4), bytes, RTCP_HEADER_BYTES, length, index);
    return length;
  }

  #streamOf(ssrc: number): Stream | null {
    for (const stream of this.#streams) if (stream.ssrc === ssrc) return stream;
    return null;
  }

  #newStream(ssrc: number): Stream {
    const stream = { ssrc, key: new KeyStream(this.#rtp, ssrc), seen: new ReplayWindow() };
    this.#streams.unshift(stream);
    if (this.#streams.length > MAX_STREAMS) this.#streams.pop();
    return stream;
  }
}

/** The index of a packet, by the nearest one to the highest so far (RFC 3711 §3.3.1). Negative when it would be before the first. */
function indexOf(sequence: number, highest: number): number {
  return highest < 0 ? sequence : highest + sequenceDistance(sequence, highest % SEQUENCES);
}

/** Where the payload begins behind CSRCs and an extension, which stay readable. */
function payloadStartOf(bytes: Uint8Array): number {
  const start = HEADER_BYTES + 4 * (bytes[0]! & 0x0f);
  return (bytes[0]! & 0x10) === 0 ? start : start + 4 + 4 * u16(bytes, start + 2);
}

/** Compares in constant time. */
function isAuthentic(code: Uint8Array, bytes: Uint8Array, at: number): boolean {
  let difference = 0;
  for (let n = 0; n < TAG_BYTES; n += 1) difference |= code[n]! ^ bytes[at + n]!;
  return difference === 0;
}
