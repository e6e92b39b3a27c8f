/** Audio is concealed in blocks of 10 ms, as ITU-T G.711 appendix I does. */
export const BLOCK_SAMPLES = 80;

/** Pitch between 66 and 200 Hz. */
const LEAST_PITCH = 40;
const MOST_PITCH = 120;
/** Three of the longest pitch periods, and a quarter more to join them by. */
const HISTORY_SAMPLES = 390;
/** The pitch is looked for in the last 20 ms. */
const MATCH_SAMPLES = 160;
/** Full level for one block, then a fifth less with each, and silence after 60 ms. */
const FADE_AFTER_SAMPLES = BLOCK_SAMPLES;
const FADE_SAMPLES = 5 * BLOCK_SAMPLES;
/** More pitch periods are repeated as the loss goes on: one alone sounds like a buzzer. */
const MOST_PERIODS = 3;
/** A step where the repetition begins is evened out over 2 ms. */
const ONSET_SAMPLES = 16;
/** What arrives after a loss is faded in over a quarter of the pitch, and 4 ms more for each further lost block. */
const RECOVERY_STEP_SAMPLES = 32;

/**
 * Packet-loss concealment for G.711 in the manner of ITU-T G.711 appendix I: the last pitch periods are repeated, fading, and
 * what arrives afterwards is blended in. Without the look-ahead of the appendix, so that it delays nothing.
 */
export class Concealer {
  /** What was said last, concealed blocks included. */
  readonly #history = new Int16Array(HISTORY_SAMPLES);
  /** The history at the beginning of a loss: what is repeated. */
  readonly #repeated = new Float64Array(HISTORY_SAMPLES);
  readonly #tail = new Float64Array(MOST_PITCH);
  readonly #blend = new Float64Array(BLOCK_SAMPLES);
  #pitch = LEAST_PITCH;
  #periods = 1;
  #position = 0;
  /** Samples since the beginning of the loss; 0 when nothing is being concealed. */
  #lost = 0;
  #onset = 0;
  /** How much of `#blend` there is, and how much of it has been said. */
  #blended = 0;
  #blendedAt = 0;

