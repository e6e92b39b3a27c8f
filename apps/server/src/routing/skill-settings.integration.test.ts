// Skills over a database: from the HTTP handlers to what a call asks for (QUE-6).
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, ruleTrial, type AskedSkills, type User } from "@ringdesk/contract/http";
import { err, type QueueId, type QueueRuleId, type SkillId, type UserId } from "@ringdesk/std";
import { createFakeClock } from "../kernel/clock.fake.ts";
import type { SignedInContext } from "../platform/index.ts";
import { assignQueue, insertTeam } from "../teams/wiring.ts";
import { migratedDatabase } from "../test-database.ts";
import { createQueues, createRoutingSettings, routingSettingsRoutes, seedQueue } from "./wiring.ts";
import { routeCall } from "./index.ts";

const clock = createFakeClock();
const admin: User = { id: "admin" as UserId, name: "Admin", email: "a@a.example", role: "admin" };
const ana = "ana" as UserId;
const ctx = { user: admin } as SignedInContext;
const audited: { readonly what: string; readonly before: unknown; readonly after: unknown }[] = [];
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let queues: ReturnType<typeof createQueues>;
let routes: ReturnType<typeof routingSettingsRoutes>;
let support: QueueId;

beforeAll(async () => {
  database = await migratedDatabase();
  const { db } = database;
  for (const id of [admin.id, ana]) await sql`insert into users (id, name, email, role, password_hash, created_at) values (${id}, ${id}, ${`${id}@a.example`}, 'admin', '-', 1)`.execute(db);
  await db.transaction().execute(async (trx) => {
    await seedQueue(trx, { name: "default", displayName: "Default queue", isDefault: true }, clock.now());
    support = await seedQueue(trx, { name: "support", displayName: "Support", voiceEnabled: true }, clock.now());
  });
  queues = createQueues(db);
  await queues.reload();
  routes = routingSettingsRoutes(createRoutingSettings({
    db, queues, clock, media: "/nowhere", changed: async () => undefined, numbers: { all: () => [], byId: () => null },
    audit: { record: async (_, what, before, after) => void audited.push({ what, before, after }) }, agents: { eligibleFor: (id) => (id === support ? [ana] : []) },
    teams: { all: () => [], assign: assignQueue, insert: insertTeam }, isUser: (id) => id === admin.id || id === ana, keepSound: async () => err({ type: "sound-refused", words: "No sound." }), hearSound: async () => null,
  }));
});
afterAll(() => database.close());

const create = async (name: string, agents: readonly UserId[] = []) => {
  const made = await routes.createSkill({ body: api.createSkill.body.parse({ name, agents }) }, ctx);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value.id;
};
const rule = (name: string, asks?: AskedSkills) => routes.createQueueRule({ body: api.createQueueRule.body.parse({ name, criteria: { match: "all", items: [] }, queueId: support, enabled: true, asks }) }, ctx);
const idOf = (name: string): SkillId => queues.skills().find((skill) => skill.name === name)?.id ?? ("none" as SkillId);
const planned = () => routeCall(queues, { channel: "voice", supportNumber: null, numberQueueId: null, customer: null }, clock.now());

test("QUE-6 ORG-4 a skill is made, named once in any case, given to agents, renamed, and written down", async () => {
  const id = await create("Spanish", [ana, ana]);
  expect(await routes.createSkill({ body: { name: "SPANISH", agents: [] } }, ctx)).toMatchObject({ ok: false, error: { status: 422, errors: [{ pointer: "/name" }] } });
  expect(await routes.createSkill({ body: { name: "French", agents: ["who" as UserId] } }, ctx)).toMatchObject({ ok: false, error: { errors: [{ pointer: "/agents" }] } });
  expect(await routes.updateSkill({ params: { id }, body: { name: "Castilian" } }, ctx)).toEqual({ ok: true, value: { id, name: "Castilian", agents: [ana], askedBy: [] } });
  expect(await routes.updateSkill({ params: { id }, body: { agents: [admin.id] } }, ctx)).toMatchObject({ value: { name: "Castilian", agents: [admin.id] } });
  expect([queues.skillsOf(ana).has(id), queues.skillsOf(admin.id).has(id)]).toEqual([false, true]);
  expect(audited.map(({ what }) => what)).toEqual(["skill.created", "skill.changed", "skill.changed"]);
  expect(await routes.updateSkill({ params: { id: "gone" as SkillId }, body: { name: "X" } }, ctx)).toMatchObject({ ok: false, error: { status: 404 } });
});

