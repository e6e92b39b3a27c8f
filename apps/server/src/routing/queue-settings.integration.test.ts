// Settings of routing over a database: from the HTTP handlers to what routing decides by.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api, queueBasics, ruleTrial, type QueueBasics, type User } from "@ringdesk/contract/http";
import { err, ok, type HoldMusicId, type NumberId, type QueueId, type QueueRuleId, type ScheduleId, type TeamId, type UserId } from "@ringdesk/std";
import { createFakeClock } from "../kernel/clock.fake.ts";
import type { SignedInContext } from "../platform/index.ts";
import { assignQueue, createTeamsStore, insertTeam } from "../teams/wiring.ts";
import type { Team } from "../teams/index.ts";
import { migratedDatabase } from "../test-database.ts";
import { createQueues, createRoutingSettings, routingSettingsRoutes, seedQueue } from "./wiring.ts";
import { routeCall } from "./index.ts";

const clock = createFakeClock();
const admin: User = { id: "admin" as UserId, name: "Admin", email: "a@a.example", role: "admin" };
const ctx = { user: admin } as SignedInContext;
const audited: string[] = [];
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let media: string;
let teams: readonly Team[] = [];
let queues: ReturnType<typeof createQueues>;
let routes: ReturnType<typeof routingSettingsRoutes>;
const numbers = { id: "n1" as NumberId, label: "Main", queueId: null as QueueId | null };

beforeAll(async () => {
  database = await migratedDatabase();
  media = await mkdtemp(join(tmpdir(), "rd-music-"));
  const { db } = database;
  await sql`insert into users (id, name, email, role, password_hash, created_at) values (${admin.id}, 'Admin', 'a@a.example', 'admin', '-', 1)`.execute(db);
  await db.transaction().execute(async (trx) => {
    await seedQueue(trx, { name: "default", displayName: "Default queue", isDefault: true }, clock.now());
    await insertTeam(trx, { name: "night", displayName: "Night shift", routingEnabled: false, members: [admin.id], queues: [] }, 1);
  });
  queues = createQueues(db);
  await queues.reload();
  const store = createTeamsStore(db);
  const changed = async (): Promise<void> => { teams = await store.teams(); };
  await changed();
  const number = () => ({ ...numbers, number: "+12025550100", carrier: "sandbox", greeting: "", recording: false, menu: null }) as never;
  routes = routingSettingsRoutes(createRoutingSettings({
    db, queues, clock, media, changed, numbers: { all: () => [number()], byId: (id) => (id === numbers.id ? number() : null) },
    audit: { record: async (_, what) => void audited.push(what) },
    agents: { eligibleFor: (queue) => teams.filter((t) => t.routingEnabled && t.queues.includes(queue)).flatMap((t) => t.members) },
    teams: { all: () => teams, assign: assignQueue, insert: insertTeam }, isUser: (id) => id === admin.id,
    hearSound: (path) => readFile(path).catch(() => null),
    keepSound: async (sound, path) => {
      if (Buffer.from(sound).toString("latin1", 0, 3) !== "ID3") return err({ type: "sound-refused", words: "This is a PNG picture, not an MP3 or WAV." });
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, "sound");
      return ok({ durationMs: sound.length > 3 ? 60_000 : 1_999 });
    },
  }));
});
afterAll(async () => {
  await database.close();
  await rm(media, { recursive: true, force: true });
});

const basics = (more: Partial<QueueBasics> = {}): QueueBasics =>
  queueBasics.parse({ name: "billing", displayName: "Billing", voiceEnabled: true, voiceOnly: false, criteria: null, teams: [], newTeam: null, ...more });
const make = async (more: Partial<QueueBasics>) => {
  const made = await routes.createQueue({ body: basics(more) }, ctx);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
};
const patch = (id: QueueId, body: unknown) => routes.updateQueue({ params: { id }, body: api.updateQueue.body.parse(body) }, ctx);

