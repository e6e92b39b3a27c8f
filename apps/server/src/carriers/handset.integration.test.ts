import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ok, type E164 } from "@ringdesk/std";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { migratedDatabase } from "../test-database.ts";
import { createHandsetStore, createSandbox } from "./wiring.ts";

const support = "+12025550100" as E164;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
beforeAll(async () => { database = await migratedDatabase(); });
afterAll(() => database.close());

const start = () => createSandbox({
  phoneTrunk: () => null,
  clock: createFakeClock(), store: createHandsetStore(database.db), log: pino({ level: "silent" }), trunk: null,
  lines: { connect: async () => ok("v=0"), incoming: () => undefined, answered: () => true, end: () => undefined },
  readNumber: (input) => ok(input as E164), isSupportNumber: (n) => n === support, publish: () => undefined,
});

test("a handset keeps its number, and its call through a restart", async () => {
  const first = await start();
  const made = await first.handsets.of(null);
  if (!made.ok) throw new Error(made.error.type);
  const { id } = made.value;
  await first.handsets.dial(id, support, "v=0");
  const leg = first.handsets.view(id)?.call?.id;
  first.carriers.onLeg({ type: "answered", leg: leg as never });
  await first.settled();
  const again = await start();
  expect(await again.handsets.of(id)).toMatchObject({ ok: true, value: { number: made.value.number, call: { id: leg, state: "talking", with: support } } });
});

test("many browsers at once get different numbers, also from two servers", async () => {
  const servers = [await start(), await start()];
  const made = await Promise.all(Array.from({ length: 16 }, (_, i) => servers[i % 2]?.handsets.of(null)));
  const numbers = made.flatMap((m) => (m?.ok === true ? [m.value.number] : []));
  expect(new Set(numbers).size).toBe(16);
});

test("a handset whose stored call nobody can read is idle", async () => {
  await sql`insert into handsets (id, number, state, created_at, last_seen_at) values ('odd', '+12125550199', '{"kind":"flying"}', 1, 1)`.execute(database.db);
  expect((await start()).handsets.view("odd")).toMatchObject({ call: null });
});
