// What one session description may cost us.

/** Characters in a description; the longest real ones, of browsers, have about ten thousand. */
export const MAX_SDP_LENGTH = 60_000;
export const MAX_SDP_LINE_LENGTH = 4_096;
/** Lines; each becomes at most one attribute. */
export const MAX_SDP_LINES = 2_000;
/** Media sections. */
export const MAX_MEDIA = 16;
/** Formats that are read of one media section: there are only 128 payload types. */
export const MAX_FORMATS = 128;
