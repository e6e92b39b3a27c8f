/**
 * Which events are persisted, seen as the one number that may be acknowledged: the last before the first that is not.
 * Numbers begin in order and finish in any order.
 */
export type AckLine = {
  readonly begin: (seq: number) => void;
  readonly finish: (seq: number) => void;
  /** All events up to this number are persisted. */
  readonly upTo: () => number;
};

/** `persisted`: everything up to this number is persisted already. */
export function createAckLine(persisted: number): AckLine {
  // In the order in which the numbers began; a Set keeps it.
  const open = new Set<number>();
  let begun = persisted;
  return {
    begin: (seq) => {
      begun = seq;
      open.add(seq);
    },
    finish: (seq) => void open.delete(seq),
    upTo: () => {
      const first = open.values().next();
      return first.done === true ? begun : first.value - 1;
    },
  };
}
