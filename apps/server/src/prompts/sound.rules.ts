// Uploaded sounds: what admins are told about one that is not taken, and telephone audio as browsers play it.
import type { SoundFault } from "@ringdesk/contract/speech";
import type { SoundRefused } from "./prompts.ports.ts";

/** By fault; the detail is put in where there is one. */
const words = {
  "empty": () => "The file is empty.",
  "too-large": () => "The file is too large: an MP3 has at most 5 MB, a WAV at most 10 MB.",
  "not-a-sound": (detail) => (detail === "" ? "This is not an MP3 or WAV file." : `This is ${detail}, not an MP3 or WAV.`),
  "unknown-form": (detail) => `This kind of WAV cannot be read (${detail}). Save it as 16-bit PCM, or as MP3.`,
  "damaged": (detail) => `The file is damaged: ${detail}.`,
  "too-long": (detail) => `It plays for ${detail}; at most 10 minutes are taken.`,
  "silent": () => "There is nothing to hear in it.",
} as const satisfies Record<SoundFault, (detail: string) => string>;

/** Why a sound is not taken, for the admin who uploads it. */
export const refusalWords = (refused: SoundRefused): string =>
  refused.type === "converter-away" ? "The sound cannot be converted at the moment. Try again in a minute." : words[refused.fault](refused.detail);

const WAV_HEADER_BYTES = 44;
const MULAW_FORM = 7;
const RATE_HZ = 8_000;

/** A WAV around µ-law of 8 kHz, one channel. */
export function wavOfUlaw(ulaw: Uint8Array): Uint8Array {
  const wav = new Uint8Array(WAV_HEADER_BYTES + ulaw.length);
  const view = new DataView(wav.buffer);
  for (const [at, tag] of [[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]] as const) wav.set(new TextEncoder().encode(tag), at);
  for (const [at, value] of [[4, wav.length - 8], [16, 16], [24, RATE_HZ], [28, RATE_HZ], [40, ulaw.length]] as const) view.setUint32(at, value, true);
  for (const [at, value] of [[20, MULAW_FORM], [22, 1], [32, 1], [34, 8]] as const) view.setUint16(at, value, true);
  wav.set(ulaw, WAV_HEADER_BYTES);
  return wav;
}
