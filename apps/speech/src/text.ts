import { MAX_SPEECH_TEXT_CHARS, type SpeechError } from "@ringdesk/contract/speech";
import { err, ok, type Result } from "@ringdesk/std";

/** Locales that have a voice, and the engine that speaks them. */
const VOICES: Readonly<Record<string, "flite-rms">> = { "en-US": "flite-rms", "en-CA": "flite-rms" };

const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/[‘’‚‛]/gu, "'"], [/[“”„‟«»]/gu, '"'], [/[‐‑‒]/gu, "-"], [/[–—―]/gu, ", "], [/…/gu, "."], [/€/gu, " euros "], [/£/gu, " pounds "],
];
const ACCENTS = /\p{Mn}/gu;
const NOT_ASCII = /[^\x20-\x7e]+/g;

export type Utterance = { readonly engine: "flite-rms"; readonly text: string };

/** What an engine is to say for a request, or why nothing can be said. Control characters become spaces. */
export function toUtterance(locale: string, text: string): Result<Utterance, SpeechError> {
  const engine = VOICES[locale];
  if (text.length > MAX_SPEECH_TEXT_CHARS) return err("text-too-long");
  if (engine === undefined) return err("no-voice");
  // The engine knows ASCII only and would spell the bytes of anything else.
  let plain = text;
  for (const [pattern, replacement] of PLAIN) plain = plain.replace(pattern, replacement);
  plain = plain.normalize("NFKD").replace(ACCENTS, "").replace(NOT_ASCII, " ").replace(/\s+/g, " ").trim();
  return /[A-Za-z0-9]/.test(plain) ? ok({ engine, text: plain }) : err("text-empty");
}
