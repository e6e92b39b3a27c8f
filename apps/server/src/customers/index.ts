// Front door: types only.
export type { Customers, CustomerChange, CustomerPage, CustomerSearch, CursorInvalid, Identified } from "./customers.ports.ts";
export type { CustomerMissing, StoreAway } from "./customers.errors.ts";
