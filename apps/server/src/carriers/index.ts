// Front door: types only.
export type {
  CarrierRoute, Carriers, HandsetEndCause, HandsetLegEvent, HandsetLines, Handsets, LegRefused,
} from "./carriers.ports.ts";
export type { HandsetError } from "./carriers.errors.ts";
