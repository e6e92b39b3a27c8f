/** What {@link levelDbov} says of digital silence. */
export const SILENCE_DBOV = -127;

/** Root-mean-square level of 16-bit samples in dBov: 0 is a full-scale square wave (RFC 6464 uses the same scale). */
export function levelDbov(samples: ArrayLike<number>): number {
  let energy = 0;
  for (let at = 0; at < samples.length; at += 1) energy += samples[at]! * samples[at]!;
  if (energy === 0) return SILENCE_DBOV;
  return Math.max(SILENCE_DBOV, 10 * Math.log10(energy / samples.length / (32_767 * 32_767)));
}
