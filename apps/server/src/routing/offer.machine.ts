// One waiting call offered to one agent: it rings, then it is accepted, declined, missed or withdrawn - once.
import type { CallId, Millis, OfferId, Step, UserId } from "@ringdesk/std";

/** RTE-2: how long an offer rings, in milliseconds. */
export const RING_MS = 30_000;

export type Offer = { readonly id: OfferId; readonly call: CallId; readonly agent: UserId; readonly at: Millis; readonly ringsUntil: Millis };
export type OfferState = Offer & { readonly kind: "ringing" | "accepted" | "declined" | "missed" | "withdrawn" };
export type OfferEvent =
  | { readonly type: "agent.accepted" }
  | { readonly type: "agent.declined" }
  /** The agent's desktop has gone, or they are not available any more. */
  | { readonly type: "agent.left" }
  /** The caller hung up, or the call has moved to another queue. */
  | { readonly type: "call.left" }
  | { readonly type: "clock.reached"; readonly now: Millis };
export type OfferEffect =
  | { readonly do: "stop-ringing"; readonly offer: Offer; readonly result: "accepted" | "declined" | "missed" | "withdrawn" }
  | { readonly do: "assign"; readonly offer: Offer }
  /** The call waits again. */
  | { readonly do: "requeue"; readonly offer: Offer; readonly why: "declined" | "missed" | "withdrawn" }
  /** STAT-4. */
  | { readonly do: "make-unavailable"; readonly agent: UserId };

/** Total: late events change nothing. */
export function stepOffer(s: OfferState, e: OfferEvent): Step<OfferState, OfferEffect> {
  if (s.kind !== "ringing") return { state: s, effects: [] };
  const { kind: _, ...offer } = s;
  switch (e.type) {
    case "agent.accepted":
      return { state: { ...s, kind: "accepted" }, effects: [{ do: "stop-ringing", offer, result: "accepted" }, { do: "assign", offer }] };
    case "agent.declined":
      return { state: { ...s, kind: "declined" }, effects: [{ do: "stop-ringing", offer, result: "declined" }, { do: "requeue", offer, why: "declined" }] };
    case "agent.left":
      return { state: { ...s, kind: "withdrawn" }, effects: [{ do: "stop-ringing", offer, result: "withdrawn" }, { do: "requeue", offer, why: "withdrawn" }] };
    case "call.left": return { state: { ...s, kind: "withdrawn" }, effects: [{ do: "stop-ringing", offer, result: "withdrawn" }] };
    case "clock.reached":
      if (e.now < s.ringsUntil) return { state: s, effects: [] };
      return {
        state: { ...s, kind: "missed" },
        effects: [{ do: "stop-ringing", offer, result: "missed" }, { do: "make-unavailable", agent: s.agent }, { do: "requeue", offer, why: "missed" }],
      };
  }
}
