// Telephony: the only room that speaks with the switch. Other rooms know legs, bridges and recordings through these types.
export type {
  DialRequest, EventPosition, LegEndCause, LegEndedBy, LegEvent, LegHappening, LegOwner, LegQuality, OutboundRoutes, PlayItem,
  PlaySource, PositionStore, PositionStoreAway, RejectReason, SwitchSnapshot, SwitchState, Telephony, VirtualLegs,
} from "./telephony.ports.ts";
export type { TelephonyError } from "./telephony.errors.ts";
export { reconcile, type Reconciled } from "./reconcile.rules.ts";
