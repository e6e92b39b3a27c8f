// Conversations of all channels on a real database: whose they are, where they wait, what wakes them, who was faster.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addMs, type ConversationId, type CustomerId, type E164, type Millis, type QueueId, type SkillId, type TeamId, type UserId } from "@ringdesk/std";
import type { Conversation, NewConversation, SkillWish } from "@ringdesk/contract/http";
import { customersOver } from "../customers/customers.fake.ts";
import { insertCustomer } from "../customers/wiring.ts";
import { createFactLog, type FactLogService } from "../facts/wiring.ts";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { createSystemClock, newId } from "../kernel/index.ts";
import { inTransaction } from "../platform/index.ts";
import { migratedDatabase } from "../test-database.ts";
import type { ConversationSurroundings } from "./conversations.ports.ts";
import type { Conversations, WaitingConversation } from "./index.ts";
import { houseOf } from "./surroundings.fake.ts";
import { conversationBelongings, createConversationBoard, createConversations, createSnoozeAlarm, createTimeline, conversationsProjection } from "./wiring.ts";

const log = pino({ level: "silent" });
const clock = createFakeClock(1_700_000_000_000 as Millis);
const ana = { id: "ana" as UserId, name: "Ana Silva" };
const ben = { id: "ben" as UserId, name: "Ben Okafor" };
const asked: Parameters<ConversationSurroundings["route"]>[0][] = [];
/** What the rule asks for that sends conversations to the standard queue. */
const skills: SkillWish[] = [];
const house = houseOf({
  asked, skills,
  users: { ana: ana.name, ben: ben.name }, teams: { t1: "Second line" }, standard: "q0",
  queues: { q0: { name: "Default queue", channels: ["voice", "sms", "email", "chat"] }, q1: { name: "Support", priority: 2, channels: ["voice", "email"] }, q2: { name: "Calls", channels: ["voice"] } },
});
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let facts: FactLogService;
let board: ReturnType<typeof createConversationBoard>;
let desk: Conversations & { readonly wake: (id: ConversationId) => Promise<unknown> };
let timeline: ReturnType<typeof createTimeline>;
let snoozes: ReturnType<typeof createSnoozeAlarm>;

/** The room as a server starts it. */
async function start(): Promise<void> {
  board = createConversationBoard();
  timeline = createTimeline({ db: database.db, log, changed: () => undefined });
  facts = await createFactLog({
    db: database.db, journalFolder: await mkdtemp(join(tmpdir(), "rd-channels-")), projections: [conversationsProjection(timeline, board)], clock: createSystemClock(), log, alarm: () => undefined,
  });
  await board.start({ db: database.db, facts, failed: (error) => { throw error; } });
  desk = createConversations({
    db: database.db, clock, timeline, surroundings: house, customers: customersOver(database.db, clock), newCustomer: insertCustomer,
    told: { changed: (state) => { board.changed(state); snoozes.changed(state); } },
  });
  snoozes = createSnoozeAlarm({ db: database.db, clock, log, wake: desk.wake });
  snoozes.start();
}
async function stop(): Promise<void> {
  snoozes.stop();
  await facts.close();
}

beforeAll(async () => {
  database = await migratedDatabase();
  for (const who of [ana, ben]) await sql`insert into users (id, name, email, role, password_hash, created_at) values (${who.id}, ${who.name}, ${`${who.id}@a.example`}, 'agent', '-', 1)`.execute(database.db);
  for (const id of ["q0", "q1", "q2"]) await sql`insert into queues (id, name, display_name, voice_enabled, created_at) values (${id}, ${id}, ${id}, true, 1)`.execute(database.db);
  await sql`insert into teams (id, name, display_name, created_at) values ('t1', 't1', 'Second line', 1)`.execute(database.db);
  await start();
});
afterAll(async () => {
  await stop();
  await database.close();
});
beforeEach(async () => { await clock.advance(1_000); });

