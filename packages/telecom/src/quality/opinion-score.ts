/** What reaches the listener. */
export type Impairment = {
  /** 0 to 100. */
  readonly lossPercent: number;
  readonly jitterMs: number;
  /** Null when nobody has measured it. */
  readonly roundTripMs: number | null;
};

/** Transmission rating of a perfect narrow-band connection (G.107 default values). */
const BEST_RATING = 93.2;
/** Robustness of G.711 with packet-loss concealment (G.113 appendix I, table I.4). */
const CONCEALMENT_BPL = 25.1;
/** One packet, the listener's device and its playout, beside the network. */
const FIXED_DELAY_MS = 50;
/** A jitter buffer settles at about twice the mean jitter. */
const BUFFER_PER_JITTER = 2;
const NO_DELAY_IMPAIRMENT_MS = 100;

/**
 * Mean opinion score, 1 to 4.5, by the E-model (ITU-T G.107) for G.711 with concealment and random loss.
 * Whatever the inputs are, the answer is a number in that range.
 */
export function meanOpinionScore(impairment: Impairment): number {
  const loss = clamp(impairment.lossPercent, 0, 100);
  const jitter = clamp(impairment.jitterMs, 0, 10_000);
  const oneWay = clamp((impairment.roundTripMs ?? 0) / 2, 0, 10_000);
  const equipment = (95 * loss) / (loss + CONCEALMENT_BPL);
  const rating = BEST_RATING - equipment - delayImpairment(FIXED_DELAY_MS + oneWay + BUFFER_PER_JITTER * jitter);
  return clamp(scoreOf(rating), 1, 4.5);
}

/** G.107 annex A: opinion score of a rating. */
function scoreOf(rating: number): number {
  if (rating <= 0) return 1;
  if (rating >= 100) return 4.5;
  return 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
}

/** Idd of G.107 (7-27, 7-28) for a mouth-to-ear delay. */
function delayImpairment(delayMs: number): number {
  if (delayMs <= NO_DELAY_IMPAIRMENT_MS) return 0;
  const x = Math.log2(delayMs / NO_DELAY_IMPAIRMENT_MS);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

const clamp = (value: number, least: number, most: number): number => (Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : least);
