// Front door: types and pure functions.
export type { NewSupportNumber, NumberInvalid, SupportNumbers } from "./numbers.ports.ts";
export { formatNumber, numberInvalidWords, parseNumber } from "./number.rules.ts";
