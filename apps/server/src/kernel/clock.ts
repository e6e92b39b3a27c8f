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
    const arm = (): void => { timer = setTimeout(reached, Math.min(MAX_TIMER_MS, Math.max(0, due - now()))); };
    // A timer of Node may fire a moment early: who is woken before it is due would look at the clock and go to sleep for ever.
    const reached = (): void => (now() < due ? arm() : run());
    arm();
    return () => clearTimeout(timer);
  };
  return { now, at };
}
