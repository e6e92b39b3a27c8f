// What one SIP message may cost us. Beyond a limit a request is refused and a response is ignored.

/** Largest message, head and body together: what a UDP datagram can carry. */
export const MAX_MESSAGE_BYTES = 65_535;
/** Header fields in one message. */
export const MAX_HEADERS = 256;
/** Lines of a head: all its header fields, and some of them folded. */
export const MAX_HEAD_LINES = 1_024;
/** One header field after unfolding, or the start line, in UTF-16 units. */
export const MAX_LINE_LENGTH = 8_192;
/** Via values in one message, counted over all its Via fields. */
export const MAX_VIAS = 100;
/** RFC 3261 §8.1.1.5: a sequence number is below 2^31. */
export const MAX_CSEQ = 2 ** 31 - 1;
/** RFC 3261 §20.22: Max-Forwards is one octet. */
export const MAX_MAX_FORWARDS = 255;
