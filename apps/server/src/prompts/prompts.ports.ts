// Spoken prompts: text in, a file that the switch can play out.
import type { SoundFault } from "@ringdesk/contract/speech";
import type { Result } from "@ringdesk/std";

/** `path` is relative to the media folder, as the switch wants it. */
export type Prompt = { readonly path: string; readonly durationMs: number };

/** There is no audio for this text now. A call goes on with a tone instead. */
export type PromptUnavailable = {
  readonly type: "prompt-unavailable";
  readonly why: "no-voice" | "engine-away" | "timeout" | "text-too-long" | "empty" | "disk";
  readonly detail: string;
};

export interface Prompts {
  /** From the cache when it was spoken before. `locale` as in BCP 47, e.g. `en-US`. */
  readonly greeting: (text: string, locale: string) => Promise<Result<Prompt, PromptUnavailable>>;
}

/** Turns text into audio: the speech process, or a fake. Writes µ-law, 8 kHz, mono to `outPath` (absolute). */
export interface Voice {
  readonly speak: (request: { readonly locale: string; readonly text: string; readonly outPath: string }) => Promise<Result<{ readonly durationMs: number }, PromptUnavailable>>;
}

/** Why an uploaded sound is not taken. `detail` says more about the fault, for a person. */
export type SoundRefused = { readonly type: "sound-refused"; readonly fault: SoundFault; readonly detail: string } | { readonly type: "converter-away" };

/** Makes uploaded sounds playable on telephones. Writes µ-law, 8 kHz, mono to `outPath`; both paths are absolute, below the media folder. */
export interface SoundConverter {
  readonly convert: (request: { readonly inPath: string; readonly outPath: string }) => Promise<Result<{ readonly durationMs: number }, SoundRefused>>;
}
