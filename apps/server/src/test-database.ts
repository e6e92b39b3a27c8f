// A database with our tables, for the integration tests of the server.
import { join } from "node:path";
import { pino } from "pino";
import { freshDatabase } from "../../../tools/test-postgres.ts";
import { openDatabase, runMigrations } from "./platform/wiring.ts";
import type { Database } from "./platform/index.ts";

/** A migrated database of the test's own; `close` at the end drops it. */
export async function migratedDatabase(): Promise<{ readonly db: Database; readonly url: string; readonly close: () => Promise<void> }> {
  const log = pino({ level: "silent" });
  const fresh = await freshDatabase();
  const open = openDatabase({ url: fresh.url, log, maxConnections: 4 });
  await runMigrations(open.db, join(import.meta.dirname, "../migrations"), log);
  return { db: open.db, url: fresh.url, close: async () => { await open.close(); await fresh.drop(); } };
}
