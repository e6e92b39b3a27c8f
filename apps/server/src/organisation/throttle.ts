import type { Clock } from "../kernel/index.ts";
import { failedAgain, throttleLimits, waitMs, type Failures } from "./throttle.rules.ts";

/** Keys remembered; beyond that the one that failed longest ago is forgotten. */
const MAX_KEYS = 20_000;

export interface Throttle {
  /** Counts a try as failed until `succeeded` says otherwise. Returns how long to wait first; 0: the try may be looked at. */
  readonly begin: (account: string, address: string) => number;
  readonly succeeded: (account: string, address: string) => void;
}

/** Slows down whoever guesses passwords (SEC-1). In memory: a restart forgives. */
export function createThrottle(clock: Clock): Throttle {
  const kept = new Map<string, Failures>();
  const keysOf = (account: string, address: string) => [
    { key: `both ${account} ${address}`, limit: throttleLimits["account-and-address"] },
    { key: `address ${address}`, limit: throttleLimits.address },
    { key: `account ${account}`, limit: throttleLimits.account },
  ];
  return {
    begin: (account, address) => {
      const now = clock.now();
      const keys = keysOf(account, address);
      const wait = Math.max(...keys.map(({ key, limit }) => waitMs(kept.get(key) ?? null, limit, now)));
      if (wait > 0) return wait;
      for (const { key } of keys) {
        const failures = failedAgain(kept.get(key) ?? null, now);
        kept.delete(key); // put at the end: the first key is the one that failed longest ago
        kept.set(key, failures);
      }
      for (const oldest of kept.keys()) {
        if (kept.size <= MAX_KEYS) break;
        kept.delete(oldest);
      }
      return 0;
    },
    succeeded: (account, address) => { for (const { key } of keysOf(account, address)) kept.delete(key); },
  };
}
