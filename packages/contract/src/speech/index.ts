// What the server asks of the speech process, one JSON object per line each way over `speech.sock` in the run folder.
import { z } from "zod";

/** Longest text that is spoken, in characters. */
export const MAX_SPEECH_TEXT_CHARS = 2_000;
/** Longest line either side sends, in bytes: the text at six bytes per character, and the rest. */
export const MAX_SPEECH_LINE_BYTES = 16_384;

/** `outPath` is absolute, below `media/` of the data folder, ends with `.ulaw`; its folder exists. */
export const speechRequest = z.object({
  id: z.string().min(1).max(64),
  /** BCP 47, e.g. `en-US`. */
  locale: z.string().min(2).max(35),
  text: z.string(),
  outPath: z.string().min(1).max(4_000),
});
export type SpeechRequest = Readonly<z.output<typeof speechRequest>>;

/** An uploaded sound, to be made playable on telephones. Both paths are absolute, below `media/`; `outPath` as for speech. */
export const conversionRequest = z.object({ id: z.string().min(1).max(64), inPath: z.string().min(1).max(4_000), outPath: z.string().min(1).max(4_000) });
export type ConversionRequest = Readonly<z.output<typeof conversionRequest>>;

/**
 * Why nothing was spoken. `no-voice`: no engine for the locale. `path-refused`: not below `media/`.
 * `busy`: too many requests wait. `timed-out`: the engine hung and was killed. `failed`: the engine or the disk failed.
 * `unreadable`: the sound to be converted is of no form that is known; the reply says which are.
 */
export const speechError = z.enum(["no-voice", "text-empty", "text-too-long", "path-refused", "busy", "timed-out", "failed", "unreadable", "malformed"]);
export type SpeechError = z.output<typeof speechError>;

/** When `ok`, the file at `outPath` is complete: µ-law, 8 kHz, mono, no header. */
export const speechReply = z.discriminatedUnion("ok", [
  z.object({ id: z.string(), ok: z.literal(true), durationMs: z.number().int().nonnegative(), engine: z.string() }),
  z.object({ id: z.string(), ok: z.literal(false), error: speechError, /** For a person. */ detail: z.string().optional() }),
]);
export type SpeechReply = Readonly<z.output<typeof speechReply>>;
