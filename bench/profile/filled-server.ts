// The product's own server over a database that was filled before it starts. Everything from there on is the product: no part
// is left out or replaced.
import { join } from "node:path";
import { parseConfig, type Config } from "@ringdesk/contract/config";
import pg from "pg";
import { createLog, openDatabase, runMigrations } from "../../apps/server/src/platform/wiring.ts";

const SERVER = join(import.meta.dirname, "../../apps/server/src/main.ts");
const MIGRATIONS = join(import.meta.dirname, "../../apps/server/migrations");
const EXIT_BAD_CONFIG = 78;

/** Makes the tables, fills them once, and is the server from then on, as if the launcher had started it. `startedBy`: the command to use instead. */
export async function serveFilled(startedBy: string, fill: (client: pg.Client, config: Config) => Promise<void>): Promise<void> {
  const config = parseConfig(process.env);
  if (!config.ok || config.value.databaseUrl === null) {
    process.stderr.write(`This server is started by ${startedBy}.\n`);
    process.exit(EXIT_BAD_CONFIG);
  }
  const { databaseUrl, logLevel } = config.value;
  const log = createLog(logLevel);
  const database = openDatabase({ url: databaseUrl, log });
  await runMigrations(database.db, MIGRATIONS, log);
  await database.close();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from organisation");
    if (rowCount === 0) {
      await client.query("begin");
      await fill(client, config.value);
      await client.query("commit");
    }
  } finally {
    await client.end();
  }
  await import(SERVER);
}