describe("QUE-1 the wizard's queue", () => {
  test("queue, rule, team and routing come in one step", async () => {
    const [night] = teams;
    const queue = await make({
      criteria: { match: "all", items: [{ field: "customer.vip", operator: "is", value: true }] }, teams: [night?.id ?? ("" as TeamId)],
      newTeam: { name: "billing", displayName: "Billing team", members: [admin.id] },
    });
    expect(queue).toMatchObject({ voiceEnabled: true, channels: ["sms", "email", "chat"], teams: [{ displayName: "Night shift", routingEnabled: true }, { displayName: "Billing team", routingEnabled: true }] });
    expect(queues.rules()).toMatchObject([{ name: "Billing", queueId: queue.id, enabled: true }]);
    expect(audited).toContain("queue.created");
    const vip = { vip: true, language: null, tags: [], custom: {} };
    expect(routeCall(queues, { channel: "voice", supportNumber: null, numberQueueId: null, customer: vip }, clock.now())).toMatchObject({ queueId: queue.id });
  });
  test.each<[string, Partial<QueueBasics>, readonly string[]]>([
    ["a name that is taken in any case", { name: "BILLING" }, ["/name"]],
    ["a voice-only queue without voice", { name: "x", voiceEnabled: false, voiceOnly: true }, ["/voiceOnly", "/channels"]],
    ["a team that is gone", { name: "x", teams: ["gone" as TeamId] }, ["/teams"]],
    ["a new team with a taken name and strangers", { name: "x", newTeam: { name: "Night", displayName: "N", members: ["who" as UserId] } }, ["/newTeam/name", "/newTeam/members"]],
  ])("%s is refused at its field, and nothing is made", async (_, more, pointers) => {
    const refused = await routes.createQueue({ body: basics(more) }, ctx);
    expect(refused).toMatchObject({ ok: false, error: { status: 422, errors: pointers.map((pointer) => ({ pointer })) } });
    expect(queues.all().map((q) => q.name)).toEqual(["billing", "default"]);
  });
  test("QUE-2 a voice-only queue takes no other channel and needs no rule", async () => {
    expect(await make({ name: "hotline", displayName: "Hotline", voiceOnly: true })).toMatchObject({ voiceOnly: true, channels: [], teams: [] });
  });
});

describe("QUE-6 options", () => {
  test("are stored and read back, one by one", async () => {
    const [billing, hotline] = queues.all();
    const [id, other] = [billing?.id as QueueId, hotline?.id as QueueId];
    const options = { priority: 5, overflow: { afterMs: 30_000, queueId: other }, announce: { everyMs: 45_000, position: true, wait: false }, callback: { offerAfterMs: 60_000 }, wrapUpMs: 20_000 };
    expect(await patch(id, options)).toMatchObject({ ok: true, value: options });
    expect(await patch(id, { announce: null })).toMatchObject({ ok: true, value: { ...options, announce: null } });
    await queues.reload();
    expect(queues.byId(id)).toMatchObject({ ...options, announce: null, name: "billing" });
  });
  test.each<[string, unknown, string]>([
    ["the queue itself", { overflow: { afterMs: 30_000, queueId: "self" } }, "/overflow/queueId"],
    ["music that is gone", { musicId: "gone" }, "/musicId"], ["a schedule that is gone", { scheduleId: "gone" }, "/scheduleId"],
    ["an announcement of nothing", { announce: { everyMs: 45_000, position: false, wait: false } }, "/announce"],
    ["no channel at all", { voiceEnabled: false, channels: [] }, "/channels"],
  ])("%s is refused at its field", async (_, body, pointer) => {
    const id = queues.all()[0]?.id as QueueId;
    const given = JSON.parse(JSON.stringify(body).replace("self", id)) as unknown;
    expect(await patch(id, given)).toMatchObject({ ok: false, error: { errors: [{ pointer }] } });
  });
  test("QUE-5 the default queue takes no calls and stays", async () => {
    const id = queues.standard()?.id as QueueId;
    expect(await patch(id, { voiceEnabled: true })).toMatchObject({ ok: false, error: { errors: [{ pointer: "/voiceEnabled" }] } });
    expect(await routes.deleteQueue({ params: { id } }, ctx)).toMatchObject({ ok: false, error: { status: 409, code: "default-queue-kept" } });
  });
  test("a queue in use says what leads to it; free of that it goes, with its assignments", async () => {
    const [billing, hotline] = queues.all();
    numbers.queueId = hotline?.id ?? null;
    expect(await routes.deleteQueue({ params: { id: hotline?.id as QueueId } }, ctx))
      .toMatchObject({ ok: false, error: { code: "setting-in-use", detail: "The number “Main” and the overflow of “Billing” lead here. Change that first." } });
    numbers.queueId = null;
    await patch(billing?.id as QueueId, { overflow: null });
    expect(await routes.deleteQueue({ params: { id: hotline?.id as QueueId } }, ctx)).toEqual({ ok: true, value: {} });
    expect(await routes.deleteQueue({ params: { id: hotline?.id as QueueId } }, ctx)).toMatchObject({ ok: false, error: { status: 404 } });
  });
});

