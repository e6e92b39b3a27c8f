import type { Millis } from "@ringdesk/std";
import type { Clock } from "./clock.ports.ts";

export interface FakeClock extends Clock {
  /** Lets time pass, firing what becomes due in order of time. Promises settle between two firings. */
  readonly advance: (ms: number) => Promise<void>;
  /** How many timers wait. */
  readonly armed: () => number;
}

/** Settles promise chains that wait for nothing but each other. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A clock that stands still until told otherwise. */
export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  let now = start as Millis;
  let made = 0;
  const waiting = new Map<number, { readonly due: Millis; readonly run: () => void }>();
  const next = (until: number): number | null => {
    let first: number | null = null;
    let firstDue = Infinity;
    for (const [id, timer] of waiting) {
      if (timer.due > until || timer.due >= firstDue) continue;
      first = id;
      firstDue = timer.due;
    }
    return first;
  };
  return {
    now: () => now,
    at: (due, run) => {
      made += 1;
      const id = made;
      waiting.set(id, { due, run });
      return () => { waiting.delete(id); };
    },
    advance: async (ms) => {
      const until = now + ms;
      await settle();
      for (let id = next(until); id !== null; id = next(until)) {
        const timer = waiting.get(id);
        waiting.delete(id);
        if (timer !== undefined) {
          now = Math.max(now, timer.due) as Millis;
          timer.run();
        }
        await settle();
      }
      now = until as Millis;
      await settle();
    },
    armed: () => waiting.size,
  };
}
