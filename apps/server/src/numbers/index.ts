// Front door: types and pure functions.
export type { NewSupportNumber, NumberInvalid, SupportNumbers } from "./numbers.ports.ts";
export { textsOf } from "./number-change.rules.ts";
export { numberInvalidWords, parseNumber, readNumber, shownNumber } from "./number.rules.ts";
