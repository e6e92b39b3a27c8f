import { err, ok, type Result } from "@ringdesk/std";
import type { Speech } from "./telephone-audio.ts";

export type WavRefused = { readonly type: "wav-refused"; readonly detail: string };

const PCM = 1;
/** Says in a longer header what it is; what it begins with is all that is read of it. */
const EXTENSIBLE = 0xfffe;
const CHUNK_HEADER_BYTES = 8;
const RIFF_HEADER_BYTES = 12;
const FORMAT_BYTES = 16;
const MOST_CHANNELS = 8;
const RATES_HZ = { least: 8_000, most: 192_000 };

type Format = { readonly channels: number; readonly bytesPerSample: number; readonly rateHz: number };

/** Reads PCM of 8, 16 or 24 bit; channels are mixed to one. */
export function readWav(bytes: Uint8Array): Result<Speech, WavRefused> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < RIFF_HEADER_BYTES || tag(0) !== "RIFF" || tag(8) !== "WAVE") return refused("not a WAV file");
  let format: Format | null = null;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length;) {
    const [name, body] = [tag(at), at + CHUNK_HEADER_BYTES];
    // An engine that streams does not know the length when it writes the header.
    const size = Math.min(view.getUint32(at + 4, true), bytes.length - body);
    if (name === "fmt ") {
      const read = readFormat(view, body, size);
      if (!read.ok) return read;
      format = read.value;
    }
    if (name === "data") {
      if (format === null) return refused("data before format");
      return ok({ rateHz: format.rateHz, samples: mixed(view, body, size, format) });
    }
    at = body + size + (size & 1);
  }
  return refused("no data");
}

function readFormat(view: DataView, at: number, size: number): Result<Format, WavRefused> {
  if (size < FORMAT_BYTES) return refused("format chunk cut short");
  const [form, channels, rateHz, bits] = [view.getUint16(at, true), view.getUint16(at + 2, true), view.getUint32(at + 4, true), view.getUint16(at + 14, true)];
  const isKnown = (form === PCM || form === EXTENSIBLE) && channels >= 1 && channels <= MOST_CHANNELS && [8, 16, 24].includes(bits);
  if (!isKnown || rateHz < RATES_HZ.least || rateHz > RATES_HZ.most) return refused(`format ${form}, ${channels} channels, ${bits} bits, ${rateHz} Hz`);
  return ok({ channels, bytesPerSample: bits / 8, rateHz });
}

function mixed(view: DataView, at: number, size: number, { channels, bytesPerSample }: Format): Float32Array {
  const samples = new Float32Array(Math.floor(size / (channels * bytesPerSample)));
  const read = readers[bytesPerSample as keyof typeof readers];
  for (let n = 0; n < samples.length; n += 1) {
    let sum = 0;
    for (let c = 0; c < channels; c += 1) sum += read(view, at + (n * channels + c) * bytesPerSample);
    samples[n] = sum / channels;
  }
  return samples;
}

/** By bytes of a sample; 8 bit has no sign. */
const readers = {
  1: (view: DataView, at: number) => (view.getUint8(at) - 128) / 128,
  2: (view: DataView, at: number) => view.getInt16(at, true) / 32_768,
  3: (view: DataView, at: number) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608,
};

const refused = (detail: string): Result<never, WavRefused> => err({ type: "wav-refused", detail });
