// Speech as a telephone carries it: 8 kHz, 300 to 3400 Hz, at one loudness whatever the engine. Pure.
import { encodeUlawSamples } from "@ringdesk/telecom/g711";
import { createResampler, joined, type Resampler } from "./resample.ts";

export const TELEPHONE_RATE_HZ = 8_000;
/** Upper edge of the telephone band; the low-pass is down at 4 kHz, where the samples' band ends. */
const BAND_TOP_HZ = 3_400;
const BAND_BOTTOM_HZ = 250;
/** Loudness of the spoken parts, pauses left out: some dB above the usual -26 dBov, as announcements are. */
export const SPEECH_LEVEL_DBFS = -20;
/** Music stays behind announcements. */
export const MUSIC_LEVEL_DBFS = -24;
const PEAK_DBFS = -3;
const BLOCK_MS = 50;
/** Blocks softer than this are silence; those 12 dB softer than the rest are pauses. */
const SILENCE_DBFS = -60;
const PAUSE_BELOW_DB = 12;
/** Where the limiter begins, relative to the peak. */
const KNEE = 0.7;

/** Mono samples in -1…1. */
export type Speech = { readonly rateHz: number; readonly samples: Float32Array };

const fromDb = (db: number): number => 10 ** (db / 20);
const toDb = (amplitude: number): number => 20 * Math.log10(amplitude + 1e-12);

/** The sound as µ-law bytes, one per sample at 8 kHz; null when there is nothing to hear in it. */
export function toTelephone({ rateHz, samples }: Speech, levelDbfs: number = SPEECH_LEVEL_DBFS): Uint8Array | null {
  const narrowing = createNarrowing(rateHz);
  return toLoudness(joined([narrowing.push(samples), narrowing.end()]), levelDbfs);
}

/** Takes a sound of `rateHz` to 8 kHz and below the top of the telephone band, piece by piece. */
export const createNarrowing = (rateHz: number): Resampler => createResampler(rateHz, TELEPHONE_RATE_HZ, BAND_TOP_HZ);

/** The rest of the way for samples at 8 kHz: rumble goes, and it gets the loudness. Null when there is nothing to hear. */
export function toLoudness(samples: Float32Array, levelDbfs: number): Uint8Array | null {
  const narrow = highPass(samples, BAND_BOTTOM_HZ);
  const level = activeLevelDbfs(narrow);
  if (level === null) return null;
  const gain = fromDb(levelDbfs - level);
  const linear = new Int16Array(narrow.length);
  for (let n = 0; n < narrow.length; n++) linear[n] = Math.round(limit((narrow[n] ?? 0) * gain) * 32_767);
  return encodeUlawSamples(linear);
}

/** Root mean square of the blocks that hold speech, in dB relative to full scale; null for silence. */
export function activeLevelDbfs(samples: Float32Array): number | null {
  const size = (TELEPHONE_RATE_HZ * BLOCK_MS) / 1000;
  const powers: number[] = [];
  for (let start = 0; start < samples.length; start += size) powers.push(meanSquare(samples.subarray(start, start + size)));
  const audible = powers.filter((power) => toDb(Math.sqrt(power)) > SILENCE_DBFS);
  if (audible.length === 0) return null;
  const pauseBelow = average(audible) * fromDb(-PAUSE_BELOW_DB) ** 2;
  return toDb(Math.sqrt(average(audible.filter((power) => power > pauseBelow))));
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanSquare = (samples: Float32Array): number => samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;

/** Second-order Butterworth high-pass: keeps rumble out that a telephone cannot carry. */
function highPass(samples: Float32Array, edgeHz: number): Float32Array {
  const k = Math.tan((Math.PI * edgeHz) / TELEPHONE_RATE_HZ);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const [a1, a2] = [2 * (k * k - 1) * norm, (1 - Math.SQRT2 * k + k * k) * norm];
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return samples.map((x) => {
    const y = norm * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}

/** Bends peaks over smoothly instead of cutting them off. */
function limit(sample: number): number {
  const peak = fromDb(PEAK_DBFS);
  const knee = KNEE * peak;
  const size = Math.abs(sample);
  if (size <= knee) return sample;
  return Math.sign(sample) * (knee + (peak - knee) * Math.tanh((size - knee) / (peak - knee)));
}
