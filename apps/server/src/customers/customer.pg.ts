// Customers and their numbers in PostgreSQL.
import { sql, type RawBuilder } from "kysely";
import type { CustomerId, E164, Millis } from "@ringdesk/std";
import type { Customer, CustomerSort, CustomValues } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import { unlessTaken, type Database, type Transaction } from "../platform/index.ts";
import type { CustomerPatterns } from "./customer.rules.ts";
import type { CustomerTraits, Identified } from "./customers.ports.ts";
import type { Place } from "./cursor.rules.ts";
import type { CleanDetails, GivenNumber } from "./details.rules.ts";
import type { FieldValue } from "./field.rules.ts";

type CustomerTables = {
  customers: {
    id: CustomerId; name: string | null; emails: string[]; language: string | null; vip: boolean; tags: string[]; custom: string;
    created_at: Millis; last_activity_at: Millis; hidden_number: boolean;
  };
  customer_numbers: { number: E164; customer_id: CustomerId; position: number; consent: "yes" | "no" | null; consent_at: Millis | null };
};
type CustomerRow = Omit<CustomerTables["customers"], "custom"> & { readonly custom: CustomValues; readonly numbers: E164[]; readonly consents: Customer["consents"] };
/** A customer with its place in the list. */
export type ListedCustomer = { readonly customer: Customer; readonly place: Place };

const customerOf = (r: CustomerRow): Customer => ({
  id: r.id, name: r.name, numbers: r.numbers, emails: r.emails, language: r.language, vip: r.vip, tags: r.tags, createdAt: r.created_at,
  hiddenNumber: r.hidden_number, consents: r.consents, custom: r.custom,
});
const columns = sql`c.id, c.name, c.emails, c.language, c.vip, c.tags, c.created_at, c.last_activity_at, c.hidden_number, c.custom,
  (select coalesce(jsonb_agg(jsonb_build_object('number', number, 'consent', consent, 'at', consent_at) order by position, number), '[]'::jsonb)
    from customer_numbers n where n.customer_id = c.id and consent is not null) as consents,
  array(select number from customer_numbers n where n.customer_id = c.id order by position, number) as numbers`;
/** The customer that an id means, once merged ones are followed. */
const meant = (id: CustomerId): RawBuilder<CustomerId> => sql`coalesce((select merged_into from customers where id = ${id}), ${id})`;

/** The customer of a number with the voice conversation to continue; null when nobody has it. */
export async function findByNumber(db: Database, number: E164): Promise<Identified | null> {
  const { rows } = await sql<{ id: CustomerId; name: string | null; conversation: Identified["openVoiceConversation"] } & CustomerTraits>`
    select c.id, c.name, c.vip, c.language, c.tags, c.custom, (
      select jsonb_build_object('id', v.id, 'language', v.language, 'tags', v.tags) from conversations v
      where v.customer_id = c.id and v.channel = 'voice' and v.status in ('open', 'snoozed')
      order by v.last_activity_at desc, v.id desc limit 1
    ) as conversation
    from customer_numbers n join customers c on c.id = n.customer_id where n.number = ${number}`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  const { vip, language, tags, custom } = row;
  return { customerId: row.id, name: row.name, openVoiceConversation: row.conversation, traits: { vip, language, tags, custom } };
}

/** Who has this number, and the name to call them by; null when nobody has it. */
export async function ownerOfNumber(db: Database, number: E164): Promise<{ readonly id: CustomerId; readonly name: string | null } | null> {
  const { rows } = await sql<{ id: CustomerId; name: string | null }>`select c.id, c.name from customer_numbers n join customers c on c.id = n.customer_id where n.number = ${number}`.execute(db);
  return rows[0] ?? null;
}

export type NewCustomer = {
  readonly name: string | null; readonly numbers: readonly E164[]; readonly emails?: readonly string[]; readonly vip?: boolean; readonly hiddenNumber?: boolean; readonly at: Millis;
};

