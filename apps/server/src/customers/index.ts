// Front door: types and pure functions.
export type { CustomerBelongings, CustomerFields, Customers, CustomerTraits } from "./customers.ports.ts";
export type { CursorInvalid, CustomerMissing, StoreAway } from "./customers.errors.ts";
export { cutPage, readCursor, type Place } from "./cursor.rules.ts";
export { storableText } from "./text.rules.ts";
