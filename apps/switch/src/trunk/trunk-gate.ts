// Who may speak SIP to us, and how much (SEC-3). Asked before anything of a datagram or connection is read.
import type { Millis } from "@ringdesk/std";
import { createTokenBuckets, MAX_ALL_DATAGRAM_BURST, MAX_ALL_DATAGRAMS_PER_SECOND, MAX_DATAGRAM_BURST, MAX_DATAGRAMS_PER_SECOND, TokenBucket } from "./trunk.limits.ts";
import type { TrunkSources } from "./trunk.sources.ts";
import type { TrunkLog } from "./trunk.types.ts";

/** What was dropped, and what could not be sent, is logged at most this often. */
export const DROP_REPORT_INTERVAL_MS = 60_000;

export type TrunkGate = {
  /** The neighbour that the address belongs to; null for a stranger, who is counted. */
  readonly admit: (address: string) => string | null;
  /** False when the neighbour, or all of them together, have had their share for now; that is counted. */
  readonly mayPass: (peer: string) => boolean;
  /** Something could not be sent, by the system's word for it. */
  readonly failed: (code: string) => void;
  readonly counters: () => { readonly strangers: number; readonly throttled: number };
  readonly close: () => void;
};

export function createTrunkGate({ sources, now, log }: { readonly sources: TrunkSources; readonly now: () => Millis; readonly log: TrunkLog }): TrunkGate {
  const count = { strangers: 0, throttled: 0 };
  const reported = { strangers: 0, throttled: 0 };
  const failures = new Map<string, number>();
  const withinRate = createTokenBuckets(MAX_DATAGRAMS_PER_SECOND, MAX_DATAGRAM_BURST, now);
  const all = new TokenBucket(MAX_ALL_DATAGRAMS_PER_SECOND, MAX_ALL_DATAGRAM_BURST, now());
  const report = setInterval(() => {
    const strangers = count.strangers - reported.strangers;
    const throttled = count.throttled - reported.throttled;
    reported.strangers = count.strangers;
    reported.throttled = count.throttled;
    if (failures.size > 0) log.warn({ failures: Object.fromEntries(failures) }, "SIP messages could not be sent");
    failures.clear();
    if (strangers + throttled > 0) log.warn({ strangers, throttled }, "dropped SIP: unknown senders, trunks beyond their rate");
  }, DROP_REPORT_INTERVAL_MS);
  report.unref();
  return {
    admit: (address) => {
      const peer = sources.peerOf(address);
      if (peer === null) count.strangers++;
      return peer;
    },
    mayPass: (peer) => {
      const passes = withinRate(peer) && all.take(now());
      if (!passes) count.throttled++;
      return passes;
    },
    failed: (code) => void failures.set(code, (failures.get(code) ?? 0) + 1),
    counters: () => count,
    close: () => clearInterval(report),
  };
}

export const codeOf = (error: Error): string => ("code" in error ? String(error.code) : error.name);
