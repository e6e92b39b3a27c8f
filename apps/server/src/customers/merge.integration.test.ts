import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConversationId, CustomerId, E164, Millis, UserId } from "@ringdesk/std";
import type { TimelineEntry } from "@ringdesk/contract/http";
import { callBelongings } from "../calls/wiring.ts";
import { conversationBelongings, createTimeline } from "../conversations/wiring.ts";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { inTransaction, type Transaction } from "../platform/index.ts";
import { migratedDatabase } from "../test-database.ts";
import { customersOver } from "./customers.fake.ts";
import type { Customers } from "./index.ts";

const clock = createFakeClock();
const admin = "admin" as UserId;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let customers: Customers;
let timeline: ReturnType<typeof createTimeline>;
const moved: unknown[] = [];
const audited: string[] = [];
const told: CustomerId[] = [];
beforeAll(async () => {
  database = await migratedDatabase();
  timeline = createTimeline({ db: database.db, log: pino({ level: "silent" }), changed: (id) => { told.push(id); } });
  customers = customersOver(database.db, clock, {
    belongings: [conversationBelongings({ changed: () => undefined }), callBelongings], changed: (...news) => { moved.push(news); },
    audit: { record: (_who, what) => { audited.push(what); return Promise.resolve(); } },
  });
});
afterAll(() => database.close());

let next = 100;
let ada: CustomerId, bob: CustomerId;
const numberOf = new Map<CustomerId, E164>();
async function person(name: string): Promise<CustomerId> {
  next += 1;
  const number = `+12025550${next}` as E164;
  const made = await customers.create({ name, numbers: [{ number }], tags: [name.toLowerCase()] });
  if (!made.ok) throw new Error(made.error.type);
  numberOf.set(made.value.id, number);
  return made.value.id;
}
beforeEach(async () => {
  [ada, bob] = [await person("Ada"), await person("Bob")];
  moved.length = audited.length = told.length = 0;
});

const converse = (customer: CustomerId, id: string, db: Transaction | typeof database.db = database.db) => sql`insert into conversations (id, customer_id, channel, status, created_at, last_activity_at)
  values (${id}, ${customer}, 'voice', 'open', 1, 1)`.execute(db);
const note = (trx: Transaction, customer: CustomerId, id: string): Promise<void> =>
  timeline.put(trx, customer, { id, kind: "note", at: 1 as Millis, conversationId: null, author: "Ana", text: id } satisfies TimelineEntry);
const entries = async (id: CustomerId): Promise<string[]> => {
  const page = await timeline.page(id, undefined, 50);
  return page.ok ? page.value.items.map((entry) => entry.id).sort() : [];
};
const merge = async (kept: CustomerId, other: CustomerId) => {
  const merged = await customers.merge(kept, other, [], admin);
  if (!merged.ok) throw new Error(merged.error.type);
  return merged.value;
};

