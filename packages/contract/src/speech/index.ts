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

/** What is taken of uploaded sounds. A WAV of the largest size holds less than a minute in the best quality, an MP3 of its largest size ten. */
export const UPLOAD_LIMITS = { bytes: 10 * 1024 * 1024, mp3Bytes: 5 * 1024 * 1024, longestMs: 600_000 } as const;

/** An uploaded sound, to be made playable on telephones: MP3 or WAV, told apart by content. Both paths are absolute, below `media/`; `outPath` as for speech. */
export const conversionRequest = z.object({ id: z.string().min(1).max(64), inPath: z.string().min(1).max(4_000), outPath: z.string().min(1).max(4_000) });
export type ConversionRequest = Readonly<z.output<typeof conversionRequest>>;

/**
 * Why nothing was spoken. `no-voice`: no engine for the locale. `path-refused`: not below `media/`.
 * `busy`: too many requests wait. `timed-out`: the engine hung and was killed. `failed`: the engine or the disk failed.
 * `unreadable`: the sound to be converted is refused, for the `fault` that the reply names.
 */
export const speechError = z.enum(["no-voice", "text-empty", "text-too-long", "path-refused", "busy", "timed-out", "failed", "unreadable", "malformed"]);
export type SpeechError = z.output<typeof speechError>;

/**
 * What is wrong with an uploaded sound. `not-a-sound`: neither MP3 nor WAV, by its content. `unknown-form`: a WAV or MP3 of a
 * kind that is not read. `damaged`: cut short, or full of what is no sound. `silent`: there is nothing to hear in it.
 */
export const soundFault = z.enum(["empty", "too-large", "not-a-sound", "unknown-form", "damaged", "too-long", "silent"]);
export type SoundFault = z.output<typeof soundFault>;

/** When `ok`, the file at `outPath` is complete: µ-law, 8 kHz, mono, no header. */
export const speechReply = z.discriminatedUnion("ok", [
  z.object({ id: z.string(), ok: z.literal(true), durationMs: z.number().int().nonnegative(), engine: z.string() }),
  z.object({ id: z.string(), ok: z.literal(false), error: speechError, fault: soundFault.optional(), /** More about the fault, for a person: "a PNG picture". */ detail: z.string().max(200).optional() }),
]);
export type SpeechReply = Readonly<z.output<typeof speechReply>>;