const made = async (more: Partial<NewConversation> = {}): Promise<Conversation> => {
  const answer = await desk.create({ channel: "email", address: "maria@mail.example", text: "Where is my parcel?", subject: "Parcel", ...more });
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value;
};
const refused = async (more: Partial<NewConversation>) => {
  const answer = await desk.create({ channel: "email", text: "x", ...more });
  return answer.ok ? null : answer.error;
};
const now = async (id: ConversationId) => {
  const got = await desk.get(id);
  if (!got.ok) throw new Error(got.error.type);
  return got.value;
};
const waitingOf = (id: ConversationId): WaitingConversation | undefined => board.waiting.all().find((w) => w.conversationId === id);
const told = async (customer: CustomerId) => {
  const page = await timeline.page(customer, undefined, 50);
  if (!page.ok) throw new Error(page.error.type);
  return page.value.items.map((e) => (e.kind === "conversation" ? `${e.change}${e.detail === undefined ? "" : ` ${e.detail}`} · ${e.by ?? "-"}` : e.kind === "message" ? `${e.direction} ${e.text}` : e.kind));
};
/** A missed call's conversation, as the facts of the call leave it. */
async function missedCall(): Promise<{ readonly id: ConversationId; readonly customer: CustomerId }> {
  const customer = await insertCustomer(database.db, { name: null, numbers: [], at: clock.now() }) as CustomerId;
  const id = newId<ConversationId>();
  const call = newId();
  const fact = (type: string, data: Record<string, unknown>) => ({ type, v: 1, at: clock.now(), data: { position: null, ...data } });
  await facts.append(`call:${call}`, [
    fact("call.identified", { customerId: customer, customerName: null, conversationId: id, isNew: true, direction: "inbound", supportNumber: "+12025550100", customerNumber: null, queueId: "q1", userId: null }),
    fact("call.ended", { outcome: "missed", by: "system", reason: "unanswered", settleBy: 1, conversationId: id, queueId: "q1", userId: null }),
  ]);
  // On a busy machine the facts come into the table by way of the journal.
  await expect.poll(async () => { const got = await desk.get(id); return got.ok ? got.value.status : null; }, { timeout: 30_000 }).toBe("wrap-up");
  return { id, customer };
}

