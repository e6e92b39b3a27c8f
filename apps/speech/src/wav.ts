import { err, ok, type Result } from "@ringdesk/std";
import type { Speech } from "./telephone-audio.ts";

export type WavRefused = { readonly type: "wav-refused"; readonly detail: string };

const PCM = 1;
const CHUNK_HEADER_BYTES = 8;
const RIFF_HEADER_BYTES = 12;

/** Reads 16-bit mono PCM, which is what the engines write. */
export function readWav(bytes: Uint8Array): Result<Speech, WavRefused> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < RIFF_HEADER_BYTES || tag(0) !== "RIFF" || tag(8) !== "WAVE") return refused("not a WAV file");
  let rateHz = 0;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length;) {
    const [name, body] = [tag(at), at + CHUNK_HEADER_BYTES];
    // An engine that streams does not know the length when it writes the header.
    const size = Math.min(view.getUint32(at + 4, true), bytes.length - body);
    if (name === "fmt ") {
      if (size < 16) return refused("format chunk cut short");
      const [format, channels, bits] = [view.getUint16(body, true), view.getUint16(body + 2, true), view.getUint16(body + 14, true)];
      if (format !== PCM || channels !== 1 || bits !== 16) return refused(`format ${format}, ${channels} channels, ${bits} bits`);
      rateHz = view.getUint32(body + 4, true);
    }
    if (name === "data") {
      if (rateHz === 0) return refused("data before format");
      return ok({ rateHz, samples: Float32Array.from({ length: size >> 1 }, (_, i) => view.getInt16(body + 2 * i, true) / 32_768) });
    }
    at = body + size + (size & 1);
  }
  return refused("no data");
}

const refused = (detail: string): Result<never, WavRefused> => err({ type: "wav-refused", detail });