describe("QUE-3 rules", () => {
  const rule = (name: string, body: object = {}) => routes.createQueueRule({ body: api.createQueueRule.body.parse({ name, criteria: { match: "all", items: [] }, queueId: queues.all()[0]?.id, enabled: true, ...body }) }, ctx);
  test("stand in order, can be put into another, changed, turned off and deleted", async () => {
    await rule("second");
    await rule("third", { enabled: false });
    const ids = queues.rules().map((r) => r.id);
    expect(await routes.orderQueueRules({ body: { ids: ids.toReversed() } }, ctx)).toMatchObject({ ok: true, value: { items: [{ name: "third" }, { name: "second" }, { name: "Billing" }] } });
    expect(await routes.orderQueueRules({ body: { ids: ids.slice(1) } }, ctx)).toMatchObject({ ok: false, error: { errors: [{ pointer: "/ids" }] } });
    expect(await routes.updateQueueRule({ params: { id: ids[1] as QueueRuleId }, body: { enabled: false } }, ctx)).toMatchObject({ ok: true, value: { name: "second", enabled: false } });
    expect(await rule("SECOND")).toMatchObject({ ok: false, error: { errors: [{ pointer: "/name" }] } });
    expect(await routes.deleteQueueRule({ params: { id: ids[1] as QueueRuleId } }, ctx)).toEqual({ ok: true, value: {} });
    expect(queues.rules().map((r) => r.name)).toEqual(["third", "Billing"]);
  });
  test("RTE-6 a trial says where somebody comes out, and why", async () => {
    const attempt = (more: object) => routes.tryQueueRules({ body: ruleTrial.parse({ channel: "voice", numberId: "n1", vip: false, language: null, tags: [], name: null, from: null, ...more }) });
    expect(await attempt({ vip: true })).toMatchObject({ value: { by: "rule", queueName: "Billing", why: "“Billing” is the first rule that matches.", warnings: [] } });
    expect(await attempt({})).toMatchObject({ value: { by: "default", queueName: "Default queue", why: "No rule matches.", warnings: [expect.stringContaining("ring nowhere")] } });
    numbers.queueId = queues.all()[0]?.id ?? null;
    expect(await attempt({})).toMatchObject({ value: { by: "number", queueName: "Billing" } });
    expect(await attempt({ channel: "chat" })).toMatchObject({ value: { by: "default" } });
    numbers.queueId = null;
  });
  test("QUE-3 a trial knows custom fields, and the conversation's own language and tags", async () => {
    const attempt = (more: object) => routes.tryQueueRules({ body: ruleTrial.parse({ channel: "voice", numberId: null, vip: false, language: null, tags: [], name: null, from: null, ...more }) });
    const queueId = queues.all()[0]?.id as QueueId;
    const ids: QueueRuleId[] = [];
    for (const [name, field, operator, value] of [["Pro", "customer.custom.plan", "is", "Pro"], ["Refunds", "conversation.tags", "includes", "refund"], ["Spanish", "conversation.language", "is", "es"]] as const) {
      const made = await routes.createQueueRule({ body: { name, queueId, enabled: true, criteria: { match: "all", items: [{ field, operator, value }] } } }, ctx);
      if (made.ok) ids.push(made.value.id);
    }
    expect(ids).toHaveLength(3);
    expect(await attempt({})).toMatchObject({ value: { by: "default" } });
    expect(await attempt({ custom: { plan: "pro" } })).toMatchObject({ value: { ruleId: ids[0] } });
    expect(await attempt({ conversation: { language: null, tags: ["new", "refund"] } })).toMatchObject({ value: { ruleId: ids[1] } });
    expect(await attempt({ conversation: { language: "es", tags: [] } })).toMatchObject({ value: { ruleId: ids[2] } });
    expect(ruleTrial.safeParse({ channel: "voice", numberId: null, vip: false, language: null, tags: [], name: null, from: null, custom: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`f${i}`, "x"])) }).success).toBe(false);
    for (const id of ids) await routes.deleteQueueRule({ params: { id } }, ctx);
  });
});

test("QUE-4 the unanswered call timeout holds from the next call on", async () => {
  expect(await routes.getRoutingSettings()).toEqual({ ok: true, value: { unansweredTimeoutMs: 120_000 } });
  for (const wrong of [29_999, 300_001, 60_000.5]) expect(api.updateRoutingSettings.body.safeParse({ unansweredTimeoutMs: wrong }).success).toBe(false);
  await routes.updateRoutingSettings({ body: { unansweredTimeoutMs: 30_000 } }, ctx);
  await routes.updateRoutingSettings({ body: { unansweredTimeoutMs: 300_000 } }, ctx);
  expect(routeCall(queues, { channel: "voice", supportNumber: null, numberQueueId: null, customer: null }, clock.now())).toMatchObject({ timeoutMs: 300_000 });
});

