import { SAMPLE_RATE_HZ } from "./rate.ts";

/** Energy of `samples` at one frequency: the squared magnitude of that DFT bin (Goertzel's recurrence). */
export function goertzelPower(samples: ArrayLike<number>, frequencyHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / SAMPLE_RATE_HZ);
  let previous = 0;
  let beforePrevious = 0;
  for (let at = 0; at < samples.length; at += 1) {
    const current = samples[at]! + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
  }
  return previous * previous + beforePrevious * beforePrevious - coefficient * previous * beforePrevious;
}

/** Peak amplitude of the sine at `frequencyHz` in `samples`, in sample units; exact when whole periods fit. */
export const toneAmplitude = (samples: ArrayLike<number>, frequencyHz: number): number =>
  samples.length === 0 ? 0 : (2 * Math.sqrt(Math.max(0, goertzelPower(samples, frequencyHz)))) / samples.length;
