// Customers over a database, without the rest of the house.
import { err, ok, type E164 } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import type { Database } from "../platform/index.ts";
import type { Customers, CustomersDeps } from "./customers.ports.ts";
import { createCustomers } from "./customers.service.ts";

/** Numbers are understood when they are E.164. What is not given does nothing. */
export const customersOver = (db: Database, clock: Clock, others: Partial<CustomersDeps> = {}): Customers => createCustomers({
  db, clock, audit: { record: () => Promise.resolve() }, fields: { all: () => [] }, belongings: [], changed: () => undefined,
  readNumber: (text) => (/^\+[1-9]\d{1,14}$/.test(text) ? ok(text as E164) : err("That is not a phone number.")), ...others,
});
