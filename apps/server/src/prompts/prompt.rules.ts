/** Where a spoken text is kept, relative to the media folder: the name says what it was made from. */
export const promptPath = (sha256Hex: string): string => `prompts/${sha256Hex}.ulaw`;

/**
 * Changes whenever the way of speaking changes, so that texts spoken in the old way are spoken again: a new engine, voice,
 * loudness or filter.
 */
export const VOICE_VERSION = "1";
/** µ-law at 8 kHz: one byte per sample. */
const BYTES_PER_MS = 8;

/** What the cache knows a prompt by, before it is hashed. Spaces at the ends and runs of them are not heard. */
export const promptKey = (text: string, locale: string): string => JSON.stringify([VOICE_VERSION, locale, spoken(text)]);

/** The text as it is spoken. */
export const spoken = (text: string): string => text.replace(/\s+/g, " ").trim();

/** How long a file of that many bytes plays, in milliseconds. */
export const durationOfBytes = (bytes: number): number => Math.round(bytes / BYTES_PER_MS);
