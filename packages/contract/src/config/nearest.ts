/** How many letters may be wrong before a name is no longer taken for a slip of the keys. */
const MAX_SLIPS = 3;

/** Levenshtein distance: single-letter insertions, deletions and replacements from `a` to `b`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The name that was probably meant, or null when none is close. `prefix` is what all names share. */
export function nearest<T extends string>(given: string, names: readonly T[], prefix: string): T | null {
  let best: T | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const slips = distance(given.toUpperCase(), name);
    // More than half of a short name wrong is another name.
    const most = Math.min(MAX_SLIPS, Math.floor((name.length - prefix.length) / 2));
    if (slips <= most && slips < least) [best, least] = [name, slips];
  }
  return best;
}
