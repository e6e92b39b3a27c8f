// What the bench of a large house says to its callers and desktops, each a process of its own, and what they answer.

/** Lines that somebody is to make a sound on: the switch's audio ports. */
export type LineAsk = { readonly port: number; readonly open: boolean };

export type CallersAsk =
  | { readonly do: "open"; readonly sipPort: number }
  /** Fills the queues in which calls wait, then keeps them full while calls come and go. */
  | { readonly do: "crowd" }
  | { readonly do: "call"; readonly queue: number }
  /** Ends the call that was asked for by `call`. */
  | { readonly do: "hang-up" }
  | { readonly do: "count" };
export type CallersTold =
  | { readonly told: "open" }
  /** So many calls wait as are to. */
  | { readonly told: "full" }
  | { readonly told: "gone" }
  | { readonly told: "count"; readonly events: number; readonly waiting: number; readonly refused: number; readonly lost: number };

/** Milliseconds from what made an offer possible until the server made it, by the server's clock in whole ones, and until a desktop had it. */
export type OfferTimes = { readonly madeMs: number; readonly arrivedMs: number };

export type DesktopsAsk =
  | { readonly do: "open"; readonly origin: string }
  /** Agents come and go where calls wait. */
  | { readonly do: "crowd" }
  /** Measures from now on. */
  | { readonly do: "measure" }
  | { readonly do: "count" };
export type DesktopsTold =
  | { readonly told: "open" }
  | {
    readonly told: "count"; readonly events: number;
    /** From a call's entry into its queue, and from an agent's becoming available. */
    readonly entries: readonly OfferTimes[]; readonly frees: readonly OfferTimes[];
    readonly messages: number; readonly bytes: number; readonly reads: number; readonly refused: number; readonly closed: number;
  };
