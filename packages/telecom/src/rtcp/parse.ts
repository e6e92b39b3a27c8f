import { MAX_PACKET_BYTES, u16, u32 } from "../rtp/index.ts";

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
const HEADER_BYTES = 8;
const SENDER_INFO_BYTES = 20;
const REPORT_BYTES = 24;
/** A compound packet has at most 31 reports in each part; more parts than this is nobody's honest report. */
const MAX_PARTS = 32;

/** What a peer says of one stream that it receives. */
export type ReceptionReport = {
  /** The stream reported on. */
  readonly ssrc: number;
  /** Of the packets since the last report, 0 to 255 of 256. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly jitterUnits: number;
  /** Middle 32 bits of our last sender report, and how long the peer held it, in 1/65536 s. Zero when it has none. */
  readonly lastSenderReport: number;
  readonly delaySinceLastSenderReport: number;
};

export type RtcpReport = {
  /** Who reports. */
  readonly ssrc: number;
  /** Middle 32 bits of the NTP time in the peer's sender report; null for a receiver report. */
  readonly senderReport: number | null;
  readonly reports: readonly ReceptionReport[];
  readonly goodbye: boolean;
};

/** Reads a compound packet. Null when any part contradicts its own length, or the packet does not begin with a report (§A.2). */
export function parseRtcp(bytes: Uint8Array): RtcpReport | null {
  if (bytes.length < HEADER_BYTES || bytes.length > MAX_PACKET_BYTES) return null;
  const first = bytes[1]!;
  if (first !== SENDER_REPORT && first !== RECEIVER_REPORT) return null;
  const reports: ReceptionReport[] = [];
  let senderReport: number | null = null;
  let goodbye = false;
  let at = 0;
  for (let part = 0; at < bytes.length; part += 1) {
    if (part === MAX_PARTS || at + 4 > bytes.length || (bytes[at]! & 0xc0) !== 0x80) return null;
    const end = at + 4 + 4 * u16(bytes, at + 2);
    if (end > bytes.length) return null;
    const type = bytes[at + 1]!;
    if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
      if (!readReports(bytes, at, end, type, reports)) return null;
      if (type === SENDER_REPORT) senderReport = u32(bytes, at + 10);
    } else if (type === SOURCE_DESCRIPTION && !isDescription(bytes, at, end)) return null;
    else if (type === GOODBYE) goodbye = true;
    at = end;
  }
  return { ssrc: u32(bytes, 4), senderReport, reports, goodbye };
}

function readReports(bytes: Uint8Array, at: number, end: number, type: number, into: ReceptionReport[]): boolean {
  const count = bytes[at]! & 0x1f;
  const start = at + HEADER_BYTES + (type === SENDER_REPORT ? SENDER_INFO_BYTES : 0);
  if (start + count * REPORT_BYTES > end) return false;
  for (let block = start; block < start + count * REPORT_BYTES; block += REPORT_BYTES) {
    into.push({
      ssrc: u32(bytes, block),
      fractionLost: bytes[block + 4]!,
      cumulativeLost: ((bytes[block + 5]! << 24) >> 8) | u16(bytes, block + 6),
      jitterUnits: u32(bytes, block + 12),
      lastSenderReport: u32(bytes, block + 16),
      delaySinceLastSenderReport: u32(bytes, block + 20),
    });
  }
  return true;
}

/** Whether each chunk is a list of items that ends with a null item inside the packet (§6.5). */
function isDescription(bytes: Uint8Array, at: number, end: number): boolean {
  let cursor = at + 4;
  for (let chunk = bytes[at]! & 0x1f; chunk > 0; chunk -= 1) {
    cursor += 4;
    while (cursor < end && bytes[cursor] !== 0) cursor += 2 + (bytes[cursor + 1] ?? 0);
    if (cursor >= end) return false;
    cursor = at + 4 + 4 * Math.floor((cursor - at - 4) / 4 + 1);
  }
  return cursor <= end;
}
