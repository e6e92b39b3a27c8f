import type { Millis } from "@ringdesk/std";
import type { Clock } from "./clock.ports.ts";

/** The longest span a Node timer can wait, in milliseconds; longer waits are made of several. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * The clock of the running system. It starts from the wall clock and goes on monotonically, so that a wall clock which is
 * set back or forward neither fires nor delays what waits. It is corrected at the next start of the process.
 */
export function createSystemClock(): Clock {
  const startedAt = Date.now() - performance.now();
  const now = (): Millis => Math.round(startedAt + performance.now()) as Millis;
  const at = (due: Millis, run: () => void): (() => void) => {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const left = due - now();
      timer = left > MAX_TIMER_MS ? setTimeout(arm, MAX_TIMER_MS) : setTimeout(run, Math.max(0, left));
    };
    arm();
    return () => clearTimeout(timer);
  };
  return { now, at };
}
