import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CustomerId, E164 } from "@ringdesk/std";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { migratedDatabase } from "../test-database.ts";
import type { Customers } from "./index.ts";
import { customersOver } from "./customers.fake.ts";
import { insertCustomer } from "./wiring.ts";

const clock = createFakeClock();
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let customers: Customers;
beforeAll(async () => {
  database = await migratedDatabase();
  customers = customersOver(database.db, clock);
});
afterAll(() => database.close());

const n = (text: string) => text as E164;
const identify = async (number: E164 | null) => {
  const got = await customers.identify(number);
  if (!got.ok) throw new Error(got.error.detail);
  return got.value;
};

describe("CRM-1 who calls", () => {
  test("an unknown number becomes a customer, and is known the next time", async () => {
    const first = await identify(n("+12025550142"));
    expect(first).toMatchObject({ name: null, openVoiceConversation: null });
    expect(await identify(n("+12025550142"))).toEqual(first);
    expect(await customers.get(first.customerId)).toMatchObject({ ok: true, value: { numbers: ["+12025550142"], name: null, vip: false } });
  });
  test("twenty calls of one unknown number at once are one customer", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => identify(n("+12025550143"))));
    expect(new Set(all.map((i) => i.customerId)).size).toBe(1);
    expect((await sql`select 1 from customers c where not exists (select 1 from customer_numbers n where n.customer_id = c.id)`.execute(database.db)).rows).toHaveLength(0);
  });
  test("each hidden caller id is a customer of its own, without a number", async () => {
    const [a, b] = [await identify(null), await identify(null)];
    expect(a.customerId).not.toBe(b.customerId);
    expect(await customers.get(a.customerId)).toMatchObject({ value: { numbers: [] } });
  });
  test("an open voice conversation is continued, one that is done is not", async () => {
    const { customerId } = await identify(n("+12025550144"));
    const add = (id: string, status: string, at: number) => sql`insert into conversations (id, customer_id, channel, status, created_at, last_activity_at)
      values (${id}, ${customerId}, 'voice', ${status}, ${at}, ${at})`.execute(database.db);
    await add("v1", "done", 3);
    await add("v2", "open", 1);
    await add("v3", "open", 2);
    await sql`update conversations set language = 'es', tags = '{refund,new}' where id = 'v3'`.execute(database.db);
    expect(await identify(n("+12025550144"))).toMatchObject({ openVoiceConversation: { id: "v3", language: "es", tags: ["refund", "new"] } });
  });
});

describe("customers in lists", () => {
  test("are found by any part of the name or the number, as it is written", async () => {
    await insertCustomer(database.db, { name: "Zoë 100% O'Brien", numbers: [n("+14165550177"), n("+442071838750")], at: clock.now() });
    const found = async (search: string) => {
      const page = await customers.search({ search, limit: 10 });
      return page.ok ? page.value.items.map((c) => c.name) : [];
    };
    for (const search of ["zoë", "ZOE", "Zoe\u0308 100", "o'br", "100%", "(416) 555-0177", "5550177", "+1 416 555 01 77", "7183 8750"]) expect(await found(search), search).toEqual(["Zoë 100% O'Brien"]);
    for (const search of ["100_", "%%", "\u0000x", "zoe;--", "4165550178"]) expect(await found(search), search).toEqual([]);
  });
  test("API-1 pages hold every customer once, latest first", async () => {
    for (let i = 0; i < 25; i += 1) await insertCustomer(database.db, { name: `Page ${i % 5}`, numbers: [], at: clock.now() });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await customers.search({ search: "Page ", cursor, limit: 7 });
      if (!page.ok) throw new Error(page.error.type);
      seen.push(...page.value.items.map((c) => c.id));
      cursor = page.value.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
    expect(await customers.search({ cursor: "no cursor", limit: 7 })).toEqual({ ok: false, error: { type: "cursor-invalid" } });
  });
  test("can be changed, field by field, with anything that people write", async () => {
    const { customerId } = await identify(n("+12025550145"));
    expect(await customers.update(customerId, { name: "  Ada\u0000 " })).toMatchObject({ value: { name: "Ada", vip: false } });
    expect(await customers.update(customerId, { vip: true, emails: ["a@b.example"] })).toMatchObject({ value: { name: "Ada", vip: true, emails: ["a@b.example"] } });
    expect(await customers.update(customerId, { name: "" })).toMatchObject({ value: { name: null, vip: true } });
    expect(await customers.update("nobody" as CustomerId, { vip: true })).toEqual({ ok: false, error: { type: "customer-missing", id: "nobody" } });
  });
  test("a number belongs to one customer", async () => {
    expect(await insertCustomer(database.db, { name: "Thief", numbers: [n("+12025550199"), n("+12025550142")], at: clock.now() })).toBeNull();
    expect(await customers.search({ search: "Thief", limit: 1 })).toMatchObject({ value: { items: [] } });
  });
});
