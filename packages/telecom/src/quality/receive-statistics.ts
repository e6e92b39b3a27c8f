const SAMPLES_PER_MS = 8;
/** RFC 3550 appendix A.1: larger jumps mean that the sender started anew. */
const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 100;
/** A change of transit time beyond this (5 s) is a new clock, not jitter. */
const MAX_TRANSIT_CHANGE = 40_000;
/** Recent loss is measured over the present and the previous window. */
const WINDOW_MS = 5_000;

export type ReceiveFigures = {
  readonly packets: number;
  readonly lost: number;
  readonly jitterMs: number;
  /** Loss since the first packet, 0 to 100. */
  readonly lossPercent: number;
  /** Loss within the last 5 to 10 s, 0 to 100. */
  readonly recentLossPercent: number;
};

/** Counts what arrives on one leg (RFC 3550 §6.4.1, appendix A.1, A.3, A.8). A new SSRC or a restarted sender adds up. */
export class ReceiveStatistics {
  #ssrc = -1;
  #received = 0;
  /** Expected packets of the streams that are over. */
  #expectedBefore = 0;
  #base = 0;
  #highest = 0;
  #transit = 0;
  #transitKnown = false;
  #jitter = 0;
  #windowAt = 0;
  #windowReceived = 0;
  #windowExpected = 0;
  #earlierReceived = 0;
  #earlierExpected = 0;

  /** The stream that was heard last; -1 before the first packet. */
  get ssrc(): number { return this.#ssrc; }
  /** Highest sequence number with its cycles, as a receiver report wants it. */
  get extendedHighest(): number { return this.#highest >>> 0; }
  get packets(): number { return this.#received; }
  /** In timestamp units, as a receiver report wants it. */
  get jitterUnits(): number { return Math.round(this.#jitter); }

  /**
   * Counts one packet. `steady` is false for packets whose timestamp does not follow the clock (telephone-event), which
   * count for loss and not for jitter.
   */
  count(ssrc: number, sequence: number, timestamp: number, nowMs: number, steady: boolean): void {
    if (ssrc !== this.#ssrc) this.#begin(ssrc, sequence);
    const step = ((sequence - this.#highest) << 16) >> 16;
    if (step > MAX_DROPOUT || step < -MAX_MISORDER) this.#begin(ssrc, sequence);
    else if (step > 0) this.#highest += step;
    this.#received += 1;
    if (nowMs - this.#windowAt >= WINDOW_MS) this.#turnWindow(nowMs);
    if (steady) this.#measureJitter(timestamp, nowMs);
  }

  figures(): ReceiveFigures {
    const expected = this.#expected();
    const lost = Math.max(0, expected - this.#received);
    const recentExpected = expected - this.#earlierExpected;
    const recentLost = Math.max(0, recentExpected - (this.#received - this.#earlierReceived));
    return {
      packets: this.#received,
      lost,
      jitterMs: this.#jitter / SAMPLES_PER_MS,
      lossPercent: expected === 0 ? 0 : (100 * lost) / expected,
      recentLossPercent: recentExpected <= 0 ? 0 : (100 * recentLost) / recentExpected,
    };
  }

  #expected(): number {
    return this.#ssrc === -1 ? 0 : this.#expectedBefore + this.#highest - this.#base + 1;
  }

  #begin(ssrc: number, sequence: number): void {
    this.#expectedBefore = this.#expected();
    this.#ssrc = ssrc;
    this.#base = sequence;
    this.#highest = sequence;
    this.#transitKnown = false;
  }

  #turnWindow(nowMs: number): void {
    this.#windowAt = nowMs;
    this.#earlierReceived = this.#windowReceived;
    this.#earlierExpected = this.#windowExpected;
    this.#windowReceived = this.#received;
    this.#windowExpected = this.#expected();
  }

  #measureJitter(timestamp: number, nowMs: number): void {
    const transit = Math.round(nowMs * SAMPLES_PER_MS - timestamp) | 0;
    const change = Math.abs((transit - this.#transit) | 0);
    if (this.#transitKnown && change < MAX_TRANSIT_CHANGE) this.#jitter += (change - this.#jitter) / 16;
    this.#transit = transit;
    this.#transitKnown = true;
  }
}
