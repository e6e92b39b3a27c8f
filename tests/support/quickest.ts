// How long work takes by itself, on a machine that others use too.
const TRIES = 5;

/** Milliseconds of the quickest of a few runs: what interrupts the others is not the work's. */
export function quickestMs(work: () => unknown): number {
  let quickest = Infinity;
  for (let left = TRIES; left > 0; left--) {
    const startedAt = performance.now();
    work();
    quickest = Math.min(quickest, performance.now() - startedAt);
  }
  return quickest;
}
