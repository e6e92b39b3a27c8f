import { SAMPLE_RATE_HZ } from "./rate.ts";
/** Fade at each edge of a burst, so that no click is heard. */
const FADE_SAMPLES = 24;

export type ToneShape = {
  readonly frequenciesHz: readonly number[];
  /** Sound, then pause: one cycle. */
  readonly onMs: number;
  readonly offMs: number;
  /** Peak of each frequency in 16-bit sample units. */
  readonly amplitude: number;
};

/** Call-progress tones of North America (ITU-T E.180 supplement 2), and the beep of a voicemail. */
export const TONES = {
  ringback: { frequenciesHz: [440, 480], onMs: 2_000, offMs: 4_000, amplitude: 3_600 },
  busy: { frequenciesHz: [480, 620], onMs: 500, offMs: 500, amplitude: 3_200 },
  reorder: { frequenciesHz: [480, 620], onMs: 250, offMs: 250, amplitude: 3_200 },
  beep: { frequenciesHz: [1_000], onMs: 400, offMs: 100, amplitude: 6_000 },
} as const satisfies Record<string, ToneShape>;
export type ToneName = keyof typeof TONES;

/** One cycle of a tone as 16-bit samples. Every tone starts and ends at rest, so cycles join without a click. */
export function renderTone(shape: ToneShape): Int16Array {
  const on = Math.round((shape.onMs * SAMPLE_RATE_HZ) / 1_000);
  const off = Math.round((shape.offMs * SAMPLE_RATE_HZ) / 1_000);
  const samples = new Int16Array(on + off);
  for (let at = 0; at < on; at += 1) {
    const fade = Math.min(1, (at + 1) / FADE_SAMPLES, (on - at) / FADE_SAMPLES);
    let value = 0;
    for (const frequency of shape.frequenciesHz) value += Math.sin((2 * Math.PI * frequency * at) / SAMPLE_RATE_HZ);
    samples[at] = Math.round(value * fade * shape.amplitude);
  }
  return samples;
}
