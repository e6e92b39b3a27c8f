import { addMs, ok, type LegId, type Result } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import type { ReadNumber } from "./switch-words.rules.ts";
import type { TelephonyError } from "./telephony.errors.ts";
import type { DialRequest, LegEndCause, LegHappening, OutboundRoutes, RejectReason, VirtualLegs } from "./telephony.ports.ts";

/** Name of the trunk that a handset's call arrives over. */
export const SANDBOX_TRUNK = "sandbox";

/** What happens to a handset's leg apart from the switch, which only knows it as a browser's. */
export type HandsetLegs = VirtualLegs & {
  readonly ringHandset: (handset: string, request: DialRequest) => Result<void, TelephonyError>;
  /** The house rejects a call; of a handset it is remembered why, which the switch does not tell of a browser's leg. */
  readonly rejected: (leg: LegId, reason: RejectReason) => void;
  /** The house has answered a call of a handset. */
  readonly answered: (leg: LegId) => void;
  /** The house hangs up. True when the leg was only ringing, so that the switch need not know. */
  readonly hungUp: (leg: LegId) => boolean;
  /** Legs of handsets that ring: the switch does not hold them yet. */
  readonly ringing: () => Iterable<LegId>;
  /** Puts the true words in the place of the switch's, where the handset ended the leg or its call was rejected. */
  readonly reword: (happening: LegHappening) => LegHappening;
};

export type HandsetLegsOptions = {
  readonly clock: Clock;
  readonly routes: OutboundRoutes;
  readonly readNumber: ReadNumber;
  readonly emit: (happening: LegHappening) => void;
  /** Ends the browser leg on the switch, if there is one. Resolves when its end has been told, or cannot be. */
  readonly endOnSwitch: (leg: LegId) => Promise<unknown>;
};

type Ended = Extract<LegHappening, { type: "ended" }>;
const causeOfReject: Readonly<Record<RejectReason, LegEndCause>> = {
  "not-found": "not-found", "busy": "busy", "declined": "declined", "unavailable": "unreachable", "not-allowed": "not-allowed",
};

export function createHandsetLegs({ clock, routes, readNumber, emit, endOnSwitch }: HandsetLegsOptions): HandsetLegs {
  const ringing = new Map<LegId, { readonly handset: string; readonly stopTimer: () => void }>();
  /** Calls of handsets that the house has not answered. */
  const unanswered = new Set<LegId>();
  const trueEnds = new Map<LegId, Pick<Ended, "cause" | "by">>();
  const stopRinging = (leg: LegId): string | null => {
    const it = ringing.get(leg);
    if (it === undefined) return null;
    it.stopTimer();
    ringing.delete(leg);
    return it.handset;
  };
  const ended = (leg: LegId, cause: LegEndCause, by: "peer" | "server" | "switch"): void => emit({ type: "ended", leg, cause, by, quality: null });
  return {
    ringing: () => ringing.keys(),
    ringHandset: (handset, { leg, from, fromName, ringTimeoutMs }) => {
      if (ringing.has(leg)) return ok(undefined);
      if (!routes.ringHandset(handset, { leg, from, fromName: fromName ?? null })) {
        ended(leg, "busy", "peer");
        return ok(undefined);
      }
      const stopTimer = clock.at(addMs(clock.now(), ringTimeoutMs), () => {
        stopRinging(leg);
        routes.stopRinging(handset, leg);
        ended(leg, "no-answer", "switch");
      });
      ringing.set(leg, { handset, stopTimer });
      emit({ type: "ringing", leg });
      return ok(undefined);
    },
    virtualIncoming: ({ leg, from, fromName, to }) => {
      unanswered.add(leg);
      emit({ type: "incoming", leg, from, fromName, to: readNumber(to), dialled: to, trunk: SANDBOX_TRUNK });
    },
    rejected: (leg, reason) => {
      if (unanswered.has(leg)) trueEnds.set(leg, { cause: causeOfReject[reason], by: "server" });
    },
    answered: (leg) => {
      if (unanswered.delete(leg)) emit({ type: "answered", leg });
    },
    virtualAnswered: (leg) => {
      if (stopRinging(leg) === null) return false;
      emit({ type: "answered", leg });
      return true;
    },
    virtualEnded: (leg, cause) => {
      if (stopRinging(leg) !== null) ended(leg, cause, "peer");
      else trueEnds.set(leg, { cause, by: "peer" });
      void endOnSwitch(leg).then(() => trueEnds.delete(leg));
    },
    hungUp: (leg) => {
      const handset = stopRinging(leg);
      if (handset === null) return false;
      routes.stopRinging(handset, leg);
      ended(leg, "hangup", "server");
      return true;
    },
    reword: (happening) => {
      if (happening.type !== "ended") return happening;
      unanswered.delete(happening.leg);
      const words = trueEnds.get(happening.leg);
      if (words === undefined) return happening;
      trueEnds.delete(happening.leg);
      return { ...happening, ...words };
    },
  };
}
