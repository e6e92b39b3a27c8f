// Settings of support numbers in a real PostgreSQL.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { E164, Millis, NumberId, QueueId, UserId } from "@ringdesk/std";
import type { Audit } from "../organisation/index.ts";
import { migratedDatabase } from "../test-database.ts";
import { createSystemClock } from "../kernel/index.ts";
import { readNumber } from "./index.ts";
import { createNumbers, createNumberSettings, insertNumber, selectNumbers } from "./wiring.ts";

const by = "olga" as UserId;
const sales = "sales" as QueueId;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
beforeAll(async () => { database = await migratedDatabase(); });
afterAll(() => database.close());
const surroundings = { clock: createSystemClock(), readNumber: (text: string) => readNumber(text, "US"), greeting: () => "Welcome.", isQueue: (queue: QueueId) => queue === sales };

test("RTE-5 RTE-6 ORG-4 a change is written, told to the audit log, and known to the next call", async () => {
  const { db } = database;
  const told: unknown[] = [];
  const audit: Audit = { record: async (...what) => void told.push(what) };
  const number = "+12025550100" as E164;
  const id = await db.transaction().execute((trx) => insertNumber(trx, { number, label: "Support", carrier: "sandbox", greeting: "Hello", queueId: null, recording: true }, 1 as Millis));
  const numbers = await createNumbers(() => selectNumbers(db));
  expect(numbers.byId(id)).toMatchObject({ menu: null, voicemail: { on: false, greeting: "" } });
  const settings = createNumberSettings({ ...surroundings, db, audit, reload: numbers.reload });
  const change = { menu: { prompt: "Press 1.", keys: [{ key: "1", queueId: sales }] }, voicemail: { on: true, greeting: "Leave a message." } };
  expect(await settings.update(id, change, by)).toMatchObject({ ok: true, value: { label: "Support", ...change } });
  expect(numbers.byNumber(number)).toMatchObject(change);
  expect(told).toMatchObject([[by, "number.changed", { menu: null }, change]]);

  expect(await settings.update(id, {}, by)).toMatchObject({ ok: true });
  expect(told).toHaveLength(1);
  expect(await settings.update(id, { queueId: "gone" as QueueId }, by)).toMatchObject({ ok: false, error: { type: "change-invalid", errors: [{ pointer: "/queueId" }] } });
  expect(await settings.update("nobody" as NumberId, { label: "X" }, by)).toMatchObject({ ok: false, error: { type: "number-missing" } });
  expect(await settings.update(id, { menu: null }, by)).toMatchObject({ ok: true, value: { menu: null } });
});

test("ORG-4 a number that somebody adds is read as it was typed, told to the audit log, and known to the next call", async () => {
  const { db } = database;
  const told: unknown[] = [];
  const audit: Audit = { record: async (...what) => void told.push(what) };
  const numbers = await createNumbers(() => selectNumbers(db));
  const settings = createNumberSettings({ ...surroundings, db, audit, reload: numbers.reload });
  const wish = { number: "(212) 555-0155", label: "Sales", queueId: null };
  const made = await settings.create(wish, by);
  expect(made).toMatchObject({ ok: true, value: { number: "+12125550155", label: "Sales", greeting: "Welcome.", queueId: null, menu: null, voicemail: { on: false } } });
  expect(made.ok && numbers.byNumber("+12125550155" as E164)).toEqual(made.ok && made.value);
  expect(told).toMatchObject([[by, "number.created", null, { number: "+12125550155", label: "Sales" }]]);

  const wrong = (pointer: string) => ({ ok: false, error: { type: "change-invalid", errors: [{ pointer }] } });
  expect(await settings.create({ ...wish, number: "+1 212 555 0155" }, by)).toMatchObject(wrong("/number"));
  expect(await settings.create({ ...wish, number: "911" }, by)).toMatchObject(wrong("/number"));
  expect(await settings.create({ ...wish, number: "(212) 555-0156", queueId: "gone" as QueueId }, by)).toMatchObject(wrong("/queueId"));
  expect(told).toHaveLength(1);
});
