// One offer that rings at an agent's SIP phone. Pure: no clock, no I/O, never throws.
import type { Step } from "@ringdesk/std";
import type { LegEndCause } from "../telephony/index.ts";

export type PhoneRing = { readonly kind: "ringing" | "answered" | "over" };
export type PhoneRingEvent =
  | { readonly type: "phone.answered" }
  | { readonly type: "phone.ended"; readonly cause: LegEndCause }
  /** It was not rung at all. */
  | { readonly type: "phone.missing"; readonly why: "not-registered" | "service-away" | "refused" }
  /** The offer is over, or was accepted in the browser. */
  | { readonly type: "offer.over" }
  /** Whether the call that was answered here is the agent's now. */
  | { readonly type: "call.settled"; readonly ok: boolean };
export type PhoneRingEffect =
  | { readonly do: "accept" | "hang-up" }
  /** `trouble`: what the agent should know of the phone, in words; null when the phone did what its owner wanted. */
  | { readonly do: "decline"; readonly trouble: string | null };

type Move = Step<PhoneRing, PhoneRingEffect>;
const stay = (state: PhoneRing): Move => ({ state, effects: [] });
const over = (...effects: PhoneRingEffect[]): Move => ({ state: { kind: "over" }, effects });

/** Total: late events change nothing. From its answer on the leg's end is the call's business. */
export function stepPhoneRing(state: PhoneRing, event: PhoneRingEvent): Move {
  switch (state.kind) {
    case "ringing": return whileRinging(state, event);
    case "answered":
      if (event.type !== "call.settled") return stay(state);
      return event.ok ? over() : over({ do: "hang-up" });
    case "over": return stay(state);
  }
}

function whileRinging(state: PhoneRing, event: PhoneRingEvent): Move {
  switch (event.type) {
    case "phone.answered": return { state: { kind: "answered" }, effects: [{ do: "accept" }] };
    case "phone.ended": return over({ do: "decline", trouble: troubleOf[event.cause] });
    case "phone.missing": return over({ do: "decline", trouble: missingWords[event.why] });
    case "offer.over": return over({ do: "hang-up" });
    case "call.settled": return stay(state);
  }
}

const missingWords = {
  "not-registered": "Your phone is not registered.",
  "service-away": "The phone service was restarting when a call came for you.",
  "refused": "Your phone could not be called.",
} as const;

/** Null: somebody pressed a key, or the whole call is gone. */
const troubleOf: Readonly<Record<LegEndCause, string | null>> = {
  "busy": null, "declined": null, "rejected": null, "hangup": null, "cancelled": null, "switch-failed": null,
  "no-answer": "Your phone did not take a call.",
  "not-found": "Your phone does not know the name it was called by.",
  "not-allowed": "Your phone did not let a call in.",
  "unreachable": "Your phone could not be reached.",
  "no-common-codec": "Your phone does not speak G.711.",
  "media-timeout": "Your phone could not be reached.",
  "media-lost": "Your phone could not be reached.",
  "protocol-error": "Your phone answered in a way that could not be understood.",
  "limit-reached": "There was no room for a call to your phone.",
};
