import type { LiveTopic, LiveUpdate } from "@ringdesk/contract/live";
import type { CustomerId, UserId } from "@ringdesk/std";

/** Whom an update is for. */
export type Audience =
  | { readonly to: "all" }
  | { readonly to: "user"; readonly user: UserId }
  | { readonly to: "customer"; readonly customer: CustomerId }
  | { readonly to: "handset"; readonly handset: string }
  | { readonly to: "topic"; readonly topic: LiveTopic };

export interface LoggedUpdate { readonly seq: number; readonly audience: Audience; readonly update: LiveUpdate }

export interface UpdateLog {
  /** The number of the latest update. */
  readonly seq: () => number;
  /** A number for an update that is not kept, because the state it tells is told anew to whoever connects. */
  readonly pass: () => number;
  readonly keep: (audience: Audience, update: LiveUpdate) => number;
  /** Whether everything after `seq` is still known. */
  readonly covers: (seq: number) => boolean;
  /** What was kept after `seq`, oldest first. */
  readonly since: (seq: number) => readonly LoggedUpdate[];
}

/** The last `limit` updates that a browser which reconnects may have missed. */
export function createUpdateLog(limit: number): UpdateLog {
  const ring: LoggedUpdate[] = [];
  let kept = 0;
  let seq = 0;
  let forgottenUpTo = 0;
  return {
    seq: () => seq,
    pass: () => (seq += 1),
    keep: (audience, update) => {
      seq += 1;
      forgottenUpTo = ring[kept % limit]?.seq ?? forgottenUpTo;
      ring[kept % limit] = { seq, audience, update };
      kept += 1;
      return seq;
    },
    covers: (since) => since >= forgottenUpTo && since <= seq,
    since: (since) => {
      const found: LoggedUpdate[] = [];
      for (let index = kept - 1; index >= 0 && index >= kept - limit; index -= 1) {
        const entry = ring[index % limit];
        if (entry === undefined || entry.seq <= since) break;
        found.push(entry);
      }
      return found.reverse();
    },
  };
}
