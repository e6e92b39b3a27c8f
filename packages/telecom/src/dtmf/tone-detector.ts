import { COLUMN_FREQUENCIES, keyAt, ROW_FREQUENCIES } from "./keys.ts";

const SAMPLE_RATE_HZ = 8_000;
/** Window and step of the analysis: 25.6 ms every 12.75 ms, so that a 40 ms tone fills two windows. */
const WINDOW_SAMPLES = 205;
const STEP_SAMPLES = 102;
const WINDOWS_TO_BEGIN = 2;
const WINDOWS_TO_END = 2;
/** Quieter than this root-mean-square is not a tone (about −50 dBov). */
const LEAST_LEVEL = 100;
/** The Hamming window takes this share of the energy. */
const HAMMING_ENERGY = 0.4;
/** The two tones carry most of the energy: talk does not. */
const LEAST_PAIR_SHARE = 0.75;
const MOST_TWIST = 10 ** (10 / 10);
const LEAST_PEAK = 10 ** (6 / 10);
/** The second harmonic of the column is this much weaker in a real key. The row's may fall on a column (2 × 697 Hz). */
const LEAST_HARMONIC_RATIO = 16;

const coefficient = (frequencyHz: number): number => 2 * Math.cos((2 * Math.PI * frequencyHz) / SAMPLE_RATE_HZ);
const rowCoefficients = ROW_FREQUENCIES.map(coefficient);
const columnCoefficients = COLUMN_FREQUENCIES.map(coefficient);
const harmonicCoefficients = COLUMN_FREQUENCIES.map((frequency) => coefficient(2 * frequency));
const hamming = Float64Array.from({ length: WINDOW_SAMPLES }, (_, at) => 0.54 - 0.46 * Math.cos((2 * Math.PI * at) / (WINDOW_SAMPLES - 1)));
/** Power of a bin times this is the windowed energy of a pure tone on it. */
const BIN_GAIN = (2 * hamming.reduce((sum, w) => sum + w * w, 0)) / hamming.reduce((sum, w) => sum + w, 0) ** 2;

/** Hears keys in the audio itself (ITU-T Q.24): for peers that did not negotiate telephone-event. */
export class ToneDetector {
  readonly #held = new Float64Array(WINDOW_SAMPLES);
  readonly #windowed = new Float64Array(WINDOW_SAMPLES);
  readonly #rows = new Float64Array(4);
  readonly #columns = new Float64Array(4);
  #fill = 0;
  #seen = "";
  #seenWindows = 0;
  #pressed = "";
  #missed = 0;

  /** Feeds µ-law or A-law bytes through `toLinear`. Returns the key that began within them, or null. */
  hear(bytes: Uint8Array, start: number, end: number, toLinear: Int16Array): string | null {
    let begun: string | null = null;
    for (let at = start; at < end; at += 1) begun = this.#take(toLinear[bytes[at]!]!) ?? begun;
    return begun;
  }

  /** Feeds 16-bit samples. Returns the key that began within them, or null. */
  hearSamples(samples: Int16Array): string | null {
    let begun: string | null = null;
    for (let at = 0; at < samples.length; at += 1) begun = this.#take(samples[at]!) ?? begun;
    return begun;
  }

  #take(sample: number): string | null {
    this.#held[this.#fill] = sample;
    this.#fill += 1;
    if (this.#fill < WINDOW_SAMPLES) return null;
    const key = this.#judge(this.#analyse());
    this.#held.copyWithin(0, STEP_SAMPLES);
    this.#fill = WINDOW_SAMPLES - STEP_SAMPLES;
    return key;
  }

  #judge(key: string): string | null {
    this.#seenWindows = key !== "" && key === this.#seen ? this.#seenWindows + 1 : key === "" ? 0 : 1;
    this.#seen = key;
    if (this.#pressed !== "" && key !== this.#pressed) {
      this.#missed += 1;
      if (this.#missed >= WINDOWS_TO_END) this.#pressed = "";
    } else this.#missed = 0;
    if (key === "" || this.#seenWindows < WINDOWS_TO_BEGIN || key === this.#pressed) return null;
    this.#pressed = key;
    this.#missed = 0;
    return key;
  }

  /** The key in the held window, or the empty string. */
  #analyse(): string {
    let energy = 0;
    for (let at = 0; at < WINDOW_SAMPLES; at += 1) {
      const value = this.#held[at]! * hamming[at]!;
      this.#windowed[at] = value;
      energy += value * value;
    }
    if (energy < LEAST_LEVEL * LEAST_LEVEL * WINDOW_SAMPLES * HAMMING_ENERGY) return "";
    const row = this.#strongest(rowCoefficients, this.#rows);
    const column = this.#strongest(columnCoefficients, this.#columns);
    if (row === -1 || column === -1) return "";
    const low = this.#rows[row]!;
    const high = this.#columns[column]!;
    if (low > high * MOST_TWIST || high > low * MOST_TWIST) return "";
    if ((low + high) * BIN_GAIN < LEAST_PAIR_SHARE * energy) return "";
    if (this.#power(harmonicCoefficients[column]!) * LEAST_HARMONIC_RATIO > high) return "";
    return keyAt(row, column);
  }

  /** Index of the one frequency of a group that stands out, or -1. */
  #strongest(coefficients: readonly number[], powers: Float64Array): number {
    let best = 0;
    for (let at = 0; at < coefficients.length; at += 1) {
      powers[at] = this.#power(coefficients[at]!);
      if (powers[at]! > powers[best]!) best = at;
    }
    for (let at = 0; at < coefficients.length; at += 1) if (at !== best && powers[at]! * LEAST_PEAK > powers[best]!) return -1;
    return best;
  }

  #power(coefficientOfBin: number): number {
    let previous = 0;
    let beforePrevious = 0;
    for (let at = 0; at < WINDOW_SAMPLES; at += 1) {
      const current = this.#windowed[at]! + coefficientOfBin * previous - beforePrevious;
      beforePrevious = previous;
      previous = current;
    }
    return previous * previous + beforePrevious * beforePrevious - coefficientOfBin * previous * beforePrevious;
  }
}
