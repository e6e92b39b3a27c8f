import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Logger } from "pino";
import type { Database } from "./database.ports.ts";
import { pipelinedPool } from "./pipelined-pool.ts";
import { createStatementNames } from "./statement-names.ts";

/** Connections of one server process. */
const MAX_CONNECTIONS = 12;
/** PostgreSQL gives up on a statement after this, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** The client gives up a little later: then the database hangs, and the connection is thrown away. */
const CLIENT_TIMEOUT_MS = 12_000;
const CONNECT_TIMEOUT_MS = 3_000;
const IDLE_TIMEOUT_MS = 60_000;
const OID_INT8 = 20;

export interface DatabaseOptions {
  /** `postgresql://…`; a socket folder goes into `?host=`. */
  readonly url: string;
  readonly log: Logger;
  readonly maxConnections?: number;
  readonly statementTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  readonly name?: string;
}

export interface OpenDatabase {
  readonly db: Database;
  /** Whether the database answers now. Never rejects. */
  readonly answers: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a pool that survives the death of PostgreSQL: connections that broke or timed out are thrown away, and the next
 * query connects anew. Nothing connects before the first query.
 */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + (CLIENT_TIMEOUT_MS - STATEMENT_TIMEOUT_MS),
    idle_in_transaction_session_timeout: statementTimeoutMs,
    application_name: options.name ?? "ringdesk-server",
    keepAlive: true,
    pipeline: true,
    types: { getTypeParser: parserOf },
  });
  // Without a listener the death of an idle connection would end the process.
  pool.on("error", (error) => options.log.warn({ reason: error.message }, "an idle database connection broke"));
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: pipelinedPool(pool, createStatementNames()) }) });
  return {
    db,
    answers: async () => {
      try {
        await pool.query("select 1");
        return true;
      } catch {
        return false;
      }
    },
    close: () => db.destroy(),
  };
}

/** bigint columns hold instants in milliseconds and counters, which fit a number; PostgreSQL's client would give text. */
const parserOf: pg.CustomTypesConfig["getTypeParser"] = ((oid: number, format?: "text" | "binary"): unknown =>
  oid === OID_INT8 && format !== "binary" ? Number : pg.types.getTypeParser(oid, format as "text")) as pg.CustomTypesConfig["getTypeParser"];
