/** Spread is counted in buckets of 10 ms; the last takes all above. */
const BUCKET_MS = 10;
const BUCKETS = 30;
/** This share of the packets is to be in time. */
const IN_TIME = 0.99;
/** After so many packets (some 20 s) all counts are halved: the network of a minute ago matters little. */
const MOST_COUNTED = 1_000;
/** Before so many packets were seen, the network is taken to be no better than this. */
const FIRST_PACKETS = 50;
const FIRST_SPREAD_MS = 40;
/** The mean is over the last hundred packets or so. */
const MEAN_SHARE = 0.01;
/** The fastest packet is looked for in the present and the previous window. */
const WINDOW_MS = 4_000;

/** How much longer than the fastest packets the others travel: what a jitter buffer has to wait for. */
export class DelayEstimate {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;
  #seen = 0;
  #windowAt = 0;
  #fastest = Number.POSITIVE_INFINITY;
  #fastestBefore = Number.POSITIVE_INFINITY;
  #spread = FIRST_SPREAD_MS;
  #mean = 0;

  /** Transit of the fastest recent packet, on the scale of {@link arrived}. */
  get fastestMs(): number { return Math.min(this.#fastest, this.#fastestBefore); }
  /** How long after the fastest all but one in a hundred arrive. */
  get spreadMs(): number { return this.#seen < FIRST_PACKETS ? Math.max(FIRST_SPREAD_MS, this.#spread) : this.#spread; }

  /** How long after the fastest the packets arrive on average. */
  get meanMs(): number { return this.#mean; }

  /** Another scale from now on (a new stream); what is known of the spread stays. */
  begin(transitMs: number, nowMs: number): void {
    this.#windowAt = nowMs;
    this.#fastest = transitMs;
    this.#fastestBefore = Number.POSITIVE_INFINITY;
  }

  /** A packet came: its arrival minus where it stands in the stream, in milliseconds; only differences matter. */
  arrived(transitMs: number, nowMs: number): void {
    if (nowMs - this.#windowAt >= WINDOW_MS) {
      this.#windowAt = nowMs;
      this.#fastestBefore = this.#fastest;
      this.#fastest = transitMs;
    } else if (transitMs < this.#fastest) this.#fastest = transitMs;
    const behindMs = transitMs - this.fastestMs;
    this.#mean += (Math.min(behindMs, BUCKETS * BUCKET_MS) - this.#mean) * Math.max(MEAN_SHARE, 1 / (this.#seen + 1));
    const bucket = Math.min(BUCKETS - 1, Math.floor(behindMs / BUCKET_MS));
    this.#counts[bucket]! += 1;
    this.#total += 1;
    this.#seen += 1;
    if (this.#total >= MOST_COUNTED) this.#halve();
    this.#spread = this.#quantile();
  }

  #halve(): void {
    this.#total = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      this.#counts[bucket]! >>>= 1;
      this.#total += this.#counts[bucket]!;
    }
  }

  #quantile(): number {
    let rest = this.#total * (1 - IN_TIME);
    for (let bucket = BUCKETS - 1; bucket > 0; bucket -= 1) {
      rest -= this.#counts[bucket]!;
      if (rest < 0) return (bucket + 1) * BUCKET_MS;
    }
    return BUCKET_MS;
  }
}
