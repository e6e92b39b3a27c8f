// Front door: types and pure functions.
export type {
  CarrierRoute, Carriers, HandsetEndCause, HandsetError, HandsetLegEvent, HandsetLines, Handsets, LegRefused,
} from "./carriers.ports.ts";
