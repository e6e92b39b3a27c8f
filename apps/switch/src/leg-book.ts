import type { LegId } from "@ringdesk/std";

/** Ids of legs that are over, kept so that a late or repeated command about one does nothing. */
export const MAX_REMEMBERED_ENDED_LEGS = 10_000;

type Common = { readonly leg: LegId; readonly direction: "in" | "out"; /** What the server said last. */ onHold: boolean };
/** A call over a trunk. `incoming` waits for answer or reject. */
export type SipLeg = Common & {
  readonly kind: "sip";
  state: "incoming" | "dialling" | "ringing" | "up";
  /** The local RTP port; null while it is being opened. */
  port: number | null;
  heldByPeer: boolean;
  /** One side holds the other: the peer need not send anything. */
  mayBeSilent: boolean;
  /** For the RTP timeout: packets received when they last changed, and when that was. */
  packets: number;
  packetsAt: number;
};
export type BrowserLeg = Common & { readonly kind: "browser"; state: "connecting" | "up" | "media-lost" };
export type LegEntry = SipLeg | BrowserLeg;

/** The legs of the switch by id, and the timers that each may have. */
export type LegBook = {
  readonly get: (leg: LegId) => LegEntry | undefined;
  readonly sip: (leg: LegId) => SipLeg | undefined;
  readonly add: (entry: LegEntry) => void;
  /** True when the leg was there. Its timers stop. */
  readonly remove: (leg: LegId) => boolean;
  /** Removes a leg that never came to be: its id may be used again. */
  readonly discard: (leg: LegId) => void;
  readonly hasEnded: (leg: LegId) => boolean;
  readonly all: () => IterableIterator<LegEntry>;
  readonly size: () => number;
  /** Replaces the leg's timer of that name; `ms` null only stops it. */
  readonly arm: (leg: LegId, name: "waiting" | "longest", ms: number | null, run: () => void) => void;
};

export function createLegBook(): LegBook {
  const legs = new Map<LegId, LegEntry>();
  const ended = new Set<LegId>();
  const timers = new Map<string, NodeJS.Timeout>();
  const stop = (key: string): void => {
    clearTimeout(timers.get(key));
    timers.delete(key);
  };
  const stopAll = (leg: LegId): void => {
    stop(`waiting ${leg}`);
    stop(`longest ${leg}`);
  };
  const get = (leg: LegId): LegEntry | undefined => legs.get(leg);
  return {
    get,
    sip: (leg) => {
      const entry = get(leg);
      return entry?.kind === "sip" ? entry : undefined;
    },
    add: (entry) => void legs.set(entry.leg, entry),
    discard: (leg) => {
      stopAll(leg);
      legs.delete(leg);
    },
    remove: (leg) => {
      stopAll(leg);
      if (!legs.delete(leg)) return false;
      ended.add(leg);
      const oldest = ended.values().next();
      if (ended.size > MAX_REMEMBERED_ENDED_LEGS && oldest.done !== true) ended.delete(oldest.value);
      return true;
    },
    hasEnded: (leg) => ended.has(leg),
    all: () => legs.values(),
    size: () => legs.size,
    arm: (leg, name, ms, run) => {
      const key = `${name} ${leg}`;
      stop(key);
      if (ms !== null && legs.has(leg)) timers.set(key, setTimeout(() => { timers.delete(key); run(); }, ms));
    },
  };
}