describe("CRM-2 conversations come in by every channel", () => {
  test("whose it is follows from the address, and it waits to be routed", async () => {
    const first = await made();
    const second = await made({ address: "Maria@mail.example", channel: "chat" });
    expect(second.customerId).toBe(first.customerId);
    expect(first).toMatchObject({ status: "open", channel: "email", subject: "Parcel", queueId: "q0", assignedTo: null, waitingSince: clock.now(), version: 1 });
    expect(waitingOf(first.id)).toEqual({ conversationId: first.id, customerId: first.customerId, queueId: "q0", channel: "email", priority: 0, skills: [], since: clock.now() });
    const text = await made({ channel: "sms", address: "+13035550142" });
    expect(text.customerId).not.toBe(first.customerId);
    expect((await made({ channel: "sms", address: "+13035550142" })).customerId).toBe(text.customerId);
    expect(await told(text.customerId)).toContain("in Where is my parcel?");
  });
  test("QUE-3 rules are asked with all that is known: channel, numbers, customer", async () => {
    await insertCustomer(database.db, { name: "Tom Okada", numbers: ["+12065550117" as E164], vip: true, at: clock.now() });
    asked.length = 0;
    await made({ channel: "sms", address: "+12065550117", supportNumber: "+12025550100" as E164 });
    expect(asked).toEqual([{ channel: "sms", supportNumber: "+12025550100", from: "+12065550117", customer: expect.objectContaining({ name: "Tom Okada", vip: true, tags: [] }) as unknown, conversation: { language: null, tags: [] } }]);
  });
  test("QUE-3 rules are asked about the conversation's own language and tags: when it comes in, is reopened, is written to", async () => {
    const customerId = await insertCustomer(database.db, { name: "Rosa Diaz", numbers: [], vip: true, at: clock.now() }) as CustomerId;
    const of = { channel: "chat", customer: expect.objectContaining({ name: "Rosa Diaz", vip: true }) as unknown };
    asked.length = 0;
    const c = await made({ channel: "chat", address: undefined, customerId, language: "es", tags: ["refund", "refund"] });
    expect(asked).toEqual([expect.objectContaining({ ...of, conversation: { language: "es", tags: ["refund", "refund"] } })]);
    // As one that an agent's own call has made: it stands in no queue until it is routed.
    await sql`update conversations set queue_id = null, waiting_since = null, status = 'done' where id = ${c.id}`.execute(database.db);
    await desk.change(c.id, { do: "describe", tags: ["invoice"], language: "fr" }, ana);
    asked.length = 0;
    await desk.addMessage(c.id, null, "And another thing");
    expect(asked).toEqual([expect.objectContaining({ ...of, conversation: { language: "fr", tags: ["invoice"] } })]);
    expect(waitingOf(c.id)).toMatchObject({ queueId: "q0" });
    await sql`update conversations set queue_id = null, waiting_since = null, status = 'wrap-up' where id = ${c.id}`.execute(database.db);
    asked.length = 0;
    await desk.change(c.id, { do: "reopen", assignToMe: false }, ana);
    expect(asked).toEqual([expect.objectContaining({ ...of, conversation: { language: "fr", tags: ["invoice"] } })]);
    asked.length = 0;
    await desk.change(c.id, { do: "done" }, ana);
    await desk.change(c.id, { do: "reopen", assignToMe: false }, ana);
    expect(asked).toEqual([]); // it stands in a queue, and goes back there
  });
  test("QUE-6 RTE-9 what the rule asks for is kept with the conversation, also over a restart, until it is moved by hand", async () => {
    skills.push({ id: "es" as SkillId, relaxAfterMs: 60_000 as Millis });
    const ruled = await made({ address: "rosa@mail.example" });
    const named = await made({ queueId: "q1" as QueueId });
    skills.length = 0;
    const wish = { id: "es", relaxAfterMs: 60_000 };
    expect([waitingOf(ruled.id)?.skills, waitingOf(named.id)?.skills]).toEqual([[wish], []]);
    expect(ruled).not.toHaveProperty("skills");
    const again = createConversationBoard();
    await again.start({ db: database.db, facts, failed: () => undefined });
    expect(again.waiting.all().find((each) => each.conversationId === ruled.id)?.skills).toEqual([wish]);
    await desk.change(ruled.id, { do: "done" }, ana);
    await desk.change(ruled.id, { do: "reopen", assignToMe: false }, ana);
    expect(waitingOf(ruled.id)?.skills).toEqual([wish]);
    await desk.change(ruled.id, { do: "transfer", queueId: "q1" as QueueId }, ana);
    expect(waitingOf(ruled.id)).toMatchObject({ queueId: "q1", skills: [] });
  });
  test("two e-mails of one new address at the same moment have one customer", async () => {
    const both = await Promise.all([1, 2, 3].map(() => made({ address: "new@mail.example" })));
    expect(new Set(both.map((c) => c.customerId)).size).toBe(1);
  });
  test("a queue can be named, if it takes the channel", async () => {
    const c = await made({ queueId: "q1" as QueueId });
    expect(waitingOf(c.id)).toMatchObject({ queueId: "q1", priority: 2 });
    expect(await refused({ address: "a@b.example", queueId: "q2" as QueueId })).toMatchObject({ field: "queueId", detail: "Calls does not take this channel" });
  });
  test("what names nothing that is there is refused at its field", async () => {
    expect(await refused({})).toMatchObject({ type: "field-invalid", field: "address" });
    expect(await refused({ address: "nobody" })).toMatchObject({ field: "address", detail: "That is not an e-mail address" });
    expect(await refused({ channel: "sms", address: "12" })).toMatchObject({ field: "address", detail: "That is not a phone number" });
    expect(await refused({ customerId: "none" as CustomerId })).toMatchObject({ field: "customerId" });
    expect(await refused({ address: "a@b.example", queueId: "none" as QueueId })).toMatchObject({ field: "queueId" });
  });
});

