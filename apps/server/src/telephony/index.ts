// Telephony: the only room that speaks with the switch. Other rooms know legs, bridges and recordings through these types.
export type {
  EventPosition, LegEndCause, LegEndedBy, LegEvent, LegLevels, LegQuality, PhoneAccount, PhoneAddress, Phones, PlayItem, SwitchSnapshot, SwitchState, Telephony,
} from "./telephony.ports.ts";
export type { TelephonyError } from "./telephony.errors.ts";
export { MAX_PHONE_ACCOUNTS } from "@ringdesk/contract/switch";
