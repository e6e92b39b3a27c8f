import type { Millis } from "@ringdesk/std";

/** Where time comes from. Everything that waits does so through `at`, so that a test can let hours pass at once. */
export interface Clock {
  /** Milliseconds since the Unix epoch. Never goes backwards within one process. */
  readonly now: () => Millis;
  /** Runs `run` once, at `due` or as soon after as possible; at once (asynchronously) when `due` has passed. Returns how to call it off. */
  readonly at: (due: Millis, run: () => void) => () => void;
}
