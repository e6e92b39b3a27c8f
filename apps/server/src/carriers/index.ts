// Carriers: where a number is reached. Types only; what acts leaves by wiring.ts.
export type { Carriers, HandsetLines } from "./carriers.ports.ts";
