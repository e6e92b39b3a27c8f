// Front door: types and pure functions.
export type { NewSupportNumber, NumberInvalid, SupportNumbers } from "./numbers.ports.ts";
export { numberInvalidWords, parseNumber, shownNumber } from "./number.rules.ts";