test("QUE-6 ORG-4 a user is given all their skills at once", async () => {
  const billing = await create("Billing");
  const spanish = idOf("Castilian");
  const set = (user: UserId, skills: SkillId[]) => routes.setUserSkills({ params: { id: user }, body: { skills } }, ctx);
  expect(await set(ana, [billing, spanish])).toMatchObject({ ok: true });
  expect(await set(ana, [billing])).toEqual({ ok: true, value: { skills: [billing] } });
  expect(audited.at(-1)).toMatchObject({ what: "user.skills-changed", before: { id: ana }, after: { id: ana, skills: [billing] } });
  expect(await set(ana, ["gone" as SkillId])).toMatchObject({ ok: false, error: { errors: [{ pointer: "/skills" }] } });
  expect(await set("who" as UserId, [])).toMatchObject({ ok: false, error: { status: 404 } });
  expect(queues.skill(spanish)?.agents).toEqual([admin.id]);
});

test("QUE-3 QUE-6 a rule asks for skills from the next call on; the trial says which, and that nobody has them", async () => {
  const [spanish, billing] = [idOf("Castilian"), idOf("Billing")];
  const made = await rule("Spanish callers", { skills: [spanish, spanish], relaxAfterMs: 60_000 });
  expect(made).toMatchObject({ ok: true, value: { asks: { skills: [spanish], relaxAfterMs: 60_000 } } });
  expect(planned()).toMatchObject({ queueId: support, skills: [{ id: spanish, relaxAfterMs: 60_000 }] });
  const attempt = () => routes.tryQueueRules({ body: ruleTrial.parse({ channel: "voice", numberId: null, vip: false, language: null, tags: [], name: null, from: null }) });
  expect(await attempt()).toMatchObject({ value: { why: "“Spanish callers” is the first rule that matches. The skill Castilian is asked for.", warnings: ["No agent of its teams has Castilian."] } });
  await routes.setUserSkills({ params: { id: ana }, body: { skills: [billing, spanish] } }, ctx);
  expect(await attempt()).toMatchObject({ value: { warnings: [] } });
  const id = made.ok ? made.value.id : ("" as QueueRuleId);
  expect(await routes.updateQueueRule({ params: { id }, body: { enabled: true } }, ctx)).toMatchObject({ value: { asks: { skills: [spanish], relaxAfterMs: 60_000 } } });
  expect(await rule("Gone", { skills: ["gone" as SkillId], relaxAfterMs: null })).toMatchObject({ ok: false, error: { errors: [{ pointer: "/asks/skills" }] } });
  expect(await rule("Nothing special")).toMatchObject({ ok: true, value: { asks: { skills: [], relaxAfterMs: null } } });
  for (const wrong of [{ skills: [spanish], relaxAfterMs: 4_999 }, { skills: Array.from({ length: 11 }, (_, n) => `s${n}`), relaxAfterMs: null }]) expect(api.createQueueRule.body.shape.asks.safeParse(wrong).success).toBe(false);
});

test("QUE-6 a queue asks for skills of its own; not the default queue, whose calls are offered to nobody", async () => {
  const billing = idOf("Billing");
  const update = (id: QueueId | undefined, asks: AskedSkills) => routes.updateQueue({ params: { id: id ?? ("" as QueueId) }, body: { asks } }, ctx);
  expect(await update(support, { skills: [billing], relaxAfterMs: null })).toMatchObject({ value: { asks: { skills: [billing], relaxAfterMs: null } } });
  expect(planned().skills).toEqual(expect.arrayContaining([{ id: billing, relaxAfterMs: null }, { id: idOf("Castilian"), relaxAfterMs: 60_000 }]));
  expect(await update(queues.standard()?.id, { skills: [billing], relaxAfterMs: null })).toMatchObject({ ok: false, error: { errors: [{ pointer: "/asks/skills" }] } });
  await queues.reload();
  expect(queues.byId(support)?.asks).toEqual({ skills: [billing], relaxAfterMs: null });
});

test("QUE-6 a skill in use says what asks for it; free of that it goes, and nobody has it any more", async () => {
  const [spanish, billing] = [idOf("Castilian"), idOf("Billing")];
  expect(await routes.deleteSkill({ params: { id: billing } }, ctx)).toMatchObject({ ok: false, error: { status: 409, code: "skill-in-use", detail: "The queue “Support” asks for it. Change that first." } });
  expect(await routes.listSkills()).toMatchObject({ value: { items: [{ name: "Billing", askedBy: ["the queue “Support”"] }, { name: "Castilian", askedBy: ["the rule “Spanish callers”"] }] } });
  await routes.updateQueue({ params: { id: support }, body: { asks: { skills: [], relaxAfterMs: 60_000 } } }, ctx);
  expect(queues.byId(support)?.asks).toEqual({ skills: [], relaxAfterMs: null });
  expect(await routes.deleteSkill({ params: { id: billing } }, ctx)).toEqual({ ok: true, value: {} });
  expect([...queues.skillsOf(ana)]).toEqual([spanish]);
  expect(audited.at(-1)).toMatchObject({ what: "skill.deleted", before: { name: "Billing" } });
});
