// RTCP, RFC 3550 §6: as much as statistics need. Feedback and extended reports are skipped by their length.
export { parseRtcp, type ReceptionReport, type RtcpReport } from "./parse.ts";
export { buildSenderReport, ntpMiddle, roundTripMs, type SenderReport } from "./build.ts";