/** A new customer; null when somebody else has one of the numbers, which then changed nothing. */
export async function insertCustomer(db: Database, customer: NewCustomer): Promise<CustomerId | null> {
  const { name, numbers, emails = [], vip = false, hiddenNumber = false, at } = customer;
  const details: CleanDetails = { name, numbers: numbers.map((number) => ({ number, consent: null })), emails, vip };
  const insert = (trx: Transaction): Promise<CustomerId> => insertDetails(trx, details, at, hiddenNumber);
  // In a transaction of the caller's, the seed of an empty workspace, nobody can be in the way.
  const made = await unlessTaken(null, () => (db.isTransaction ? insert(db as Transaction) : db.transaction().execute(insert)));
  return made.ok ? made.value : null;
}

/** A new customer; rejects when somebody else has one of the numbers. */
export async function insertDetails(trx: Transaction, given: CleanDetails, at: Millis, hiddenNumber = false): Promise<CustomerId> {
  const id = newId<CustomerId>();
  const tables = trx.withTables<CustomerTables>();
  const { name = null, emails = [], language = null, vip = false, tags = [], numbers = [], custom = {} } = given;
  await tables.insertInto("customers").values({
    id, name, emails: [...emails], language, vip, tags: [...tags], custom: JSON.stringify(present(custom)), created_at: at, last_activity_at: at, hidden_number: hiddenNumber,
  }).execute();
  await insertNumbers(trx, id, numbers.map((each, position) => ({ ...each, position })), at);
  return id;
}

type PlacedNumber = GivenNumber & { readonly position: number };
async function insertNumbers(trx: Transaction, id: CustomerId, numbers: readonly PlacedNumber[], at: Millis): Promise<void> {
  if (numbers.length === 0) return;
  await trx.withTables<CustomerTables>().insertInto("customer_numbers").values(numbers.map(({ number, consent, position }) => {
    const known = consent === "unknown" ? null : consent;
    return { number, customer_id: id, position, consent: known, consent_at: known === null ? null : at };
  })).execute();
}

export async function selectCustomer(db: Database, id: CustomerId): Promise<Customer | null> {
  const { rows } = await sql<CustomerRow>`select ${columns} from customers c where c.id = ${meant(id)}`.execute(db);
  const row = rows[0];
  return row === undefined ? null : customerOf(row);
}

export type ListFilter = { readonly patterns: CustomerPatterns | null; readonly vip: boolean | null; readonly tag: string | null; readonly sort: CustomerSort };

/** The order of a list and what comes after a place in it. Names are compared with that of the place's customer: cursors hold no names. */
const orders = {
  activity: { by: sql`c.last_activity_at desc, c.id desc`, after: (p: Place) => sql`(c.last_activity_at, c.id) < (${p.at}::bigint, ${p.id})`, at: (r: CustomerRow) => r.last_activity_at },
  created: { by: sql`c.created_at desc, c.id desc`, after: (p: Place) => sql`(c.created_at, c.id) < (${p.at}::bigint, ${p.id})`, at: (r: CustomerRow) => r.created_at },
  name: {
    by: sql`(c.folded_name = ''), c.folded_name, c.id`,
    after: (p: Place) => sql`((c.folded_name = ''), c.folded_name, c.id) > (select (folded_name = ''), folded_name, id from customers where id = ${p.id})`,
    at: () => 0 as Millis,
  },
} as const satisfies Record<CustomerSort, { readonly by: RawBuilder<unknown>; readonly after: (p: Place) => RawBuilder<unknown>; readonly at: (r: CustomerRow) => Millis }>;

/** `limit` customers after a place, in the order asked for. */
export async function selectCustomers(db: Database, filter: ListFilter, after: Place | null, limit: number): Promise<readonly ListedCustomer[]> {
  const order = orders[filter.sort];
  const { patterns, vip, tag } = filter;
  const conditions = [
    sql`c.merged_into is null`,
    patterns === null ? null : sql`(c.folded_name like folded(${patterns.text})
      or exists (select 1 from unnest(c.emails) e where lower(e) like lower(${patterns.text}))
      or (${patterns.digits}::text is not null and exists (select 1 from customer_numbers n where n.customer_id = c.id and n.digits like ${patterns.digits})))`,
    vip === null ? null : sql`c.vip = ${vip}`,
    tag === null ? null : sql`c.tags @> array[${tag}]::text[]`,
    after === null ? null : order.after(after),
  ].filter((condition) => condition !== null);
  const { rows } = await sql<CustomerRow>`select ${columns} from customers c where ${sql.join(conditions, sql` and `)} order by ${order.by} limit ${limit}`.execute(db);
  return rows.map((r) => ({ customer: customerOf(r), place: { at: order.at(r), id: r.id } }));
}

