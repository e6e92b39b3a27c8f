// RTP, RFC 3550 and RFC 3551: reading packets, and the one continuous stream that a leg hears.
// Left out on purpose: mixing CSRCs, header extensions, SRTP (libdatachannel does it).
export { emptyRtpHeader, HEADER_BYTES, isRtcp, MAX_PACKET_BYTES, parseRtp, putU16, putU32, sequenceDistance, timestampDistance, u16, u32, writeRtpHeader, type RtpHeader } from "./packet.ts";
export { FRAME_SAMPLES, OutgoingStream, type OutgoingStreamStart } from "./outgoing-stream.ts";
