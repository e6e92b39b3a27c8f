import type { Logger } from "pino";
import { openDatabase, type OpenDatabase } from "./database.ts";
import { runMigrations } from "./migrate.ts";

const LOOK_MS = 500;
/** A migration may rewrite a large table. */
const MIGRATION_LIMIT_MS = 3_600_000;

/** Opens the database, waits until it answers, however long that takes, and brings its schema up to date. A migration that fails rejects. */
export async function openReadyDatabase({ url, migrations, log }: { readonly url: string; readonly migrations: string; readonly log: Logger }): Promise<OpenDatabase> {
  const database = openDatabase({ url, log });
  for (let told = false; !(await database.answers()); told = true) {
    if (!told) log.warn("the database does not answer yet; waiting for it");
    await new Promise((resume) => setTimeout(resume, LOOK_MS));
  }
  const patient = openDatabase({ url, log, maxConnections: 1, statementTimeoutMs: MIGRATION_LIMIT_MS, name: "ringdesk-migrations" });
  try {
    await runMigrations(patient.db, migrations, log);
  } finally {
    await patient.close();
  }
  return database;
}