/** Locks the customer that an id means; null when there is none. */
export async function lockCustomer(trx: Transaction, id: CustomerId): Promise<CustomerId | null> {
  const { rows } = await sql<{ id: CustomerId }>`select id from customers where id = ${meant(id)} and merged_into is null for update`.execute(trx);
  return rows[0]?.id ?? null;
}

/** Changes what is given of a locked customer; rejects when another customer has one of the numbers. */
export async function changeDetails(trx: Transaction, id: CustomerId, change: CleanDetails, at: Millis): Promise<void> {
  const { name, emails, language, tags, vip } = change;
  const values = {
    ...(name === undefined ? {} : { name }),
    ...(emails === undefined ? {} : { emails: [...emails] }),
    ...(language === undefined ? {} : { language }),
    ...(tags === undefined ? {} : { tags: [...tags] }),
    ...(vip === undefined ? {} : { vip }),
  };
  if (Object.keys(values).length > 0) await trx.withTables<CustomerTables>().updateTable("customers").set(values).where("id", "=", id).execute();
  if (change.custom !== undefined) {
    const gone = Object.entries(change.custom).flatMap(([key, value]) => (value === null ? [key] : []));
    await sql`update customers set custom = (custom || ${JSON.stringify(present(change.custom))}::jsonb) - ${gone}::text[] where id = ${id}`.execute(trx);
  }
  if (change.numbers !== undefined) await changeNumbers(trx, id, change.numbers, at);
}

async function changeNumbers(trx: Transaction, id: CustomerId, numbers: readonly GivenNumber[], at: Millis): Promise<void> {
  const wanted = numbers.map((each) => each.number);
  const { rows } = await sql<{ number: E164 }>`delete from customer_numbers where customer_id = ${id} and number <> all(${wanted}::text[])`.execute(trx)
    .then(() => sql<{ number: E164 }>`select number from customer_numbers where customer_id = ${id}`.execute(trx));
  const had = new Set(rows.map((row) => row.number));
  for (const [position, { number, consent }] of numbers.entries()) {
    if (!had.has(number)) continue;
    const known = consent === "unknown" ? null : consent;
    await sql`update customer_numbers set position = ${position} where number = ${number}`.execute(trx);
    if (consent !== null) await sql`update customer_numbers set consent = ${known}::text, consent_at = case when ${known}::text is null then null else ${at}::bigint end where number = ${number} and consent is distinct from ${known}::text`.execute(trx);
  }
  await insertNumbers(trx, id, numbers.map((each, position) => ({ ...each, position })).filter((each) => !had.has(each.number)), at);
  if (numbers.length > 0) await sql`update customers set hidden_number = false where id = ${id} and hidden_number`.execute(trx);
}

const present = (custom: Readonly<Record<string, FieldValue | null>>): Readonly<Record<string, FieldValue>> =>
  Object.fromEntries(Object.entries(custom).filter((entry): entry is [string, FieldValue] => entry[1] !== null));

export async function deleteCustomer(trx: Transaction, id: CustomerId): Promise<void> {
  await sql`delete from customers where id = ${id}`.execute(trx);
}

/** Tags that are offered to choose from; the most used come first. */
const MAX_TAGS = 200;
export async function selectTags(db: Database): Promise<readonly string[]> {
  const { rows } = await sql<{ tag: string }>`select tag from customers c, unnest(c.tags) tag where c.merged_into is null group by tag order by count(*) desc, tag limit ${MAX_TAGS}`.execute(db);
  return rows.map((row) => row.tag);
}
