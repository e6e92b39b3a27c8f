// Calls in a real PostgreSQL: facts in, summary and timeline out, in one transaction.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addMs, type CallId, type CustomerId, type E164, type Millis, type RecordingId } from "@ringdesk/std";
import { timelineEntry, type TimelineEntry } from "@ringdesk/contract/http";
import type { Timeline } from "../conversations/index.ts";
import { createFactLog, type FactLogService } from "../facts/wiring.ts";
import { createSystemClock } from "../kernel/index.ts";
import { createQueues, seedQueue } from "../routing/wiring.ts";
import { migratedDatabase } from "../test-database.ts";
import { callStream, type CallFact } from "./call.facts.ts";
import { stepCall, decide } from "./call.machine.ts";
import { callProjection, createCallStore } from "./call.pg.ts";
import type { CallEvent } from "./call.events.rules.ts";
import { agentLegEnds, arrived, comfortable, events, ids, salesPlan } from "./call.samples.fake.ts";
import { countDay } from "./day-counts.pg.ts";
import { recentHandOvers } from "./hand-overs.pg.ts";
import { begin } from "./call.state.rules.ts";
import { summarise } from "./call.summary.rules.ts";

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let folder: string;
let facts: FactLogService;
const entries: { readonly customer: CustomerId; readonly entry: TimelineEntry }[] = [];
const timeline: Pick<Timeline, "put"> = { put: async (_, customer, entry) => { entries.push({ customer, entry: timelineEntry.parse(entry) }); } };

const startFacts = (): Promise<FactLogService> => createFactLog({
  db: database.db, journalFolder: folder, clock: createSystemClock(), log: pino({ level: "silent" }), alarm: () => undefined,
  projections: [callProjection(timeline as Timeline)],
});

