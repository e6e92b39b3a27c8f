import { alawToLinear, ulawToLinear } from "../g711/index.ts";

/** What {@link levelDbov} says of digital silence. */
export const SILENCE_DBOV = -127;

/** Root-mean-square level of 16-bit samples in dBov: 0 is a full-scale square wave (RFC 6464 uses the same scale). */
export function levelDbov(samples: ArrayLike<number>): number {
  let energy = 0;
  for (let at = 0; at < samples.length; at += 1) energy += samples[at]! * samples[at]!;
  if (energy === 0) return SILENCE_DBOV;
  return Math.max(SILENCE_DBOV, 10 * Math.log10(energy / samples.length / (32_767 * 32_767)));
}

/** A byte of G.711 as the square of its sample. */
export const ulawEnergy = Float64Array.from(ulawToLinear, (sample) => sample * sample);
export const alawEnergy = Float64Array.from(alawToLinear, (sample) => sample * sample);

/** The level of what is said in an interval, gathered packet by packet. Allocates nothing. */
export class LevelGauge {
  #energy = 0;
  #samples = 0;

  /** Takes `bytes[start, end)`, of which `energies` is the table of their law. */
  add(bytes: Uint8Array, start: number, end: number, energies: Float64Array): void {
    let energy = 0;
    for (let at = start; at < end; at += 1) energy += energies[bytes[at]!]!;
    this.#energy += energy;
    this.#samples += end - start;
  }

  /** RMS in whole dBov of all that was taken since the last call; {@link SILENCE_DBOV} of nothing. */
  take(): number {
    const level = this.#energy === 0 ? SILENCE_DBOV : Math.max(SILENCE_DBOV, Math.round(10 * Math.log10(this.#energy / this.#samples / (32_767 * 32_767))));
    this.#energy = 0;
    this.#samples = 0;
    // Never −0, and never above full scale.
    return Math.min(0, level) + 0;
  }
}
