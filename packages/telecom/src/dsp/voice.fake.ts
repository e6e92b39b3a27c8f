// Something like a voice, for tests: a gliding pitch with harmonics under two formants, in syllables. Always the same. And a
// measure of how far two sounds are apart for an ear, which hears spectra and not wave forms.
import { goertzelPower } from "./goertzel.ts";

const RATE_HZ = 8_000;

export function voice(length: number): Int16Array {
  let phase = 0;
  return Int16Array.from({ length }, (_, at) => {
    const seconds = at / RATE_HZ;
    const pitchHz = 118 + 14 * Math.sin(2 * Math.PI * 1.3 * seconds) + 6 * Math.sin(2 * Math.PI * 0.31 * seconds);
    phase += (2 * Math.PI * pitchHz) / RATE_HZ;
    const formants = [500 + 180 * Math.sin(2 * Math.PI * 2.1 * seconds), 1_500 + 400 * Math.sin(2 * Math.PI * 1.7 * seconds)];
    let value = 0;
    for (let harmonic = 1; harmonic * pitchHz < 3_400; harmonic += 1) {
      const hz = harmonic * pitchHz;
      const gain = formants.reduce((sum, formant) => sum + 1 / (1 + ((hz - formant) / 120) ** 2), 0.02);
      value += gain * Math.sin(harmonic * phase + harmonic * harmonic);
    }
    const syllable = 0.15 + 0.85 * Math.abs(Math.sin(2 * Math.PI * 1.9 * seconds));
    return Math.round(2_600 * syllable * value);
  });
}

const BAND_EDGES_HZ = [200, 400, 600, 850, 1_150, 1_500, 1_950, 2_500, 3_300];
const BAND_STEP_HZ = 100;
/** Levels below this (about −55 dBov) are all the same silence. */
const FLOOR_POWER = 60 ** 2;

/** Mean difference of the levels in eight bands of the telephone's range, in dB, over 20 ms at `at` in both. */
export function bandDistanceDb(a: Int16Array, b: Int16Array, at: number): number {
  const levels = (samples: Int16Array): number[] => {
    const window = samples.subarray(at, at + 160);
    return BAND_EDGES_HZ.slice(1).map((edge, band) => {
      let power = FLOOR_POWER;
      for (let hz = BAND_EDGES_HZ[band]!; hz < edge; hz += BAND_STEP_HZ) power += (2 * goertzelPower(window, hz)) / (160 * 160);
      return 10 * Math.log10(power);
    });
  };
  const other = levels(b);
  return levels(a).reduce((sum, level, band) => sum + Math.abs(level - other[band]!), 0) / other.length;
}
