import { err, ok, type Result } from "@ringdesk/std";
import { alawToLinear, ulawToLinear } from "@ringdesk/telecom/g711";
import { createSides } from "./sides.ts";
import { inMinutes, refused, type SoundRefused } from "./sound-refused.ts";
import type { Speech } from "./telephone-audio.ts";

/** What the samples are, by the number in the header. */
const FORMS = { pcm: 1, float: 3, alaw: 6, ulaw: 7, extensible: 0xfffe } as const;
/** An extensible header has the number of the form behind the rest. */
const EXTENSIBLE_BYTES = 40;
const EXTENSIBLE_FORM_AT = 24;
const CHUNK_HEADER_BYTES = 8;
const RIFF_HEADER_BYTES = 12;
const FORMAT_BYTES = 16;
const MOST_CHANNELS = 8;
const RATES_HZ = { least: 8_000, most: 192_000 };

type ReadSample = (view: DataView, at: number) => number;
type Format = { readonly channels: number; readonly bytesPerSample: number; readonly rateHz: number; readonly read: ReadSample };

/** Whether the bytes begin as those of a WAV. */
export const looksLikeWav = (bytes: Uint8Array): boolean => tagAt(bytes, 0) === "RIFF" && tagAt(bytes, 8) === "WAVE";

const tagAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Reads PCM of 8, 16 or 24 bit, 32-bit float, µ-law and A-law; channels are mixed to one. */
export function readWav(bytes: Uint8Array, longestMs: number = Infinity): Result<Speech, SoundRefused> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!looksLikeWav(bytes)) return err(refused("not-a-sound", ""));
  let format: Format | null = null;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length;) {
    const [name, body] = [tagAt(bytes, at), at + CHUNK_HEADER_BYTES];
    // An engine that streams does not know the length when it writes the header.
    const size = Math.min(view.getUint32(at + 4, true), bytes.length - body);
    if (name === "fmt ") {
      const read = readFormat(view, body, size);
      if (!read.ok) return read;
      format = read.value;
    }
    if (name === "data") {
      if (format === null) return err(refused("damaged", "its sound comes before its header"));
      const durationMs = (size / (format.channels * format.bytesPerSample * format.rateHz)) * 1_000;
      if (durationMs > longestMs) return err(refused("too-long", inMinutes(durationMs)));
      return ok({ rateHz: format.rateHz, samples: mixed(view, body, size, format) });
    }
    at = body + size + (size & 1);
  }
  return err(refused("damaged", "there is no sound in it"));
}

function readFormat(view: DataView, at: number, size: number): Result<Format, SoundRefused> {
  const said = size < FORMAT_BYTES ? null : view.getUint16(at, true);
  if (said === null || (said === FORMS.extensible && size < EXTENSIBLE_BYTES)) return err(refused("damaged", "its header is cut short"));
  const form = said === FORMS.extensible ? view.getUint16(at + EXTENSIBLE_FORM_AT, true) : said;
  const [channels, rateHz, bits] = [view.getUint16(at + 2, true), view.getUint32(at + 4, true), view.getUint16(at + 14, true)];
  const read = readers[`${form}/${bits}`];
  const isKnown = read !== undefined && channels >= 1 && channels <= MOST_CHANNELS && rateHz >= RATES_HZ.least && rateHz <= RATES_HZ.most;
  if (!isKnown) return err(refused("unknown-form", `form ${form}, ${channels} channels, ${bits} bits, ${rateHz} Hz`));
  return ok({ channels, bytesPerSample: bits / 8, rateHz, read });
}

function mixed(view: DataView, at: number, size: number, { channels, bytesPerSample, read }: Format): Float32Array {
  const samples = new Float32Array(Math.floor(size / (channels * bytesPerSample)));
  const sampleOf = (n: number, channel: number): number => read(view, at + (n * channels + channel) * bytesPerSample);
  const sides = createSides();
  if (channels === 2) for (let n = 0; n < samples.length; n += 1) sides.add(sampleOf(n, 0), sampleOf(n, 1));
  const mix = sides.mix();
  for (let n = 0; n < samples.length; n += 1) {
    let sum = 0;
    for (let c = 0; c < channels; c += 1) sum += sampleOf(n, c);
    samples[n] = mix === "both" ? sum / channels : sampleOf(n, mix === "left" ? 0 : 1);
  }
  return samples;
}

/** What is no number is silence. */
const sane = (value: number): number => (Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value)));

/** By form and bits of a sample; 8-bit PCM has no sign. */
const readers: Readonly<Record<string, ReadSample>> = {
  [`${FORMS.pcm}/8`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${FORMS.pcm}/16`]: (view, at) => view.getInt16(at, true) / 32_768,
  [`${FORMS.pcm}/24`]: (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608,
  [`${FORMS.float}/32`]: (view, at) => sane(view.getFloat32(at, true)),
  [`${FORMS.alaw}/8`]: (view, at) => (alawToLinear[view.getUint8(at)] ?? 0) / 32_768,
  [`${FORMS.ulaw}/8`]: (view, at) => (ulawToLinear[view.getUint8(at)] ?? 0) / 32_768,
};