describe("routing and load", () => {
  test("CAP-3 routing gives it to an agent once, and it counts for its channel until it is done", async () => {
    const c = await made();
    const before = board.load.of(ana.id).email;
    const [one, two] = await Promise.all([desk.take(c.id, ana.id), desk.take(c.id, ben.id)]);
    expect([one.ok, two.ok].filter(Boolean)).toHaveLength(1);
    const winner = (await now(c.id)).assignedTo as UserId;
    expect(waitingOf(c.id)).toBeUndefined();
    await desk.change(c.id, { do: "assign", userId: ana.id }, ben);
    expect(board.load.of(ana.id).email).toBe(before + 1);
    await desk.change(c.id, { do: "done" }, ana);
    expect(board.load.of(ana.id).email).toBe(before);
    expect([ana.id, ben.id]).toContain(winner);
    expect(await desk.take(c.id, "gone" as UserId)).toMatchObject({ ok: false, error: { type: "conversation-refused" } });
  });
  test("RTE-7 a missed call is not routed until it is reopened; then like any of its queue", async () => {
    const { id, customer } = await missedCall();
    expect(await now(id)).toMatchObject({ status: "wrap-up", waitingSince: null });
    expect(waitingOf(id)).toBeUndefined();
    await clock.advance(500);
    await desk.change(id, { do: "reopen", assignToMe: false }, ana);
    expect(waitingOf(id)).toMatchObject({ queueId: "q1", channel: "voice", since: clock.now() });
    expect(await told(customer)).toEqual(["reopened · Ana Silva", "wrap-up · -", "created · -"]);
  });
  test("CAP-2 one that was an agent's goes back to that agent, over capacity as well; nothing is taken away", async () => {
    const a = await missedCall();
    const b = await missedCall();
    for (const { id } of [a, b]) await desk.change(id, { do: "reopen", assignToMe: true }, ben);
    expect(board.load.of(ben.id).voice).toBe(2);
    await desk.change(a.id, { do: "done" }, ben);
    await desk.change(a.id, { do: "reopen", assignToMe: false }, ana);
    expect(await now(a.id)).toMatchObject({ status: "open", assignedTo: ben.id, waitingSince: null });
    expect(board.load.of(ben.id).voice).toBe(2);
  });
  test("a transfer unassigns it and routes it there; a team that takes it over is not routed over", async () => {
    const c = await made();
    await desk.change(c.id, { do: "assign", userId: ana.id }, ana);
    await desk.change(c.id, { do: "transfer", queueId: "q1" as QueueId }, ana);
    expect(await now(c.id)).toMatchObject({ queueId: "q1", assignedTo: null });
    expect(waitingOf(c.id)).toMatchObject({ queueId: "q1", priority: 2 });
    await desk.change(c.id, { do: "assign", teamId: "t1" as TeamId }, ana);
    expect(waitingOf(c.id)).toBeUndefined();
    expect(await now(c.id)).toMatchObject({ teamId: "t1", assignedTo: null });
  });
  test("RTE-9 what waits, waits after a restart: same queue, same place", async () => {
    const c = await made();
    const before = [...board.waiting.all()].map((w) => w.conversationId).sort();
    const load = board.load.of(ana.id);
    await stop();
    await clock.advance(60_000);
    await start();
    expect([...board.waiting.all()].map((w) => w.conversationId).sort()).toEqual(before);
    expect(waitingOf(c.id)?.since).toBe(c.waitingSince);
    expect(board.load.of(ana.id)).toEqual(load);
  });
  test("CRM-1 after a merge what waits is the customer's who was kept", async () => {
    const [kept, c] = [await made({ address: "kept@mail.example" }), await made({ address: "other@mail.example" })];
    const heard: unknown[] = [];
    const stopListening = board.waiting.onChanged((change) => { heard.push(change); });
    await inTransaction(database.db, (trx) => conversationBelongings(board).move(trx, c.customerId, kept.customerId));
    stopListening();
    expect(waitingOf(c.id)).toMatchObject({ customerId: kept.customerId, since: c.waitingSince });
    expect(heard, "its place is the same").toEqual([]);
    const taken = await desk.take(c.id, ana.id); // its version is known
    expect(taken).toMatchObject({ ok: true, value: { customerId: kept.customerId } });
    expect(waitingOf(c.id)).toBeUndefined();
  });
  test("a customer who is deleted takes the conversations along", async () => {
    const c = await made({ address: "leaver@mail.example" });
    await desk.take(c.id, ana.id);
    const before = board.load.of(ana.id).email;
    await inTransaction(database.db, async (trx) => {
      await conversationBelongings(board).forget(trx, c.customerId);
      await sql`delete from customers where id = ${c.customerId}`.execute(trx);
    });
    expect(board.load.of(ana.id).email).toBe(before - 1);
  });
});

