import { err, invariant, ok, type CustomerId, type E164, type Result, type UserId } from "@ringdesk/std";
import type { Customer } from "@ringdesk/contract/http";
import { inTransaction, reach, unlessTaken, type Database, type StoreAway } from "../platform/index.ts";
import { changeDetails, deleteCustomer, findByNumber, insertCustomer, insertDetails, lockCustomer, ownerOfNumber, selectCustomer, selectCustomers, selectTags } from "./customer.pg.ts";
import { customerPatterns } from "./customer.rules.ts";
import { cutPage, readCursor } from "./cursor.rules.ts";
import { cleanDetails, type GivenNumber } from "./details.rules.ts";
import type { CustomerMissing, CustomerOnCall, NumberTaken } from "./customers.errors.ts";
import type { Customers, CustomersDeps, Identified } from "./customers.ports.ts";
import { gaveWay, giveWay } from "./merge.pg.ts";
import { createMerge } from "./merge.service.ts";

/** Two calls of one unknown number at the same moment: the slower one finds the customer of the faster. */
const IDENTIFY_ATTEMPTS = 3;

export function createCustomers(deps: CustomersDeps): Customers {
  const { db } = deps;
  const found = <T>(answer: Result<T | null, StoreAway>, id: CustomerId) =>
    !answer.ok ? answer : answer.value === null ? err({ type: "customer-missing" as const, id }) : ok(answer.value);
  return {
    ...createChanges(deps), ...createMerge(deps),
    identify: (number) => reach(() => identify(deps, number)),
    get: async (id) => found(await reach(() => selectCustomer(db, id)), id),
    search: async ({ search, vip = null, tag = null, sort = "activity", cursor, limit }) => {
      const after = readCursor(cursor);
      if (!after.ok) return after;
      const listed = await reach(() => selectCustomers(db, { patterns: customerPatterns(search), vip, tag, sort }, after.value, limit + 1));
      if (!listed.ok) return listed;
      const page = cutPage(listed.value, limit, (l) => l.place);
      return ok({ items: page.rows.map((l) => l.customer), nextCursor: page.nextCursor });
    },
    remove: (id, by) => remove(deps, id, by),
    tags: () => reach(() => selectTags(db)),
  };
}

async function remove({ db, audit, belongings, changed }: CustomersDeps, id: CustomerId, by: UserId): Promise<Result<null, CustomerMissing | CustomerOnCall | StoreAway>> {
  const removed = await reach(() => inTransaction(db, async (trx) => {
    await giveWay(trx);
    const locked = await lockCustomer(trx, id);
    if (locked === null) return "missing" as const;
    for (const each of belongings) if (await each.isLive(trx, locked)) return "live" as const;
    for (const each of belongings) await each.forget(trx, locked);
    await deleteCustomer(trx, locked);
    return { id: locked };
  }).catch((error: unknown) => {
    if (gaveWay(error)) return "live" as const; // facts of a call are just being written
    throw error;
  }));
  if (!removed.ok) return removed;
  if (removed.value === "missing") return err({ type: "customer-missing" as const, id });
  if (removed.value === "live") return err({ type: "customer-on-call" as const });
  // Only that it happened: what is known of somebody who was deleted must not stay in the log.
  await audit.record(by, "customer.deleted", { customer: removed.value.id }, null);
  changed(removed.value.id, null);
  return ok(null);
}

async function identify({ db, clock }: CustomersDeps, number: E164 | null): Promise<Identified> {
  const made = (customerId: CustomerId): Identified => ({ customerId, name: null, openVoiceConversation: null, traits: { vip: false, language: null, tags: [], custom: {} } });
  for (let attempt = 0; attempt < IDENTIFY_ATTEMPTS; attempt += 1) {
    const known = number === null ? null : await findByNumber(db, number);
    if (known !== null) return known;
    const id = await insertCustomer(db, { name: null, numbers: number === null ? [] : [number], hiddenNumber: number === null, at: clock.now() });
    if (id !== null) return made(id);
  }
  // The number went from customer to customer each time we looked: somebody is moving it. A customer of its own is right then.
  const id = await insertCustomer(db, { name: null, numbers: [], at: clock.now() });
  return made(id as CustomerId);
}

/** Adding customers by hand and changing them. */
function createChanges({ db, clock, fields, readNumber, changed }: CustomersDeps): Pick<Customers, "create" | "update"> {
  /** Writes until it succeeds, or it is known who has one of the numbers. `self` may have them. */
  const writeNumbers = async <T>(numbers: readonly GivenNumber[], self: CustomerId | null, write: () => Promise<T>): Promise<Result<T, NumberTaken | StoreAway>> => {
    for (let attempt = 0; attempt < IDENTIFY_ATTEMPTS; attempt += 1) {
      const written = await reach(() => unlessTaken(null, write));
      if (!written.ok) return written;
      if (written.value.ok) return written.value;
      const taken = await reach(() => takenBy(db, numbers, self));
      if (!taken.ok) return taken;
      if (taken.value !== null) return err(taken.value);
    }
    return err({ type: "store-away", detail: "the numbers went from customer to customer" });
  };
  const read = async (id: CustomerId): Promise<Result<Customer, CustomerMissing | StoreAway>> => {
    const customer = await reach(() => selectCustomer(db, id));
    if (!customer.ok) return customer;
    return customer.value === null ? err({ type: "customer-missing", id }) : ok(customer.value);
  };
  return {
    create: async (details) => {
      const clean = cleanDetails(details, fields.all(), readNumber);
      if (!clean.ok) return clean;
      const { name = null, numbers = [], emails = [] } = clean.value;
      if (name === null && numbers.length + emails.length === 0) return err({ type: "details-invalid", errors: [{ pointer: "/name", detail: "Enter a name, a number or an e-mail address" }] });
      const id = await writeNumbers(numbers, null, () => inTransaction(db, (trx) => insertDetails(trx, clean.value, clock.now())));
      if (!id.ok) return id;
      const made = await reach(() => selectCustomer(db, id.value));
      if (!made.ok) return made;
      invariant(made.value !== null, "a customer that was just added is there");
      return ok(made.value);
    },
    update: async (id, details) => {
      const clean = cleanDetails(details, fields.all(), readNumber);
      if (!clean.ok) return clean;
      const before = await read(id);
      if (!before.ok) return before;
      const written = await writeNumbers(clean.value.numbers ?? [], before.value.id, () => inTransaction(db, async (trx) => {
        const locked = await lockCustomer(trx, id);
        if (locked !== null) await changeDetails(trx, locked, clean.value, clock.now());
      }));
      if (!written.ok) return written;
      changed(before.value.id, null);
      return read(id);
    },
  };
}

async function takenBy(db: Database, numbers: readonly GivenNumber[], self: CustomerId | null): Promise<NumberTaken | null> {
  for (const [index, { number }] of numbers.entries()) {
    const owner = await ownerOfNumber(db, number);
    if (owner !== null && owner.id !== self) return { type: "number-taken", number, index, by: owner.name ?? "a customer without a name" };
  }
  return null;
}
