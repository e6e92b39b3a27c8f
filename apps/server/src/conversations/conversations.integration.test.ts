import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConversationId, CustomerId, E164, UserId } from "@ringdesk/std";
import type { TimelineEntry } from "@ringdesk/contract/http";
import { insertCustomer } from "../customers/wiring.ts";
import { customersOver } from "../customers/customers.fake.ts";
import { createFactLog, type FactLogService } from "../facts/wiring.ts";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { createSystemClock, newId } from "../kernel/index.ts";
import { inTransaction } from "../platform/index.ts";
import { migratedDatabase } from "../test-database.ts";
import type { Conversations, Timeline } from "./index.ts";
import { houseOf } from "./surroundings.fake.ts";
import { conversationBelongings, conversationsProjection, createConversationBoard, createConversations, createTimeline } from "./wiring.ts";

const log = pino({ level: "silent" });
const clock = createFakeClock();
const ana = { id: "ana" as UserId, name: "Ana Silva" };
const support = "+12025550100" as E164;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let facts: FactLogService;
let timeline: Timeline;
let conversations: Conversations;
const board = createConversationBoard();
const { load } = board;
const told: { customer: CustomerId; entry: TimelineEntry }[] = [];

beforeAll(async () => {
  database = await migratedDatabase();
  await sql`insert into users (id, name, email, role, password_hash, created_at) values (${ana.id}, ${ana.name}, 'ana@a.example', 'agent', '-', 1)`.execute(database.db);
  await sql`insert into queues (id, name, display_name, voice_enabled, created_at) values ('q1', 'support', 'Support', true, 1)`.execute(database.db);
  timeline = createTimeline({ db: database.db, log, changed: (customer, entry) => told.push({ customer, entry }) });
  facts = await createFactLog({
    db: database.db, journalFolder: await mkdtemp(join(tmpdir(), "rd-conversations-")), projections: [conversationsProjection(timeline, board)],
    clock: createSystemClock(), log, alarm: () => undefined,
  });
  await board.start({ db: database.db, facts, failed: (error) => { throw error; } });
  conversations = createConversations({
    db: database.db, clock, timeline, told: board, surroundings: houseOf({}), customers: customersOver(database.db, clock), newCustomer: insertCustomer,
  });
});
afterAll(async () => {
  await facts.close();
  await database.close();
});

let customer: CustomerId;
let conversation: ConversationId;
let call: string;
beforeEach(async () => {
  const made = await customersOver(database.db, clock).identify(null);
  if (!made.ok) throw new Error("no customer");
  customer = made.value.customerId;
  conversation = newId<ConversationId>();
  call = newId();
  told.length = 0;
  await clock.advance(1_000);
});

const happened = async (type: string, data: Record<string, unknown>): Promise<void> => {
  await clock.advance(10);
  const stored = await facts.append(`call:${call}`, [{ type, v: 1, at: clock.now(), data: { position: null, ...data } }]);
  expect(stored.ok).toBe(true);
  await expect.poll(() => facts.health().waiting, { timeout: 30_000 }).toBe(0); // on a busy machine they come into the table by way of the journal
};
const identified = (more: Record<string, unknown> = {}) => happened("call.identified", {
  customerId: customer, customerName: null, conversationId: conversation, isNew: true, direction: "inbound", supportNumber: support, customerNumber: null, queueId: null, userId: null, ...more,
});
const queued = (conversationId: string | null = conversation) => happened("call.queued", { queueId: "q1", queueName: "Support", why: "greeted", leaveAt: 1, conversationId });
const assigned = (conversationId: string | null = conversation) => happened("call.assigned", { userId: ana.id, name: ana.name, offerId: "o1", connectBy: 1, conversationId });
const ended = (outcome: string, conversationId: string | null = conversation) =>
  happened("call.ended", { outcome, by: "customer", reason: null, settleBy: 1, conversationId, queueId: null, userId: null });
const only = async () => {
  const page = await conversations.list({ customerId: customer, limit: 10 });
  if (!page.ok) throw new Error(page.error.type);
  expect(page.value.items).toHaveLength(1);
  return page.value.items[0];
};
const isFull = (): boolean => load.of(ana.id).voice >= 1;
const shown = async (limit = 50, cursor?: string) => {
  const page = await timeline.page(customer, cursor, limit);
  if (!page.ok) throw new Error(page.error.type);
  return page.value;
};
const changes = async () => (await shown()).items.map((e) => (e.kind === "conversation" ? `${e.change} ${e.by ?? "-"}` : e.kind));

describe("CRM-2 a conversation follows from the facts of a call", () => {
  test("from the queue to the agent", async () => {
    await identified();
    await queued();
    await assigned();
    await ended("answered");
    expect(await only()).toMatchObject({ id: conversation, channel: "voice", status: "open", queueId: "q1", assignedTo: ana.id, supportNumber: support, customerName: null });
    expect(await changes()).toEqual(["assigned Ana Silva", "created -"]);
  });
  test("RTE-7 a missed call leaves it in wrap-up, and the next call opens it again", async () => {
    await identified();
    await queued();
    await ended("missed");
    expect(await only()).toMatchObject({ status: "wrap-up" });
    call = newId();
    await identified({ isNew: false });
    expect(await only()).toMatchObject({ status: "open" });
    expect(await changes()).toEqual(["wrap-up -", "created -"]);
  });
  test("CALL-3 an outbound call opens one that is assigned to its agent", async () => {
    await identified({ direction: "outbound", userId: ana.id });
    await ended("failed");
    expect(await only()).toMatchObject({ status: "open", assignedTo: ana.id });
    expect(await changes()).toEqual(["created Ana Silva"]);
  });
  test("a caller who is identified only after the call ended has a conversation all the same", async () => {
    await queued(null);
    await ended("abandoned-in-queue", null);
    await identified({ queueId: "q1" });
    expect(await only()).toMatchObject({ status: "wrap-up", queueId: "q1" });
  });
});

