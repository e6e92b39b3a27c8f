// Customers and their numbers in PostgreSQL.
import { sql } from "kysely";
import type { ConversationId, CustomerId, E164, Millis } from "@ringdesk/std";
import type { Customer, CustomValues } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import { sqlState, UNIQUE_VIOLATION, type Database, type Transaction } from "../platform/index.ts";
import type { CustomerPatterns } from "./customer.rules.ts";
import type { CustomerChange, CustomerTraits, Identified } from "./customers.ports.ts";
import type { Place } from "./cursor.rules.ts";

type CustomerTables = {
  customers: { id: CustomerId; name: string | null; emails: string[]; language: string | null; vip: boolean; tags: string[]; created_at: Millis; last_activity_at: Millis; hidden_number: boolean };
  customer_numbers: { number: E164; customer_id: CustomerId; position: number };
};
type CustomerRow = CustomerTables["customers"] & { readonly custom: CustomValues; readonly numbers: E164[]; readonly consents: Customer["consents"] };
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

/** The customer of a number with the voice conversation to continue; null when nobody has it. */
export async function findByNumber(db: Database, number: E164): Promise<Identified | null> {
  const { rows } = await sql<{ id: CustomerId; name: string | null; conversation: ConversationId | null } & CustomerTraits>`
    select c.id, c.name, c.vip, c.language, c.tags, c.custom, (
      select v.id from conversations v
      where v.customer_id = c.id and v.channel = 'voice' and v.status in ('open', 'snoozed')
      order by v.last_activity_at desc, v.id desc limit 1
    ) as conversation
    from customer_numbers n join customers c on c.id = n.customer_id where n.number = ${number}`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  const { vip, language, tags, custom } = row;
  return { customerId: row.id, name: row.name, openVoiceConversation: row.conversation, traits: { vip, language, tags, custom } };
}

/** A new customer; null when somebody else has one of the numbers, which then changed nothing. */
export async function insertCustomer(db: Database, customer: { readonly name: string | null; readonly numbers: readonly E164[]; readonly emails?: readonly string[]; readonly vip?: boolean; readonly hiddenNumber?: boolean; readonly at: Millis }): Promise<CustomerId | null> {
  const id = newId<CustomerId>();
  const insert = async (trx: Transaction): Promise<void> => {
    const tables = trx.withTables<CustomerTables>();
    await tables.insertInto("customers").values({
      id, name: customer.name, emails: [...customer.emails ?? []], language: null, vip: customer.vip ?? false, tags: [], created_at: customer.at, last_activity_at: customer.at,
      hidden_number: customer.hiddenNumber ?? false,
    }).execute();
    if (customer.numbers.length === 0) return;
    await tables.insertInto("customer_numbers").values(customer.numbers.map((number, position) => ({ number, customer_id: id, position }))).execute();
  };
  try {
    // In a transaction of the caller's, the seed of an empty workspace, nobody can be in the way.
    await (db.isTransaction ? insert(db as Transaction) : db.transaction().execute(insert));
    return id;
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) return null;
    throw error;
  }
}

export async function selectCustomer(db: Database, id: CustomerId): Promise<Customer | null> {
  const { rows } = await sql<CustomerRow>`select ${columns} from customers c where c.id = ${id}`.execute(db);
  const row = rows[0];
  return row === undefined ? null : customerOf(row);
}

/** `limit` customers after a place, last activity first. */
export async function selectCustomers(db: Database, patterns: CustomerPatterns | null, after: Place | null, limit: number): Promise<readonly ListedCustomer[]> {
  const found = patterns === null ? sql`true` : sql`(c.name ilike ${patterns.name}
    or (${patterns.digits}::text is not null and exists (select 1 from customer_numbers n where n.customer_id = c.id and n.digits like ${patterns.digits})))`;
  const from = after === null ? sql`true` : sql`(c.last_activity_at, c.id) < (${after.at}, ${after.id})`;
  const { rows } = await sql<CustomerRow>`select ${columns} from customers c where ${found} and ${from}
    order by c.last_activity_at desc, c.id desc limit ${limit}`.execute(db);
  return rows.map((r) => ({ customer: customerOf(r), place: { at: r.last_activity_at, id: r.id } }));
}

/** Changes what is given; null when there is no such customer. */
export async function changeCustomer(db: Database, id: CustomerId, change: CustomerChange): Promise<Customer | null> {
  const values = {
    ...(change.name === undefined ? {} : { name: change.name === "" ? null : change.name }),
    ...(change.emails === undefined ? {} : { emails: [...change.emails] }),
    ...(change.vip === undefined ? {} : { vip: change.vip }),
  };
  if (Object.keys(values).length > 0) {
    await db.withTables<CustomerTables>().updateTable("customers").set(values).where("id", "=", id).execute();
  }
  return selectCustomer(db, id);
}
