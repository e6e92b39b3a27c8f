import { readdir, readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { sql } from "kysely";
import type { Logger } from "pino";
import type { Database } from "./database.ports.ts";

/** Any number, the same in every version: whoever holds this lock migrates. */
const MIGRATION_LOCK = 7_319_204_551;
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

interface Migration { readonly name: string; readonly text: string; readonly hash: string }

/**
 * Brings the schema up to date: runs each `NNNN_name.sql` of the folder that has not run, in the order of their names,
 * each in a transaction of its own. Several servers may start at once; one migrates, the others wait. A failed migration
 * changes nothing and rejects, as does a file that was edited after it ran.
 * @returns the names of those that ran now
 */
export async function runMigrations(db: Database, folder: string, log: Logger): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((name) => FILE_NAME.test(name)).sort();
  const migrations = await Promise.all(files.map((name) => load(folder, name)));
  return db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`.execute(connection);
    try {
      return await runAll(connection, migrations, log);
    } finally {
      await sql`select pg_advisory_unlock(${MIGRATION_LOCK})`.execute(connection);
    }
  });
}

async function load(folder: string, name: string): Promise<Migration> {
  const text = await readFile(join(folder, name), "utf8");
  return { name, text, hash: createHash("sha256").update(text).digest("hex") };
}

async function runAll(db: Database, migrations: readonly Migration[], log: Logger): Promise<readonly string[]> {
  await sql`create table if not exists migrations (name text primary key, hash text not null, ran_at timestamptz not null default now())`.execute(db);
  const rows = await sql<{ name: string; hash: string }>`select name, hash from migrations`.execute(db);
  const ran = new Map(rows.rows.map((row) => [row.name, row.hash]));
  const done: string[] = [];
  for (const migration of migrations) {
    const hash = ran.get(migration.name);
    if (hash === migration.hash) continue;
    if (hash !== undefined) throw new Error(`migration ${migration.name} was changed after it ran; migrations are only ever added`);
    await runOne(db, migration);
    log.info({ migration: migration.name }, "migrated");
    done.push(migration.name);
  }
  return done;
}

async function runOne(db: Database, migration: Migration): Promise<void> {
  try {
    await db.transaction().execute(async (trx) => {
      await sql.raw(migration.text).execute(trx);
      await sql`insert into migrations (name, hash) values (${migration.name}, ${migration.hash})`.execute(trx);
    });
  } catch (error) {
    throw new Error(`migration ${migration.name} failed and changed nothing: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
