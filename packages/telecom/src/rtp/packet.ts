// The RTP packet, RFC 3550 §5.1. Everything here is total: any bytes give an answer, none throw.

/** Larger datagrams are not G.711 over any network we serve; they are dropped before they are looked at. */
export const MAX_PACKET_BYTES = 1500;
/** A header without CSRCs and extension, which is all that we ever send. */
export const HEADER_BYTES = 12;

const VERSION_2 = 0x80;
const PADDING_BIT = 0x20;
const EXTENSION_BIT = 0x10;
const MARKER_BIT = 0x80;

/** The fields of one packet. One such object is reused for every packet of a leg, so that parsing allocates nothing. */
export type RtpHeader = {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** The payload is `bytes.subarray(payloadStart, payloadEnd)`; padding is left out. */
  payloadStart: number;
  payloadEnd: number;
};

export const emptyRtpHeader = (): RtpHeader => ({ payloadType: 0, marker: false, sequence: 0, timestamp: 0, ssrc: 0, payloadStart: 0, payloadEnd: 0 });

/** Reads a big-endian unsigned 16-bit number; bytes beyond the end count as zero. */
export const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
/** Reads a big-endian unsigned 32-bit number; bytes beyond the end count as zero. */
export const u32 = (bytes: Uint8Array, at: number): number => (u16(bytes, at) * 0x10000) + u16(bytes, at + 2);

export function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Whether a datagram on a shared port is RTCP: what would be its payload type is 64–95, which RTP leaves free (RFC 5761 §4). */
export function isRtcp(bytes: Uint8Array): boolean {
  const type = (bytes[1] ?? 0) & 0x7f;
  return type >= 64 && type <= 95;
}

/**
 * Reads one RTP packet into `header`.
 *
 * @returns false, with `header` in an unspecified state, when the bytes are not RTP version 2, are shorter than their own
 * header says, have impossible padding, are longer than {@link MAX_PACKET_BYTES} or are RTCP.
 */
export function parseRtp(bytes: Uint8Array, header: RtpHeader): boolean {
  const length = bytes.length;
  if (length < HEADER_BYTES || length > MAX_PACKET_BYTES) return false;
  const first = bytes[0]!;
  if ((first & 0xc0) !== VERSION_2 || isRtcp(bytes)) return false;
  let start = HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & EXTENSION_BIT) !== 0) {
    if (start + 4 > length) return false;
    start += 4 + 4 * u16(bytes, start + 2);
  }
  let end = length;
  if ((first & PADDING_BIT) !== 0) {
    // The last byte counts the padding, itself included, so that zero is impossible (§5.1).
    const padding = bytes[length - 1]!;
    if (padding === 0) return false;
    end -= padding;
  }
  if (start > end) return false;
  const second = bytes[1]!;
  header.payloadType = second & 0x7f;
  header.marker = (second & MARKER_BIT) !== 0;
  header.sequence = u16(bytes, 2);
  header.timestamp = u32(bytes, 4);
  header.ssrc = u32(bytes, 8);
  header.payloadStart = start;
  header.payloadEnd = end;
  return true;
}

/** Writes a plain 12-byte header at `at`: no padding, extension or CSRC. */
export function writeRtpHeader(bytes: Uint8Array, at: number, payloadType: number, marker: boolean, sequence: number, timestamp: number, ssrc: number): void {
  bytes[at] = VERSION_2;
  bytes[at + 1] = payloadType | (marker ? MARKER_BIT : 0);
  putU16(bytes, at + 2, sequence);
  putU32(bytes, at + 4, timestamp);
  putU32(bytes, at + 8, ssrc);
}

/** Distance from `b` to `a` on the 16-bit circle: negative when `a` is before `b` (RFC 1982). */
export const sequenceDistance = (a: number, b: number): number => ((a - b) << 16) >> 16;
/** Distance from `b` to `a` on the 32-bit circle, in timestamp units. */
export const timestampDistance = (a: number, b: number): number => (a - b) | 0;