describe("CRM-2 snoozing", () => {
  const snooze = (id: ConversationId, ms: number) => desk.change(id, { do: "snooze", until: addMs(clock.now(), ms) }, ana);
  test("takes up no capacity, and wakes in time, also when the server was away", async () => {
    const c = await made();
    await desk.change(c.id, { do: "assign", userId: ana.id }, ana);
    const busy = board.load.of(ana.id).email;
    await snooze(c.id, 60_000);
    expect(board.load.of(ana.id).email).toBe(busy - 1);
    await clock.advance(59_000);
    expect((await now(c.id)).status).toBe("snoozed");
    await clock.advance(1_001);
    await expect.poll(async () => (await now(c.id)).status).toBe("open");
    expect(board.load.of(ana.id).email).toBe(busy);
    expect((await told(c.customerId))[0]).toBe("woken · -");
    await snooze(c.id, 60_000);
    await stop();
    await clock.advance(120_000);
    await start();
    await clock.advance(1);
    await expect.poll(async () => (await now(c.id)).status).toBe("open");
  });
  test("a new message wakes it before its time, and a done one is opened by it", async () => {
    const c = await made();
    await desk.take(c.id, ana.id);
    await snooze(c.id, 3_600_000);
    expect(await desk.addMessage(c.id, null, "Any news?")).toMatchObject({ ok: true, value: { kind: "message", direction: "in", delivery: "received", author: null } });
    expect(await now(c.id)).toMatchObject({ status: "open", assignedTo: ana.id, snoozedUntil: null });
    await desk.change(c.id, { do: "done" }, ana);
    await clock.advance(10);
    expect(await desk.addMessage(c.id, ana, "It is on its way")).toMatchObject({ ok: true, value: { direction: "out", delivery: "recorded", author: "Ana Silva" } });
    expect((await now(c.id)).status).toBe("done");
    await desk.addMessage(c.id, null, "Thanks");
    expect((await now(c.id)).status).toBe("open");
  });
  test("one of nobody waits to be routed when it wakes", async () => {
    const c = await made();
    await snooze(c.id, 5_000);
    expect(waitingOf(c.id)).toBeUndefined();
    await clock.advance(5_001);
    await expect.poll(() => waitingOf(c.id)?.since).toBe(clock.now());
  });
  test("only into the time to come, and not what is done", async () => {
    const c = await made();
    expect(await snooze(c.id, 0)).toMatchObject({ ok: false, error: { type: "field-invalid", field: "until" } });
    expect(await snooze(c.id, 400 * 86_400_000)).toMatchObject({ ok: false, error: { field: "until", detail: "At most one year ahead" } });
    await desk.change(c.id, { do: "done" }, ana);
    expect(await snooze(c.id, 1_000)).toMatchObject({ ok: false, error: { type: "conversation-refused", why: "It is done. Reopen it first." } });
  });
});

describe("CRM-4 a change is undone", () => {
  const changed = async (id: ConversationId, command: Parameters<Conversations["change"]>[1]) => {
    const kept = await desk.changeKeeping(id, command, ben);
    if (!kept.ok || kept.value.before === null) throw new Error("nothing has changed");
    return { before: kept.value.before, version: kept.value.now.version };
  };
  test("it is as it was, also in line, and the timeline tells who has undone it", async () => {
    const c = await made({ queueId: "q1" as QueueId, tags: ["new"] });
    await clock.advance(5_000);
    const { before, version } = await changed(c.id, { do: "assign", userId: ana.id });
    expect(waitingOf(c.id)).toBeUndefined();
    expect(await desk.change(c.id, { do: "restore", before }, ben, version)).toMatchObject({ ok: true, value: { assignedTo: null, queueId: "q1", waitingSince: c.waitingSince, tags: ["new"] } });
    expect(waitingOf(c.id)).toMatchObject({ queueId: "q1", priority: 2, since: c.waitingSince });
    expect((await told(c.customerId))[0]).toBe("restored · Ben Okafor");
  });
  test("who snoozed it finds it snoozed again, and it wakes at its time", async () => {
    const c = await made();
    await desk.change(c.id, { do: "assign", userId: ana.id }, ana);
    await desk.change(c.id, { do: "snooze", until: addMs(clock.now(), 60_000) }, ana);
    const { before, version } = await changed(c.id, { do: "reopen", assignToMe: false });
    expect(await desk.change(c.id, { do: "restore", before }, ben, version)).toMatchObject({ value: { status: "snoozed", assignedTo: ana.id } });
    await clock.advance(60_000);
    await expect.poll(async () => (await now(c.id)).status).toBe("open");
  });
  test("not when somebody has changed it since, nor to whom is not there any more", async () => {
    const c = await made();
    const { before, version } = await changed(c.id, { do: "done" });
    expect(await desk.change(c.id, { do: "restore", before: { ...before, assignedTo: "gone" as UserId } }, ben, version)).toMatchObject({ error: { field: "userId" } });
    expect(await desk.change(c.id, { do: "restore", before: { ...before, teamId: "gone" as TeamId } }, ben, version)).toMatchObject({ error: { field: "teamId" } });
    expect(await desk.change(c.id, { do: "restore", before: { ...before, queueId: "gone" as QueueId } }, ben, version)).toMatchObject({ error: { field: "queueId" } });
    await desk.change(c.id, { do: "describe", tags: ["mine"] }, ana);
    expect(await desk.change(c.id, { do: "restore", before }, ben, version)).toEqual({ ok: false, error: { type: "conversation-changed", what: "Ana Silva has changed its tags meanwhile." } });
    expect(await now(c.id)).toMatchObject({ status: "done", tags: ["mine"] });
  });
  test("what changes nothing is nothing to undo", async () => {
    const c = await made();
    expect(await desk.changeKeeping(c.id, { do: "assign", userId: null }, ben)).toMatchObject({ ok: true, value: { before: null, now: { version: c.version } } });
  });
});