test("QUE-6 schedules: hours in order, used by a queue, deleted when free", async () => {
  const week = [[{ from: 780, to: 1_020 }, { from: 540, to: 720 }], [], [], [], [], [], []];
  const body = api.createSchedule.body.parse({ name: "Office", timeZone: "America/New_York", week, holidays: [{ date: "2026-12-25", name: "Christmas", hours: [] }] });
  const made = await routes.createSchedule({ body }, ctx);
  if (!made.ok) throw new Error("not made");
  expect(made.value).toMatchObject({ week: [[{ from: 540, to: 720 }, { from: 780, to: 1_020 }], [], [], [], [], [], []], queues: [] });
  const queue = queues.all()[0]?.id as QueueId;
  await patch(queue, { scheduleId: made.value.id });
  expect(await routes.deleteSchedule({ params: { id: made.value.id } }, ctx)).toMatchObject({ ok: false, error: { code: "setting-in-use" } });
  await routes.updateSchedule({ params: { id: made.value.id }, body: { week: Array.from({ length: 7 }, () => []) } }, ctx);
  expect(routeCall(queues, { channel: "voice", supportNumber: null, numberQueueId: queue, customer: null }, clock.now())).toMatchObject({ closed: true });
  await patch(queue, { scheduleId: null });
  expect(await routes.deleteSchedule({ params: { id: made.value.id } }, ctx)).toEqual({ ok: true, value: {} });
  for (const [wrong, at] of [[{ ...body, timeZone: "Moon/Base" }, "timeZone"], [{ ...body, week: [[{ from: 60, to: 30 }], [], [], [], [], [], []] }, "week"], [{ ...body, week: [[{ from: 0, to: 60 }, { from: 59, to: 90 }], [], [], [], [], [], []] }, "week"], [{ ...body, holidays: [{ date: "2026-02-30", name: "", hours: [] }] }, "holidays"]] as const) {
    const parsed = api.createSchedule.body.safeParse(wrong);
    expect(parsed.success ? null : parsed.error.issues[0]?.path[0]).toBe(at);
  }
  expect(await routes.updateSchedule({ params: { id: "gone" as ScheduleId }, body: {} }, ctx)).toMatchObject({ ok: false, error: { status: 404 } });
});

test("QUE-6 hold music: an uploaded sound becomes a file that queues play; what is refused is said at its field", async () => {
  const upload = (name: string, text: string) => routes.uploadHoldMusic({ body: { name, base64: Buffer.from(text).toString("base64") } }, ctx);
  const made = await upload("Waltz", "ID3…");
  if (!made.ok) throw new Error("not made");
  expect(await readdir(join(media, "music"))).toEqual([`${made.value.id}.ulaw`]);
  expect(await upload("waltz", "ID3…")).toMatchObject({ ok: false, error: { errors: [{ pointer: "/name" }] } });
  expect(await upload("Song", "PNG…")).toMatchObject({ ok: false, error: { errors: [{ pointer: "/base64", detail: "This is a PNG picture, not an MP3 or WAV." }] } });
  expect(await upload("Jingle", "ID3")).toMatchObject({ ok: false, error: { errors: [{ pointer: "/base64", detail: "Music plays for at least two seconds" }] } });
  expect(await readdir(join(media, "music"))).toEqual([`${made.value.id}.ulaw`]);
  const queue = queues.all()[0]?.id as QueueId;
  expect(await routes.hearHoldMusic({ params: { id: made.value.id } })).toEqual({ ok: true, value: { durationMs: 60_000, base64: Buffer.from("sound").toString("base64") } });
  expect(await routes.hearHoldMusic({ params: { id: "gone" as HoldMusicId } })).toMatchObject({ ok: false, error: { status: 404 } });
  await patch(queue, { musicId: made.value.id });
  expect(routeCall(queues, { channel: "voice", supportNumber: null, numberQueueId: queue, customer: null }, clock.now())).toMatchObject({ music: `music/${made.value.id}.ulaw` });
  expect(await routes.deleteHoldMusic({ params: { id: made.value.id } }, ctx)).toMatchObject({ ok: false, error: { code: "setting-in-use" } });
  await patch(queue, { musicId: null });
  await routes.deleteHoldMusic({ params: { id: made.value.id } }, ctx);
  expect([(await routes.listHoldMusic()), await readdir(join(media, "music"))]).toEqual([{ ok: true, value: { items: [] } }, expect.not.arrayContaining([`${made.value.id}.ulaw`])]);
  expect(await routes.deleteHoldMusic({ params: { id: "gone" as HoldMusicId } }, ctx)).toMatchObject({ ok: false, error: { status: 404 } });
});
