import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "../../../../tools/test-postgres.ts";
import { openDatabase, type OpenDatabase } from "./database.ts";
import { runMigrations } from "./migrate.ts";

const log = pino({ level: "silent" });
let open: OpenDatabase;
let other: OpenDatabase;
let drop: () => Promise<void>;
beforeAll(async () => {
  const fresh = await freshDatabase();
  drop = fresh.drop;
  open = openDatabase({ url: fresh.url, log });
  other = openDatabase({ url: fresh.url, log });
});
afterAll(async () => {
  await Promise.all([open.close(), other.close()]);
  await drop();
});

const folderWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "rd-migrations-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
};
const tables = async (): Promise<string[]> => (await sql<{ t: string }>`select tablename as t from pg_tables where schemaname = 'public' order by 1`.execute(open.db)).rows.map((r) => r.t);

test("OPS-3 two servers that start at once migrate once, in order, and again nothing", async () => {
  const folder = await folderWith({ "0002_b.sql": "alter table a add column n int;", "0001_a.sql": "create table a (id int); insert into a values (1);", "notes.txt": "no" });
  const ran = await Promise.all([runMigrations(open.db, folder, log), runMigrations(other.db, folder, log)]);
  expect(ran.flat()).toEqual(["0001_a.sql", "0002_b.sql"]);
  expect(await runMigrations(open.db, folder, log)).toEqual([]);
});

test("OPS-3 a migration that fails changes nothing", async () => {
  const folder = await folderWith({ "0003_c.sql": "create table c (id int); insert into c values (1); select 1/0;" });
  await expect(runMigrations(open.db, folder, log)).rejects.toThrow("0003_c.sql failed and changed nothing");
  expect(await tables()).toEqual(["a", "migrations"]);
});

test("a migration that was edited after it ran is refused", async () => {
  const folder = await folderWith({ "0001_a.sql": "create table somethingelse (id int);" });
  await expect(runMigrations(open.db, folder, log)).rejects.toThrow("was changed after it ran");
});

test("instants arrive as numbers", async () => {
  const rows = await sql<{ at: number }>`select 1700000000123::bigint as at`.execute(open.db);
  expect(rows.rows[0]?.at).toBe(1_700_000_000_123);
});