describe("CRM-1 merging", () => {
  test("moves numbers, conversations, calls and the timeline, tells who watches, and is in the audit log", async () => {
    await converse(bob, `conv-${bob}`);
    await inTransaction(database.db, (trx) => note(trx, bob, "n1"));
    const preview = await customers.previewMerge(ada, bob, ["name"]);
    expect(preview).toMatchObject({ ok: true, value: { choices: [{ field: "name", kept: "Ada", other: "Bob" }], moves: { numbers: 1, conversations: 1, timelineEntries: 1 }, result: { name: "Bob" } } });
    const merged = await merge(ada, bob);
    expect(merged).toMatchObject({ id: ada, name: "Ada", numbers: [numberOf.get(ada), numberOf.get(bob)], tags: ["ada", "bob"] });
    expect(await customers.get(ada)).toEqual({ ok: true, value: merged });
    expect(await entries(ada)).toEqual(["n1"]);
    expect((await sql<{ customer_id: string }>`select customer_id from conversations where id = ${`conv-${bob}`}`.execute(database.db)).rows).toEqual([{ customer_id: ada }]);
    expect(moved).toEqual([[bob, ada], [ada, null]]);
    expect(audited).toEqual(["customer.merged"]);
  });
  test("the old id means the customer that was kept: reading, changing, merging on, and in no list", async () => {
    await merge(ada, bob);
    expect(await customers.get(bob)).toMatchObject({ value: { id: ada } });
    expect(await customers.update(bob, { vip: true })).toMatchObject({ value: { id: ada, vip: true } });
    const cy = await person("Cy");
    await merge(cy, bob); // which is Ada by now
    for (const id of [ada, bob, cy]) expect(await customers.get(id)).toMatchObject({ value: { id: cy } });
    const page = await customers.search({ limit: 200 });
    expect(page.ok && page.value.items.map((c) => c.id).filter((id) => [ada, bob].includes(id))).toEqual([]);
    expect(await customers.merge(ada, cy, [], admin)).toEqual({ ok: false, error: { type: "merge-same" } });
  });
  test("what a live call or a late fact brings for the old id goes to the customer that was kept", async () => {
    await merge(ada, bob);
    await converse(bob, `late-${bob}`);
    await inTransaction(database.db, (trx) => note(trx, bob, "late"));
    expect(await entries(ada)).toEqual(["late"]);
    expect(await entries(bob)).toEqual(["late"]);
    expect(told).toEqual([ada]);
    expect((await sql<{ customer_id: string }>`select customer_id from conversations where id = ${`late-${bob}`}`.execute(database.db)).rows).toEqual([{ customer_id: ada }]);
    expect(await customers.identify(numberOf.get(bob) ?? null)).toMatchObject({ value: { customerId: ada } });
  });
  test("what is written while the merge is under way is not lost, whichever comes first", async () => {
    const conversation = `race-${bob}` as ConversationId;
    await converse(bob, conversation);
    let merging: Promise<unknown> = Promise.resolve();
    // Facts of a call: the conversation is locked first, the customer at the end, while the merge wants both the other way round.
    await inTransaction(database.db, async (trx) => {
      await sql`update conversations set last_activity_at = 2 where id = ${conversation}`.execute(trx);
      merging = customers.merge(ada, bob, [], admin);
      await new Promise((resume) => { setTimeout(resume, 100); });
      await note(trx, bob, "in-between");
    });
    expect(await merging).toMatchObject({ ok: true });
    expect(await entries(ada)).toEqual(["in-between"]);
  });
  test("many merges of the same people at once leave one of them, with everything", async () => {
    const people = await Promise.all(Array.from({ length: 5 }, (_, i) => person(`P${i}`)));
    const answers = await Promise.all(people.flatMap((a) => people.map((b) => (a === b ? null : customers.merge(a, b, [], admin)))).filter((each) => each !== null));
    for (const answer of answers) expect(answer.ok || ["merge-same", "customers-busy"].includes(answer.error.type)).toBe(true);
    const left = new Set(await Promise.all(people.map(async (id) => { const got = await customers.get(id); return got.ok ? got.value.id : null; })));
    for (const other of [...left].slice(1)) await merge([...left][0] as CustomerId, other as CustomerId);
    const got = await customers.get(people[0] as CustomerId);
    expect(got.ok && got.value.numbers.toSorted()).toEqual(people.map((id) => numberOf.get(id)).toSorted());
  });
  test("a hidden caller is attached to a known customer by merging, and no other hidden caller with it", async () => {
    const [one, two] = [await customers.identify(null), await customers.identify(null)];
    if (!one.ok || !two.ok) throw new Error("not identified");
    expect(await customers.get(one.value.customerId)).toMatchObject({ value: { hiddenNumber: true, numbers: [] } });
    expect(await merge(ada, one.value.customerId)).toMatchObject({ id: ada, hiddenNumber: false });
    expect(await customers.get(two.value.customerId)).toMatchObject({ value: { id: two.value.customerId, hiddenNumber: true } });
  });
});

describe("CRM-1 deleting", () => {
  const call = (id: string, customer: CustomerId, state: "live" | "ended") => sql`insert into calls (id, direction, state, outcome, support_number, customer_number, customer_id, started_at, ended_at, fold)
    values (${id}, 'inbound', ${state}, ${state === "live" ? null : "answered"}, '+12025550100', '+12025550142', ${customer}, 1, ${state === "live" ? null : 2}, '{"customerName":"Ada","summary":{"customerNumber":"+12025550142"}}')`.execute(database.db);
  test("takes conversations and timeline along, leaves calls without the person, and what comes late goes nowhere", async () => {
    await converse(ada, `gone-${ada}`);
    await call(`call-${ada}`, ada, "ended");
    expect(await customers.remove(ada, admin)).toEqual({ ok: true, value: null });
    expect(await customers.get(ada)).toMatchObject({ error: { type: "customer-missing" } });
    expect((await sql`select 1 from conversations where id = ${`gone-${ada}`}`.execute(database.db)).rows).toEqual([]);
    expect((await sql<{ customer_id: null; fold: unknown }>`select customer_id, customer_number, fold from calls where id = ${`call-${ada}`}`.execute(database.db)).rows)
      .toEqual([{ customer_id: null, customer_number: null, fold: { customerId: null, conversationId: null, customerName: null, summary: { customerNumber: null } } }]);
    await inTransaction(database.db, (trx) => note(trx, ada, "late"));
    expect(told).toEqual([]);
    expect(audited).toEqual(["customer.deleted"]);
  });
  test("is refused while the customer is on the phone", async () => {
    await call(`live-${ada}`, ada, "live");
    expect(await customers.remove(ada, admin)).toEqual({ ok: false, error: { type: "customer-on-call" } });
    expect(await customers.get(ada)).toMatchObject({ ok: true });
  });
});
