// Hold from our side: carries out what the machine of a leg decides.
import { err, ok, type LegId, type Result } from "@ringdesk/std";
import type { TrunkContext } from "./trunk-context.ts";
import { holdOfferFor, readAnswerFor, type Leg } from "./trunk-leg.ts";
import { saidHold, stepHold, type HoldEvent } from "./trunk.hold.ts";
import type { TrunkError } from "./trunk.types.ts";

/** Wants the leg on hold, or off it. A trunk that is not to be told of hold is told of its end all the same: it may have been. */
export function wishHold(context: TrunkContext, leg: LegId, hold: boolean): Result<void, TrunkError> {
  const entry = context.legs.get(leg);
  if (entry === undefined) return err({ type: "leg-unknown" });
  if (entry.state !== "up") return err({ type: "leg-wrong-state", state: entry.state });
  const tells = context.options.trunks().some(({ id, signalsHold }) => id === entry.trunk && signalsHold === true);
  if (tells || !hold) holdHappened(context, entry, { type: "wished", hold });
  return ok(undefined);
}

/** What the user agent says about the leg's offers. */
export function holdHappened({ feed, options }: TrunkContext, leg: Leg, event: HoldEvent, status: number | null = null): void {
  const { state, effects } = stepHold(leg.hold, event);
  leg.hold = state;
  for (const effect of effects) {
    switch (effect.do) {
      case "ask-turn":
        feed({ type: "want-turn", call: leg.leg, afterMs: effect.afterMs });
        break;
      case "offer": {
        const sdp = holdOfferFor(leg, effect.hold);
        if (sdp !== null) feed({ type: "offer-in-turn", call: leg.leg, sdp });
        break;
      }
      case "give-up":
        options.log.warn({ leg: leg.leg, trunk: leg.trunk, status }, effect.hold ? "the trunk does not take hold: the call goes on with music alone" : "the trunk does not take the end of hold");
        break;
    }
  }
}

/**
 * An offer of ours was answered: hold, resume, or only a refresh of the session. Some peers take the chance to change their
 * media. An answer that cannot be used changes nothing, but that a peer which accepts hold with it is believed to fall silent.
 */
export function reanswered(context: TrunkContext, leg: Leg, sdp: string | null, inTurn: boolean): void {
  const before = JSON.stringify(leg.media);
  const hold = saidHold(leg.hold, inTurn);
  const read = readAnswerFor(leg, sdp, hold);
  if (!read.ok && inTurn) {
    context.options.log.warn({ leg: leg.leg, trunk: leg.trunk, trouble: read.error }, "the answer to hold or resume cannot be used");
    if (leg.media?.heldByPeer === false) leg.media = { ...leg.media, direction: hold ? "sendonly" : "sendrecv" };
  }
  if (inTurn) holdHappened(context, leg, { type: "accepted" });
  if (leg.media !== null && JSON.stringify(leg.media) !== before) context.options.events.mediaChanged(leg.leg, leg.media);
}