describe("CAP-1 open voice conversations", () => {
  test("fill the agent's capacity until marked done, and again when reopened", async () => {
    const changed: UserId[] = [];
    load.onChanged((user) => changed.push(user));
    const before = isFull();
    for (const c of (await sql<{ id: ConversationId }>`select id from conversations where assigned_to = ${ana.id}`.execute(database.db)).rows) await conversations.change(c.id, { do: "done" }, ana);
    await expect.poll(() => isFull()).toBe(false);
    expect(before).toBe(true); // from the tests above
    await identified();
    await assigned();
    expect(isFull()).toBe(true);
    const face = { id: conversation, customerId: customer, customerName: null as string | null, customerNumber: null };
    await expect.poll(() => load.openVoiceOf(ana.id)).toEqual(face);
    await sql`update customers set name = 'Maria Jensen' where id = ${customer}`.execute(database.db);
    await ended("answered");
    await expect.poll(() => load.openVoiceOf(ana.id)).toEqual({ ...face, customerName: "Maria Jensen" });
    const kept = newId<CustomerId>();
    await sql`insert into customers (id, name, created_at, last_activity_at) values (${kept}, 'M. Jensen', 1, 1)`.execute(database.db);
    await inTransaction(database.db, (trx) => conversationBelongings(board).move(trx, customer, kept));
    await expect.poll(() => load.openVoiceOf(ana.id)).toEqual({ ...face, customerId: kept, customerName: "M. Jensen" });
    await conversations.change(conversation, { do: "done" }, ana);
    await expect.poll(() => isFull()).toBe(false);
    await conversations.change(conversation, { do: "reopen", assignToMe: false }, ana);
    await expect.poll(() => isFull()).toBe(true);
    expect(changed.length).toBeGreaterThanOrEqual(4);
    const afterRestart = createConversationBoard();
    await afterRestart.start({ db: database.db, facts, failed: () => undefined });
    expect(afterRestart.load.of(ana.id).voice).toBe(1);
    expect(afterRestart.load.openVoiceOf(ana.id)).toMatchObject({ id: conversation, customerName: "M. Jensen" });
  });
});

describe("CRM-3 the timeline", () => {
  test("shows marking done, reopening and notes, and tells them live", async () => {
    await identified();
    expect(await conversations.change(conversation, { do: "done" }, ana)).toMatchObject({ value: { status: "done" } });
    expect(await conversations.change(conversation, { do: "done" }, ana)).toMatchObject({ value: { status: "done" } });
    await clock.advance(5);
    await conversations.change(conversation, { do: "reopen", assignToMe: false }, ana);
    await clock.advance(5);
    expect(await conversations.addNote(customer, ana, "Called about <b>invoice</b> \u0000\ud83d 7")).toMatchObject({ value: { kind: "note", author: "Ana Silva" } });
    expect(await changes()).toEqual(["note", "reopened Ana Silva", "done Ana Silva", "created -"]);
    expect((await shown()).items[0]).toMatchObject({ text: "Called about <b>invoice</b> \uFFFD 7" });
    expect(told.map((t) => t.entry.id).reverse()).toEqual((await shown()).items.map((e) => e.id));
    expect(told.every((t) => t.customer === customer)).toBe(true);
  });
  test("an entry that goes on is replaced, not repeated", async () => {
    const entry = (text: string): TimelineEntry => ({ id: "e1", kind: "note", at: clock.now(), conversationId: null, author: "x", text });
    await inTransaction(database.db, (trx) => timeline.put(trx, customer, entry("one")));
    await inTransaction(database.db, (trx) => timeline.put(trx, customer, entry("two")));
    expect((await shown()).items).toMatchObject([{ text: "two" }]);
  });
  test("comes in pages, each entry once, also those of one millisecond", async () => {
    for (let i = 0; i < 11; i += 1) await conversations.addNote(customer, ana, `note ${i}`);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await shown(4, cursor);
      seen.push(...page.items.map((e) => e.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(11);
    expect(new Set(seen).size).toBe(11);
  });
  test("nothing is written for a customer or a conversation that is not there", async () => {
    expect(await conversations.addNote("nobody" as CustomerId, ana, "x")).toMatchObject({ ok: false, error: { type: "customer-missing" } });
    expect(await conversations.change("none" as ConversationId, { do: "done" }, ana)).toMatchObject({ ok: false, error: { type: "conversation-missing" } });
    expect(told).toEqual([]);
  });
});

test("no projection has failed", async () => {
  expect((await sql`select * from projection_failures`.execute(database.db)).rows).toEqual([]);
});
