import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { matches, type Criteria, type CriteriaRecord } from "@ringdesk/contract/criteria";
import { anyCriteria, anyRecord, NOW } from "../../../../packages/contract/src/criteria/criteria.fake.ts";
import { inTransaction, type Transaction } from "../platform/index.ts";
import { migratedDatabase } from "../test-database.ts";
import { criteriaSql } from "./criteria.pg.ts";

const RUNS = Number(process.env["RUNS"] ?? 150);
const RECORDS = 120;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let records: readonly CriteriaRecord[];

const listOf = (value: CriteriaRecord[keyof CriteriaRecord]): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);

async function insert(trx: Transaction, record: CriteriaRecord, index: number): Promise<void> {
  const r = (name: keyof CriteriaRecord) => record[name] ?? null;
  const [customer, conversation] = [`c${index}`, `v${index}`];
  const custom = Object.fromEntries(["plan", "seats"].flatMap((key) => (r(`customer.custom.${key}`) === null ? [] : [[key, r(`customer.custom.${key}`)]])));
  await sql`insert into customers (id, name, language, vip, tags, custom, created_at, last_activity_at)
    values (${customer}, ${r("customer.name")}, ${r("customer.language")}, ${r("customer.vip")}, ${[...listOf(r("customer.tags"))]}, ${JSON.stringify(custom)}, 1, 1)`.execute(trx);
  await sql`insert into conversations (id, customer_id, channel, status, queue_id, assigned_to, team_id, support_number, language, tags, created_at, last_activity_at)
    values (${conversation}, ${customer}, ${r("conversation.channel")}, ${r("conversation.status")}, ${r("conversation.queue")}, ${r("conversation.assignedTo")}, ${r("conversation.team")},
      ${r("conversation.supportNumber")}, ${r("conversation.language")}, ${[...listOf(r("conversation.tags"))]}, ${r("conversation.createdAt")}, ${r("conversation.lastActivityAt")})`.execute(trx);
  for (const number of listOf(r("customer.number"))) await sql`insert into customer_numbers (number, customer_id) values (${number}, ${customer})`.execute(trx);
}

beforeAll(async () => {
  database = await migratedDatabase();
  await inTransaction(database.db, async (trx) => {
    // Numbers belong to one customer; here the same few are wanted for many.
    await sql`alter table customer_numbers drop constraint customer_numbers_pkey`.execute(trx);
    for (const id of ["q1", "q2", "q3"]) {
      await sql`insert into queues (id, name, display_name, created_at) values (${id}, ${id}, ${id}, 1)`.execute(trx);
      await sql`insert into users (id, name, email, role, password_hash, created_at) values (${id}, ${id}, ${`${id}@a.example`}, 'agent', '-', 1)`.execute(trx);
      await sql`insert into teams (id, name, display_name, created_at) values (${id}, ${id}, ${id}, 1)`.execute(trx);
    }
    records = fc.sample(anyRecord, { numRuns: RECORDS, seed: 20_261_122 });
    for (const [index, record] of records.entries()) await insert(trx, record, index);
  });
});
afterAll(() => database.close());

const found = async (criteria: Criteria, now: number): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`select v.id from conversations v join customers c on c.id = v.customer_id where ${criteriaSql(criteria, now)}`.execute(database.db);
  return rows.map((row) => row.id).sort();
};

test("QUE-3 CRM-4 the database finds exactly what meets the criteria", async () => {
  let hits = 0;
  await fc.assert(fc.asyncProperty(anyCriteria("search"), async (criteria) => {
    const expected = records.flatMap((record, index) => (matches(criteria, record, NOW) ? [`v${index}`] : [])).sort();
    hits += expected.length;
    expect(await found(criteria, NOW)).toEqual(expected);
  }), { numRuns: RUNS });
  expect(hits).toBeGreaterThan(RUNS); // or nothing would have been compared
});

test("values are parameters: what looks like SQL is looked for as it stands", async () => {
  for (const value of ["'; drop table conversations; --", "$1", "\u0000nobody", "\ud800", "%", "\\"]) {
    expect(await found({ match: "all", items: [{ field: "customer.name", operator: "is", value }] }, NOW)).toEqual([]);
    expect(await found({ match: "all", items: [{ field: "conversation.tags", operator: "includes-any-of", value: [value] }] }, NOW)).toEqual([]);
  }
  expect(await found({ match: "all", items: [] }, NOW)).toHaveLength(RECORDS);
  expect(await found({ match: "any", items: [] }, NOW)).toEqual([]);
});
