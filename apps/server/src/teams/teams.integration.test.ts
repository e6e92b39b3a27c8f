import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Millis, QueueId, UserId } from "@ringdesk/std";
import { createFactLog, type FactLogService } from "../facts/wiring.ts";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { createSystemClock } from "../kernel/index.ts";
import { migratedDatabase } from "../test-database.ts";
import { createAgents, createTeamsStore, insertTeam, statusHistoryProjection } from "./wiring.ts";

const log = pino({ level: "silent" });
const ana = "ana" as UserId;
const queue = "q1" as QueueId;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let facts: FactLogService;
beforeAll(async () => {
  database = await migratedDatabase();
  facts = await createFactLog({
    db: database.db, journalFolder: await mkdtemp(join(tmpdir(), "rd-teams-")), projections: [statusHistoryProjection], clock: createSystemClock(), log, alarm: () => undefined,
  });
  await sql`insert into users (id, name, email, role, password_hash, created_at) values (${ana}, 'Ana', 'ana@a.example', 'agent', '-', 1)`.execute(database.db);
  await sql`insert into queues (id, name, display_name, voice_enabled, created_at) values (${queue}, 'support', 'Support', true, 1)`.execute(database.db);
});
afterAll(async () => {
  await facts.close();
  await database.close();
});
const start = (clock = createFakeClock()) => createAgents({
  clock, facts, log, store: createTeamsStore(database.db), surroundings: { isOnCall: () => false, isVoiceQueue: (q) => q === queue, isActive: () => true },
});

test("TEAM-1 a team with members and queues is read as it was made", async () => {
  await database.db.transaction().execute((trx) => insertTeam(trx, { name: "support", displayName: "Support", routingEnabled: true, members: [ana], queues: [queue] }, 1));
  await database.db.transaction().execute((trx) => insertTeam(trx, { name: "empty", displayName: "Empty", routingEnabled: false, members: [], queues: [] }, 2));
  const agents = await start();
  expect(agents.teams()).toMatchObject([{ name: "support", members: [ana], queues: [queue] }, { name: "empty", members: [], queues: [], routingEnabled: false }]);
  expect(agents.eligibleFor(queue)).toEqual([ana]);
});

test("STAT-6 the history is kept, and a restart goes on from its end", async () => {
  const clock = createFakeClock();
  const agents = await start(clock);
  agents.setStatus(ana, "available", "chosen");
  await clock.advance(1_000);
  agents.setStatus(ana, "busy", "offer-accepted");
  const since = clock.now();
  await agents.settled();
  agents.stop();
  const { rows } = await sql<{ status: string; cause: string; at: Millis }>`select status, cause, at from agent_status_history where user_id = ${ana} order by seq`.execute(database.db);
  expect(rows).toEqual([{ status: "available", cause: "chosen", at: since - 1_000 }, { status: "busy", cause: "offer-accepted", at: since }]);
  const again = await start();
  expect(again.status(ana)).toMatchObject({ value: "busy", since });
  again.setStatus(ana, "unavailable", "chosen");
  await again.settled();
  expect((await sql`select 1 from agent_status_history`.execute(database.db)).rows).toHaveLength(3);
  expect((await sql`select * from projection_failures`.execute(database.db)).rows).toEqual([]);
});

test("STAT-3 a restart knows until when wrap-up lasts, and that the agent has ended it", async () => {
  const clock = createFakeClock();
  const last = async () => (await createTeamsStore(database.db).statuses()).find(({ user }) => user === ana)?.wrapUpUntil;
  const agents = await start(clock);
  agents.desktopOpened(ana, "t1");
  agents.setStatus(ana, "busy", "offer-accepted");
  agents.callEnded(ana, 60_000);
  await agents.settled();
  agents.stop();
  expect(await last()).toBe(clock.now() + 60_000);
  const again = await start(clock);
  again.desktopOpened(ana, "t1");
  await clock.advance(60_000);
  expect(again.status(ana)).toMatchObject({ value: "available" });
  again.setStatus(ana, "busy", "offer-accepted");
  again.callEnded(ana, 60_000);
  again.setStatus(ana, "busy", "chosen");
  await again.settled();
  again.stop();
  expect(await last()).toBeNull();
  expect((await sql`select * from projection_failures`.execute(database.db)).rows).toEqual([]);
});