describe("several people at one conversation", () => {
  test("whoever saw an older version is told what the other has done", async () => {
    const c = await made();
    expect(await desk.change(c.id, { do: "assign", userId: ben.id }, ana, c.version)).toMatchObject({ ok: true, value: { version: 2 } });
    expect(await desk.change(c.id, { do: "done" }, ben, c.version)).toEqual({ ok: false, error: { type: "conversation-changed", what: "Ana Silva has assigned it (Ben Okafor) meanwhile." } });
    expect(await desk.change(c.id, { do: "done" }, ben, 2)).toMatchObject({ ok: true, value: { status: "done", version: 3 } });
  });
  test("who or what is not there is refused at its field", async () => {
    const c = await made();
    expect(await desk.change(c.id, { do: "assign", userId: "x" as UserId }, ana)).toMatchObject({ error: { field: "userId" } });
    expect(await desk.change(c.id, { do: "assign", teamId: "x" as TeamId }, ana)).toMatchObject({ error: { field: "teamId" } });
    expect(await desk.change(c.id, { do: "transfer", queueId: "x" as QueueId }, ana)).toMatchObject({ error: { field: "queueId", detail: "There is no such queue" } });
    expect(await desk.change(c.id, { do: "transfer", queueId: "q2" as QueueId }, ana)).toMatchObject({ error: { field: "queueId", detail: "Calls takes no e-mail" } });
    for (const answer of [await desk.change("x" as ConversationId, { do: "done" }, ana), await desk.addMessage("x" as ConversationId, null, "x"), await desk.addNoteTo("x" as ConversationId, ana, "x"), await desk.get("x" as ConversationId)]) {
      expect(answer).toMatchObject({ ok: false, error: { type: "conversation-missing" } });
    }
    expect(await desk.addMessage((await missedCall()).id, null, "x")).toMatchObject({ error: { type: "conversation-refused" } });
  });
  test("tags, language and notes are told once each", async () => {
    const c = await made({ address: "tags@mail.example" });
    await desk.change(c.id, { do: "describe", tags: ["late", "late", "vip"], language: "fr-CA" }, ana);
    await desk.change(c.id, { do: "describe", tags: ["late", "vip"] }, ana);
    await clock.advance(5);
    expect(await desk.addNoteTo(c.id, ben, "Called back")).toMatchObject({ ok: true, value: { kind: "note", conversationId: c.id } });
    expect((await told(c.customerId)).slice(0, 3).sort()).toEqual(["language fr-CA · Ana Silva", "note", "tagged late, vip · Ana Silva"]);
    expect(await now(c.id)).toMatchObject({ tags: ["late", "vip"], language: "fr-CA" });
  });
  test("lists by channel, queue, team, agent and nobody", async () => {
    const a = await made({ channel: "chat", address: "list@mail.example" });
    const b = await made({ channel: "email", address: "list@mail.example", queueId: "q1" as QueueId });
    await desk.change(b.id, { do: "assign", userId: ben.id, teamId: "t1" as TeamId }, ana);
    const ids = async (query: Record<string, unknown>) => {
      const page = await desk.list({ customerId: a.customerId, limit: 10, ...query });
      return page.ok ? page.value.items.map((c) => c.id) : page.error.type;
    };
    expect(await ids({ channel: "chat" })).toEqual([a.id]);
    expect(await ids({ queueId: "q1" })).toEqual([b.id]);
    expect(await ids({ teamId: "t1" })).toEqual([b.id]);
    expect(await ids({ assignedTo: ben.id })).toEqual([b.id]);
    expect(await ids({ unassigned: true })).toEqual([a.id]);
    expect(await ids({ cursor: "what?" })).toBe("cursor-invalid");
  });
});

test("no projection has failed", async () => {
  expect((await sql`select * from projection_failures`.execute(database.db)).rows).toEqual([]);
});
