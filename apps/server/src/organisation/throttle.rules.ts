import type { Millis } from "@ringdesk/std";

/** What is remembered of failed tries under one key. */
export interface Failures { readonly count: number; readonly lastAt: Millis }
/** How many tries cost nothing, and how long the wait grows at most. */
export interface ThrottleLimit { readonly free: number; readonly maxWaitMs: number }

/**
 * One browser at one account gets little, a whole address more, and an account from everywhere more as well, so that a
 * stranger can slow down but never shut out its owner.
 */
export const throttleLimits = {
  "account-and-address": { free: 5, maxWaitMs: 900_000 },
  address: { free: 20, maxWaitMs: 900_000 },
  account: { free: 20, maxWaitMs: 60_000 },
} as const satisfies Record<string, ThrottleLimit>;

const FIRST_WAIT_MS = 1_000;
/** Failures are forgotten after this long without another. */
export const FORGOTTEN_AFTER_MS = 86_400_000;

/** How long until the next try is looked at; 0: now. The wait doubles with each failure. */
export function waitMs(failures: Failures | null, limit: ThrottleLimit, now: Millis): number {
  if (failures === null || now - failures.lastAt >= FORGOTTEN_AFTER_MS || failures.count < limit.free) return 0;
  const wait = Math.min(limit.maxWaitMs, FIRST_WAIT_MS * 2 ** (failures.count - limit.free));
  return Math.max(0, failures.lastAt + wait - now);
}

/** One more failure. */
export function failedAgain(failures: Failures | null, now: Millis): Failures {
  const count = failures === null || now - failures.lastAt >= FORGOTTEN_AFTER_MS ? 1 : failures.count + 1;
  return { count, lastAt: now };
}