  /** Nothing is left to repeat: {@link conceal} writes silence. */
  get faded(): boolean { return this.#lost >= FADE_AFTER_SAMPLES + FADE_SAMPLES; }
  get concealing(): boolean { return this.#lost > 0; }

  /** Takes a block that arrived, at `samples[at]`; the first after a loss is blended with its concealment, in place. */
  hear(samples: Int16Array, at: number): void {
    if (this.#lost > 0) this.#recover(samples, at);
    this.#remember(samples, at);
  }

  /** Writes a block in place of one that is missing at `samples[at]`. */
  conceal(samples: Int16Array, at: number): void {
    if (this.#lost === 0) this.#begin();
    else if (!this.faded && this.#periods < MOST_PERIODS) this.#repeatMore();
    if (this.faded) samples.fill(0, at, at + BLOCK_SAMPLES);
    else this.#write(samples, at);
    this.#lost += BLOCK_SAMPLES;
    this.#remember(samples, at);
  }

  /** Somebody else speaks from now on: nothing is repeated of what was said so far. */
  reset(): void {
    this.#history.fill(0);
    this.#lost = 0;
    this.#blended = 0;
  }

  #begin(): void {
    const history = this.#history;
    this.#pitch = pitchOf(history);
    this.#repeated.set(history);
    this.#tail.set(this.#repeated.subarray(HISTORY_SAMPLES - MOST_PITCH));
    this.#periods = 1;
    this.#position = 0;
    this.#joinEnds();
    // The next sample as a straight line has it.
    const expected = 2 * history[HISTORY_SAMPLES - 1]! - history[HISTORY_SAMPLES - 2]!;
    this.#onset = expected - this.#repeated[HISTORY_SAMPLES - this.#pitch]!;
    if (Math.abs(this.#onset) > 4_000) this.#onset = 0;
  }

  /** One more period is repeated from now on; the change is blended over the first quarter. */
  #repeatMore(): void {
    const quarter = this.#pitch >> 2;
    const before = this.#blend;
    const position = this.#position;
    for (let n = 0; n < quarter; n += 1) before[n] = this.#repeated[HISTORY_SAMPLES - this.#span + ((position + n) % this.#span)]!;
    this.#periods += 1;
    this.#position = position;
    this.#joinEnds();
    const start = HISTORY_SAMPLES - this.#span;
    for (let n = 0; n < quarter; n += 1) {
      const slot = start + ((position + n) % this.#span);
      const weight = (n + 1) / (quarter + 1);
      before[n] = before[n]! * (1 - weight) + this.#repeated[slot]! * weight;
    }
    this.#blended = quarter;
    this.#blendedAt = 0;
  }

  get #span(): number { return this.#pitch * this.#periods; }

  /** Makes the end of what is repeated lead into its beginning. */
  #joinEnds(): void {
    const quarter = this.#pitch >> 2;
    const beforeStart = HISTORY_SAMPLES - this.#span - quarter;
    for (let n = 0; n < quarter; n += 1) {
      const weight = (n + 1) / (quarter + 1);
      this.#repeated[HISTORY_SAMPLES - quarter + n] = this.#tail[MOST_PITCH - quarter + n]! * (1 - weight) + this.#repeated[beforeStart + n]! * weight;
    }
  }

  #next(): number {
    const value = this.#repeated[HISTORY_SAMPLES - this.#span + this.#position]!;
    this.#position += 1;
    if (this.#position >= this.#span) this.#position = 0;
    if (this.#blendedAt >= this.#blended) return value;
    this.#blendedAt += 1;
    return this.#blend[this.#blendedAt - 1]!;
  }

  #write(samples: Int16Array, at: number): void {
    for (let n = 0; n < BLOCK_SAMPLES; n += 1) {
      const sample = this.#lost + n;
      const onset = sample < ONSET_SAMPLES ? this.#onset * (1 - sample / ONSET_SAMPLES) : 0;
      samples[at + n] = clip((this.#next() + onset) * gainAfter(sample));
    }
  }

  #recover(samples: Int16Array, at: number): void {
    const lostBlocks = this.#lost / BLOCK_SAMPLES;
    const length = Math.min(BLOCK_SAMPLES, (this.#pitch >> 2) + RECOVERY_STEP_SAMPLES * (lostBlocks - 1));
    for (let n = 0; n < length; n += 1) {
      const weight = (n + 1) / (length + 1);
      const concealed = this.faded ? 0 : this.#next() * gainAfter(this.#lost + n);
      samples[at + n] = clip(concealed * (1 - weight) + samples[at + n]! * weight);
    }
    this.#lost = 0;
    this.#blended = 0;
  }

  #remember(samples: Int16Array, at: number): void {
    const history = this.#history;
    history.copyWithin(0, BLOCK_SAMPLES);
    for (let n = 0; n < BLOCK_SAMPLES; n += 1) history[HISTORY_SAMPLES - BLOCK_SAMPLES + n] = samples[at + n]!;
  }
}

/** The lag at which the last 20 ms look most like what was before them (normalised cross-correlation, every second sample). */
function pitchOf(history: Int16Array): number {
  let best = LEAST_PITCH;
  let bestMatch = Number.NEGATIVE_INFINITY;
  for (let lag = LEAST_PITCH; lag <= MOST_PITCH; lag += 1) {
    let product = 0;
    let energy = 1;
    for (let at = HISTORY_SAMPLES - MATCH_SAMPLES; at < HISTORY_SAMPLES; at += 2) {
      const before = history[at - lag]!;
      product += history[at]! * before;
      energy += before * before;
    }
    const match = product / Math.sqrt(energy);
    if (match > bestMatch) {
      bestMatch = match;
      best = lag;
    }
  }
  return best;
}

/** How loud a repetition is, so many samples after the loss began. */
const gainAfter = (sample: number): number => (sample < FADE_AFTER_SAMPLES ? 1 : Math.max(0, 1 - (sample - FADE_AFTER_SAMPLES) / FADE_SAMPLES));
const clip = (value: number): number => (value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : Math.round(value));
