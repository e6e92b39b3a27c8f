import type { LegEndCause, SwitchEvent } from "@ringdesk/contract/switch";
import type { LegId, Millis } from "@ringdesk/std";
import type { LegBook, LegEntry } from "./leg-book.ts";
import type { LegPlays } from "./leg-plays.ts";
import type { MediaPlane } from "./media-plane.types.ts";
import type { TrunkSide } from "./trunk/trunk.types.ts";

/** An incoming call that no server answers or rejects by then ends. */
export const INCOMING_LIMIT_MS = 60_000;
/** A browser leg without audio for this long ends (CALL-12). */
export const BROWSER_WITHOUT_AUDIO_LIMIT_MS = 60_000;
/** A SIP leg from which no RTP comes for this long ends, unless one side holds the other. */
export const RTP_TIMEOUT_MS = 30_000;
/** No leg lives longer, whatever the server does; the server ends calls after four hours (CALL-6). */
export const LONGEST_LEG_MS = (4 * 60 + 10) * 60_000;

export type LegRegistryOptions = {
  /** Given late: both sides need the registry's callbacks to be created. */
  readonly trunk: () => TrunkSide;
  readonly media: () => MediaPlane;
  /** Address that goes into SDP. */
  readonly advertised: string;
  readonly emit: (event: SwitchEvent) => void;
  /** Monotonic. */
  readonly now: () => Millis;
  readonly log: { readonly info: (fields: object, message: string) => void; readonly warn: (fields: object, message: string) => void };
};

export type Ending = {
  /** Closes media, tells the server, forgets the leg. The first end counts. */
  readonly ended: (leg: LegId, cause: LegEndCause, by: "peer" | "server" | "switch") => void;
  /** Ends a leg from our side, with the farewell that its kind and state ask for. */
  readonly hangUp: (entry: LegEntry, cause: LegEndCause, by: "server" | "switch") => void;
};

export function createEnding(book: LegBook, plays: LegPlays, { trunk, media, emit, log }: LegRegistryOptions): Ending {
  const ended: Ending["ended"] = (leg, cause, by) => {
    if (!book.remove(leg)) return;
    plays.forget(leg);
    const quality = media().closeLeg(leg);
    emit({ type: "leg.ended", leg, cause, by, quality });
  };
  return {
    ended,
    hangUp: (entry, cause, by) => {
      if (entry.kind === "sip") {
        const done = trunk().hangup(entry.leg, { cause, by });
        if (!done.ok) log.info({ leg: entry.leg, error: done.error.type }, "hanging up a leg that signalling no longer has");
      }
      // Signalling has told the end already; a browser leg has no signalling.
      ended(entry.leg, cause, by);
    },
  };
}