beforeAll(async () => {
  database = await migratedDatabase();
  await sql`insert into customers (id, created_at, last_activity_at) values (${ids.customer}, 1, 1)`.execute(database.db);
  folder = await mkdtemp(join(tmpdir(), "rd-calls-"));
  facts = await startFacts();
});
afterAll(async () => {
  await facts.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** A database under load takes facts in behind the journal. */
const taken = (): Promise<void> => vi.waitFor(() => { expect(facts.health().waiting).toBe(0); }, { timeout: 30_000 });

/** The facts of a whole answered call, step by step as the machine makes them. */
function answeredCall(): readonly (readonly CallFact[])[] {
  let state = begin(ids.call, arrived);
  const batches: CallFact[][] = [[arrived]];
  const quiet = { at: arrived.at };
  const happened = [
    events["leg.answered"], events["customer.identified"], events["greeting.over"], events["offer.made"], events["agent.accepted"], { ...events["agent.leg-made"], leg: ids.agentLeg },
    events["leg.media-connected"], events["recording.started"], events["agent.held"], events["agent.resumed"],
    { ...events["leg.ended"], quality: { packets: 990, lost: 10, jitterMs: 2, roundTripMs: null, mos: 4.2 } }, agentLegEnds, events["recording.stopped"],
  ].map((event, second) => ({ ...event, at: (quiet.at + 1_000 * (second + 1)) as typeof quiet.at }));
  for (const event of happened) {
    batches.push([...decide(state, event).facts]);
    state = stepCall(state, event).state;
  }
  expect(state.phase.kind).toBe("settled");
  return batches.filter((b) => b.length > 0);
}

test("CALL-8 the facts of a call become its summary and one entry on the timeline, kept up to date", async () => {
  const store = createCallStore(database.db, timeline as Timeline);
  const batches = answeredCall();
  for (const [index, batch] of batches.entries()) {
    expect((await facts.append(callStream(ids.call), batch, { closes: index === batches.length - 1 })).ok).toBe(true);
  }
  await taken();
  const found = await store.summary(ids.call);
  expect(found).toMatchObject({ ok: true, value: {
    outcome: "answered", endedBy: "customer", waitMs: 4_000, talkMs: 3_000, holdMs: 1_000, holds: 1, agentName: "Ana", queueName: "Support",
    offers: [{ agentName: "Ana", result: "accepted" }], quality: [{ party: "customer", mos: 4.2, lossPercent: 1, jitterMs: 2 }], recordings: [{ state: "complete", durationMs: 9_000 }],
  } });
  expect(found.ok ? found.value : null).toEqual(summarise(ids.call, batches.flat())?.summary);
  expect(new Set(entries.map((e) => e.entry.id))).toEqual(new Set([`call-${ids.call}`]));
  expect(entries.at(-1)).toMatchObject({ customer: ids.customer, entry: { kind: "call", conversationId: ids.conversation, call: { state: "ended" } } });
});

describe("however the facts of a call come to the database, its summary is the same", () => {
  const batches = answeredCall();
  const summed = async (id: CallId): Promise<unknown> => {
    await taken();
    const found = await createCallStore(database.db, timeline as Timeline).summary(id);
    return found.ok ? found.value : null;
  };
  const expected = (id: CallId): unknown => summarise(id, batches.flat())?.summary;
  const last = batches.at(-1);

  test("all in one transaction: the entry on the timeline is written once", async () => {
    const id = "at-once" as CallId;
    const before = entries.length;
    await Promise.all(batches.map((batch) => facts.append(callStream(id), batch, { closes: batch === last })));
    expect(await summed(id)).toEqual(expected(id));
    expect(entries.length - before).toBe(1);
  });

  test("by a server that is started anew after each: nothing of the call is in memory", async () => {
    const id = "anew" as CallId;
    for (const batch of batches) {
      await facts.append(callStream(id), batch, { closes: batch === last });
      await facts.close();
      facts = await startFacts();
    }
    expect(await summed(id)).toEqual(expected(id));
  });
});

test("CALL-2 the support number that a customer last used, by the customer or by any of their numbers", async () => {
  const store = createCallStore(database.db, timeline as Timeline);
  const other = "+13035550142" as E164;
  expect(await store.lastSupportNumber(ids.customer, other)).toEqual({ ok: true, value: arrived.data.supportNumber });
  expect(await store.lastSupportNumber(null, other)).toEqual({ ok: true, value: null });
  await sql`insert into customer_numbers (number, customer_id) values (${other}, ${ids.customer})`.execute(database.db);
  expect(await store.lastSupportNumber(null, other)).toEqual({ ok: true, value: arrived.data.supportNumber });
  // of a customer whom nobody knows, whoever has the number counts
  expect(await store.lastSupportNumber("nobody" as CustomerId, other)).toEqual({ ok: true, value: arrived.data.supportNumber });
});

test("RTE-10 how the calls of a day went, by queue: answered, in time, lost; not those that came to no queue or before", async () => {
  const fold = (answeredAt: number | null, waitMs: number | null): string => JSON.stringify({ summary: { answeredAt, waitMs } });
  const add = (id: string, startedAt: number, direction: string, queue: string | null, outcome: string, text: string) => sql`
    insert into calls (id, direction, state, outcome, support_number, queue_id, started_at, ended_at, fold)
    values (${id}, ${direction}, 'ended', ${outcome}, '+12025550100', ${queue}, ${startedAt}, ${startedAt + 1}, ${text}::jsonb)`.execute(database.db);
  const from = 4_000_000_000_000 as Millis;
  await add("in-time", from, "inbound", "qx", "answered", fold(1, 20_000));
  await add("late", from + 1, "inbound", "qx", "answered", fold(1, 20_001));
  await add("gave-up", from + 2, "inbound", "qx", "abandoned-in-queue", fold(null, 5_000));
  await add("in-ivr", from + 3, "inbound", null, "abandoned-in-ivr", fold(null, null));
  await add("outbound", from + 4, "outbound", "qx", "answered", fold(1, null));
  await add("yesterday", from - 1, "inbound", "qx", "answered", fold(1, 1));
  expect(await countDay(database.db, from, 20_000)).toEqual({ ok: true, value: [{ queueId: "qx", answered: 2, answeredInTime: 1, lost: 1 }] });
});

test("QUE-6 RTE-9 when calls were taken out of their queues lately: the last of each queue, from facts, by an index", async () => {
  const at = (n: number): Millis => (5_000_000_000_000 + n * 1_000) as Millis;
  const call = async (id: string, list: readonly (readonly [string, number, string?])[]): Promise<void> => {
    for (const [index, [type, second, queueId]] of list.entries()) {
      await sql`insert into facts (stream, seq, id, type, v, at, data) values (${`call:${id}`}, ${index + 1}, ${`${id}-${index}`}, ${type}, 1, ${at(second)}, ${JSON.stringify({ queueId })}::jsonb)`.execute(database.db);
    }
  };
  await call("t1", [["call.queued", 0, "support"], ["call.assigned", 10]]);
  await call("t2", [["call.queued", 0, "support"], ["call.requeued", 5, "sales"], ["call.assigned", 20], ["call.requeued", 40, "support"], ["call.assigned", 50]]);
  await call("t3", [["call.placed", 0], ["call.assigned", 30]]);
  await call("t4", [["call.queued", 0, "support"], ["call.assigned", 60]]);
  expect(await recentHandOvers(database.db, { from: at(10), until: at(60) }, 20)).toEqual({ ok: true, value: [{ queueId: "support", at: at(10) }, { queueId: "sales", at: at(20) }, { queueId: "support", at: at(50) }] });
  expect(await recentHandOvers(database.db, { from: at(0), until: at(61) }, 1)).toEqual({ ok: true, value: [{ queueId: "sales", at: at(20) }, { queueId: "support", at: at(60) }] });
  const plan = await database.db.transaction().execute(async (trx) => {
    await sql`set local enable_seqscan = off`.execute(trx);
    return sql<{ "QUERY PLAN": string }>`explain select stream from facts where type = 'call.assigned' and at >= ${at(0)} and at < ${at(60)} order by at desc limit 10`.execute(trx);
  });
  expect(plan.rows.map((row) => row["QUERY PLAN"]).join("\n")).toContain("facts_hand_overs");
});

test("a call that nobody knows is null", async () => {
  expect(await createCallStore(database.db, timeline as Timeline).summary("nobody" as CallId)).toEqual({ ok: true, value: null });
});

test("queues: there is one default queue, it is not voice-enabled, and names are unique", async () => {
  const { db } = database;
  const now = arrived.at;
  const make = (queue: Parameters<typeof seedQueue>[1]) => db.transaction().execute((trx) => seedQueue(trx, queue, now));
  const standard = await make({ name: "default", displayName: "Default queue", isDefault: true });
  const support = await make({ name: "support", displayName: "Support", voiceEnabled: true });
  await expect(make({ name: "Support" })).rejects.toThrow();
  await expect(make({ name: "other", isDefault: true })).rejects.toThrow();
  await expect(make({ name: "loud", isDefault: true, voiceEnabled: true })).rejects.toThrow();
  const queues = createQueues(db);
  expect((await queues.reload()).ok).toBe(true);
  expect([queues.standard()?.id, queues.byId(support)?.displayName, queues.isVoiceQueue(support), queues.isVoiceQueue(standard), queues.settings().unansweredTimeoutMs])
    .toEqual([standard, "Support", true, false, 120_000]);
});

test("CALL-8 RTE-7 a voicemail message shows on the timeline, and who listened to it first", async () => {
  const id = "call-2" as CallId;
  const message = `${ids.recording}-message` as RecordingId;
  let state = begin(id, comfortable);
  const append = async (event: CallEvent): Promise<void> => {
    const { facts: made } = decide(state, event);
    state = stepCall(state, event).state;
    if (made.length > 0) expect((await facts.append(callStream(id), made)).ok).toBe(true);
  };
  expect((await facts.append(callStream(id), [comfortable])).ok).toBe(true);
  const at = (seconds: number) => addMs(comfortable.at, 1_000 * seconds);
  for (const event of [
    { ...events["leg.answered"], at: at(1) }, { ...events["customer.identified"], at: at(2) }, { ...events["leg.dtmf"], digit: "2", plan: salesPlan, at: at(3) },
    { type: "clock.reached", at: at(123) }, { ...events["prompt.over"], at: at(127) }, { ...events["recording.started"], recording: message, at: at(127) },
    { ...events["leg.ended"], at: at(137) }, { ...events["recording.stopped"], recording: message, at: at(138) },
  ] as const) await append(event);
  const store = createCallStore(database.db, timeline as Timeline);
  await taken();
  expect(await store.summary(id)).toMatchObject({ ok: true, value: {
    outcome: "voicemail", reason: "Nobody answered in time.", voicemail: { recordingId: message, heard: null }, recordings: [{ id: message, state: "complete" }],
    steps: [{ words: "Pressed 2: Sales" }, { words: "Sent to voicemail" }],
  } });
  expect(await store.markHeard(id, "Ana", at(200))).toMatchObject({ ok: true, value: { voicemail: { heard: { by: "Ana", at: at(200) } } } });
  expect(await store.markHeard(id, "Ben", at(300))).toMatchObject({ ok: true, value: { voicemail: { heard: { by: "Ana" } } } });
  expect(entries.at(-1)).toMatchObject({ entry: { id: `call-${id}`, call: { voicemail: { heard: { by: "Ana" } } } } });
  expect(await store.markHeard(ids.call, "Ana", at(300))).toEqual({ ok: true, value: null });
});
