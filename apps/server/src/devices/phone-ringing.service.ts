// Rings the SIP phones of agents with their offers. Nothing here decides: phone-ring.machine.ts does.
import type { LegId, OfferId, UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import { newId } from "../kernel/index.ts";
import type { LegEvent, Telephony, TelephonyError } from "../telephony/index.ts";
import type { Devices, OfferAnswers, PhoneRinging, RingingOffer } from "./devices.ports.ts";
import { stepPhoneRing, type PhoneRing, type PhoneRingEffect, type PhoneRingEvent } from "./phone-ring.machine.ts";

/** An offer ends earlier, by itself (RTE-2); the switch gives up after this when it is not told. */
const RING_LIMIT_MS = 40_000;

export type PhoneRingingDeps = {
  readonly telephony: Pick<Telephony, "phones" | "hangup" | "observe">;
  readonly devices: Pick<Devices, "phoneOf">;
  readonly answers: OfferAnswers;
  /** What went wrong with an agent's phone; null when it rang or was answered as it should. */
  readonly trouble: (user: UserId, text: string | null) => void;
  readonly log: Logger;
};

type Ring = { readonly offer: RingingOffer; readonly leg: LegId; state: PhoneRing };

export function createPhoneRinging(deps: PhoneRingingDeps): PhoneRinging {
  const rings = new Map<OfferId, Ring>();
  const byLeg = new Map<LegId, Ring>();

  const feed = (ring: Ring, event: PhoneRingEvent): void => {
    const { state, effects } = stepPhoneRing(ring.state, event);
    ring.state = state;
    if (state.kind === "over") {
      rings.delete(ring.offer.id);
      byLeg.delete(ring.leg);
    }
    for (const effect of effects) perform(ring, effect);
  };
  const perform = (ring: Ring, effect: PhoneRingEffect): void => {
    const { offer, leg } = ring;
    switch (effect.do) {
      case "accept":
        deps.trouble(offer.agent, null);
        void deps.answers.accept(offer.id, offer.agent).then((accepted) => feed(ring, { type: "call.settled", ok: accepted.ok }));
        return;
      case "decline":
        if (effect.trouble !== null) deps.trouble(offer.agent, effect.trouble);
        return deps.answers.decline(offer.id, offer.agent);
      case "hang-up":
        void deps.telephony.hangup(leg).then((done) => {
          if (!done.ok && done.error.type !== "leg-gone") deps.log.warn({ leg, error: done.error.type }, "an agent's phone could not be silenced");
        });
    }
  };
  deps.telephony.observe((event) => {
    const ring = "leg" in event ? byLeg.get(event.leg) : undefined;
    const happened = ring === undefined ? null : ringEvent(event);
    if (ring !== undefined && happened !== null) feed(ring, happened);
  });

  return {
    ring: (offer, { from, name, supportNumber }) => {
      const phone = deps.devices.phoneOf(offer.agent);
      if (phone === null) return;
      const ring: Ring = { offer, leg: newId<LegId>(), state: { kind: "ringing" } };
      rings.set(offer.id, ring);
      byLeg.set(ring.leg, ring);
      const call = { leg: ring.leg, phone, from: from ?? supportNumber, fromName: name, withheld: from === null, ringTimeoutMs: RING_LIMIT_MS };
      void deps.telephony.phones.dial(call).then((done) => {
        if (!done.ok) feed(ring, { type: "phone.missing", why: whyMissing(done.error) });
      });
    },
    silence: (offer) => {
      const ring = rings.get(offer);
      if (ring !== undefined) feed(ring, { type: "offer.over" });
    },
    legOf: (offer) => {
      const ring = rings.get(offer);
      return ring?.state.kind === "answered" ? ring.leg : null;
    },
  };
}

function ringEvent(event: LegEvent): PhoneRingEvent | null {
  if (event.type === "answered") return { type: "phone.answered" };
  return event.type === "ended" ? { type: "phone.ended", cause: event.cause } : null;
}

function whyMissing({ type }: TelephonyError): Extract<PhoneRingEvent, { readonly type: "phone.missing" }>["why"] {
  if (type === "no-route") return "not-registered";
  return type === "switch-away" || type === "switch-silent" ? "service-away" : "refused";
}
