import { err, ok, type CustomerId, type E164, type Result } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import { reach, type Database, type StoreAway } from "../platform/index.ts";
import { changeCustomer, findByNumber, insertCustomer, selectCustomer, selectCustomers } from "./customer.pg.ts";
import { customerPatterns } from "./customer.rules.ts";
import { cutPage, readCursor } from "./cursor.rules.ts";
import { storableText } from "./text.rules.ts";
import type { CustomerChange, Customers, Identified } from "./customers.ports.ts";

/** Two calls of one unknown number at the same moment: the slower one finds the customer of the faster. */
const IDENTIFY_ATTEMPTS = 3;

export function createCustomers(deps: { readonly db: Database; readonly clock: Clock }): Customers {
  const { db, clock } = deps;
  const made = (customerId: CustomerId): Identified => ({ customerId, name: null, openVoiceConversation: null, traits: { vip: false, language: null, tags: [], custom: {} } });

  const identify = async (number: E164 | null): Promise<Identified> => {
    for (let attempt = 0; attempt < IDENTIFY_ATTEMPTS; attempt += 1) {
      const known = number === null ? null : await findByNumber(db, number);
      if (known !== null) return known;
      const id = await insertCustomer(db, { name: null, numbers: number === null ? [] : [number], hiddenNumber: number === null, at: clock.now() });
      if (id !== null) return made(id);
    }
    // The number went from customer to customer each time we looked: somebody is merging them. A customer of its own is right then.
    const id = await insertCustomer(db, { name: null, numbers: [], at: clock.now() });
    return made(id as CustomerId);
  };
  const found = <T>(answer: Result<T | null, StoreAway>, id: CustomerId) =>
    !answer.ok ? answer : answer.value === null ? err({ type: "customer-missing" as const, id }) : ok(answer.value);

  return {
    identify: (number) => reach(() => identify(number)),
    get: async (id) => found(await reach(() => selectCustomer(db, id)), id),
    search: async (query) => {
      const after = readCursor(query.cursor);
      if (!after.ok) return after;
      const listed = await reach(() => selectCustomers(db, customerPatterns(query.search), after.value, query.limit + 1));
      if (!listed.ok) return listed;
      const page = cutPage(listed.value, query.limit, (l) => l.place);
      return ok({ items: page.rows.map((l) => l.customer), nextCursor: page.nextCursor });
    },
    update: async (id, change) => found(await reach(() => changeCustomer(db, id, storable(change))), id),
  };
}

const storable = (change: CustomerChange): CustomerChange => (typeof change.name === "string" ? { ...change, name: storableText(change.name).trim() } : change);
