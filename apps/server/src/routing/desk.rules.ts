// What the status bar and the dialer widget of one agent show, put together from what the rooms know.
import type { CallView, Desk, OfferView } from "@ringdesk/contract/http";
import type { LeftCall, WaitingCall } from "../calls/index.ts";
import { shownNumber } from "../numbers/index.ts";
import type { DialerAccess, StatusView } from "../teams/index.ts";
import type { Offer } from "./offer.machine.ts";
import type { Fullness } from "./seat.rules.ts";

export type DeskParts = {
  readonly status: StatusView;
  readonly dialer: DialerAccess;
  /** Where the agent's calls ring. */
  readonly device: Desk["device"];
  /** The offer that rings, with its call. */
  readonly offer: { readonly offer: Offer; readonly call: WaitingCall } | null;
  readonly call: CallView | null;
  readonly lastCall: LeftCall | null;
  /** CAP-1, CAP-3: what leaves no room for a call. */
  readonly fullness: Fullness;
  /** One of those, once it is known with whom. */
  readonly openConversation: Desk["status"]["openConversation"];
  readonly capacity: Desk["capacity"];
};

const CROWDED = "Your open conversations fill your capacity. Mark one done to be offered calls.";
const FULL = "You have an open voice conversation. Mark it done to be offered calls.";

export function composeDesk(parts: DeskParts): Desk {
  const { status, call } = parts;
  const keptAway = status.value === "available" && parts.fullness !== null && call === null;
  const open = keptAway && parts.fullness === "voice" ? parts.openConversation : null;
  return {
    status: { value: status.value, since: status.since, subStatus: status.subStatus, why: status.why ?? (keptAway ? (parts.fullness === "total" ? CROWDED : fullWords(open)) : null), openConversation: open },
    dialer: dialerFor(parts.dialer, status),
    device: parts.device,
    capacity: parts.capacity,
    offer: parts.offer === null ? null : offerView(parts.offer.offer, parts.offer.call),
    call,
    lastCall: call === null ? parts.lastCall : null,
  };
}

function fullWords(open: Desk["status"]["openConversation"]): string {
  if (open === null) return FULL;
  const { customerName, customerNumber } = open;
  const who = customerName ?? (customerNumber === null ? "an unknown caller" : shownNumber(customerNumber));
  return `Your conversation with ${who} is still open. Mark it done to be offered calls.`;
}

/** CALL-1, TEAM-3: only available agents of a voice team call; the others see why they cannot. */
export function dialerFor(access: DialerAccess, status: Pick<StatusView, "value">): DialerAccess {
  if (!access.allowed || status.value === "available") return access;
  return { allowed: false, why: "Choose Available to call." };
}

const offerView = (offer: Offer, call: WaitingCall): OfferView => ({
  id: offer.id, callId: call.callId, caller: { number: call.from, customerId: call.customerId, name: call.customerName },
  supportNumber: call.supportNumber, supportNumberLabel: call.supportNumberLabel, queueName: call.queueName,
  enteredAt: call.enteredAt, ringsUntil: offer.ringsUntil, ivrPath: [...call.ivrPath], callback: call.callback,
});
