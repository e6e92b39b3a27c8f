import { putU16, putU32 } from "../rtp/index.ts";

/** Seconds from 1900 (NTP) to 1970 (Unix). */
const NTP_UNIX_OFFSET_S = 2_208_988_800;
const FRACTION_PER_SECOND = 0x1_0000_0000;
const MS_PER_SECOND = 1_000;
const REPORT_UNITS_PER_SECOND = 65_536;
const SENDER_REPORT_BYTES = 28;
const REPORT_BYTES = 24;
const CNAME_ITEM = 1;

export type SenderReport = {
  readonly ssrc: number;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The RTP timestamp of that same instant. */
  readonly timestamp: number;
  readonly packets: number;
  readonly payloadBytes: number;
  /** ASCII, at most 32 characters. */
  readonly cname: string;
  /** What we say of the stream that we receive, or null while there is none. */
  readonly received: {
    readonly ssrc: number; readonly fractionLost: number; readonly cumulativeLost: number; readonly extendedHighest: number; readonly jitterUnits: number;
    /** Middle 32 bits of the peer's last sender report, and how long ago it came; 0 when there was none. */
    readonly lastSenderReport?: number; readonly sinceSenderReportMs?: number;
  } | null;
};

/** A sender report and a source description in one compound packet (RFC 3550 §6.4.1, §6.5.1). */
export function buildSenderReport(report: SenderReport): Uint8Array {
  const blocks = report.received === null ? 0 : 1;
  const cname = report.cname.slice(0, 32);
  // SSRC, item header, text, at least one null, padded to a word.
  const chunkBytes = 4 * Math.ceil((4 + 2 + cname.length + 1) / 4);
  const reportBytes = SENDER_REPORT_BYTES + blocks * REPORT_BYTES;
  const bytes = new Uint8Array(reportBytes + 4 + chunkBytes);
  bytes[0] = 0x80 | blocks;
  bytes[1] = 200;
  putU16(bytes, 2, reportBytes / 4 - 1);
  putU32(bytes, 4, report.ssrc);
  const seconds = Math.floor(report.atMs / MS_PER_SECOND);
  putU32(bytes, 8, seconds + NTP_UNIX_OFFSET_S);
  putU32(bytes, 12, Math.floor(((report.atMs - seconds * MS_PER_SECOND) / MS_PER_SECOND) * FRACTION_PER_SECOND));
  putU32(bytes, 16, report.timestamp);
  putU32(bytes, 20, report.packets);
  putU32(bytes, 24, report.payloadBytes);
  if (report.received !== null) {
    const lost = Math.min(0x7fffff, Math.max(0, report.received.cumulativeLost));
    putU32(bytes, 28, report.received.ssrc);
    putU32(bytes, 32, (report.received.fractionLost << 24) | lost);
    putU32(bytes, 36, report.received.extendedHighest);
    putU32(bytes, 40, report.received.jitterUnits);
    putU32(bytes, 44, report.received.lastSenderReport ?? 0);
    putU32(bytes, 48, Math.min(0xffff_ffff, Math.round(((report.received.sinceSenderReportMs ?? 0) * REPORT_UNITS_PER_SECOND) / MS_PER_SECOND)));
  }
  bytes[reportBytes] = 0x81;
  bytes[reportBytes + 1] = 202;
  putU16(bytes, reportBytes + 2, chunkBytes / 4);
  putU32(bytes, reportBytes + 4, report.ssrc);
  bytes[reportBytes + 8] = CNAME_ITEM;
  bytes[reportBytes + 9] = cname.length;
  for (let at = 0; at < cname.length; at += 1) bytes[reportBytes + 10 + at] = cname.charCodeAt(at) & 0x7f;
  return bytes;
}

/** The middle 32 bits of the NTP time of an instant: what a peer echoes as its last sender report. */
export function ntpMiddle(atMs: number): number {
  const units = Math.floor((atMs / MS_PER_SECOND + NTP_UNIX_OFFSET_S) * REPORT_UNITS_PER_SECOND);
  return units % FRACTION_PER_SECOND;
}

/**
 * Round-trip time from a reception report that arrived now (RFC 3550 §6.4.1), or null when it echoes no sender report of
 * ours or says something impossible.
 */
export function roundTripMs(report: { readonly lastSenderReport: number; readonly delaySinceLastSenderReport: number }, nowMs: number): number | null {
  if (report.lastSenderReport === 0) return null;
  const units = (ntpMiddle(nowMs) - report.lastSenderReport - report.delaySinceLastSenderReport) | 0;
  const milliseconds = (units * MS_PER_SECOND) / REPORT_UNITS_PER_SECOND;
  return milliseconds >= -1 && milliseconds < 60_000 ? Math.max(0, milliseconds) : null;
}
