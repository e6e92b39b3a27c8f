import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ok, type Millis, type UserId } from "@ringdesk/std";
import { migratedDatabase } from "../test-database.ts";
import { createDeviceStore } from "./device.pg.ts";
import type { StoredDevice } from "./device.rules.ts";

const ana = "ana" as UserId;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
beforeAll(async () => {
  database = await migratedDatabase();
  await sql`insert into users (id, name, email, role, password_hash, created_at) values (${ana}, 'Ana', 'ana@a.example', 'agent', '-', 1)`.execute(database.db);
});
afterAll(() => database.close());

test("a device is read as it was stored last", async () => {
  const store = createDeviceStore(database.db);
  expect(await store.all()).toEqual([]);
  const phone: StoredDevice = { userId: ana, kind: "phone", contact: null, account: { number: "70001234", password: "a long random password" }, changedAt: 1 as Millis };
  const fixed: StoredDevice = { ...phone, contact: "sip:ana@10.0.0.7", changedAt: 2 as Millis };
  for (const device of [phone, fixed, { ...fixed, kind: "browser", contact: null } as const]) {
    expect(await store.save(device)).toEqual(ok(undefined));
    expect(await store.all()).toEqual([device]);
  }
});
