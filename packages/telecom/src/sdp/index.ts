// Session descriptions (RFC 8866) and offer/answer (RFC 3264) for G.711.
export { parseSdp, printSdp, type Attribute, type Connection, type MediaSection, type Origin, type SdpMalformed, type SessionDescription } from "./description.ts";
export { readIpAddress, type AddressKind, type IpAddress } from "./ip-address.ts";
export * from "./limits.ts";
export { SRTP_MASTER_BYTES, type SrtpKeys } from "./sdes.ts";
export { answerOffer, createOffer, MIN_RTP_PORT, offerAgain, readAnswer, type AudioCodec, type LocalDescription, type MediaDirection, type NegotiatedMedia, type NegotiationRules, type SdpRefused } from "./negotiate.ts";
