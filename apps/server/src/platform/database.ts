import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import pg from "pg";
import type { Logger } from "pino";
import type { Database, StoreAway } from "./database.ports.ts";

/** Connections of one server process. */
const MAX_CONNECTIONS = 12;
/** PostgreSQL gives up on a statement after this, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** The client gives up a little later: then the database hangs, and the connection is thrown away. */
const CLIENT_TIMEOUT_MS = 12_000;
const CONNECT_TIMEOUT_MS = 3_000;
const IDLE_TIMEOUT_MS = 60_000;
const OID_INT8 = 20;
/** Statements that a connection keeps parsed and planned; those that come later are parsed each time. */
const MAX_PREPARED = 200;

export interface DatabaseOptions {
  /** `postgresql://…`; a socket folder goes into `?host=`. */
  readonly url: string;
  readonly log: Logger;
  readonly maxConnections?: number;
  readonly statementTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  readonly name?: string;
  /** For a pool that runs the same few statements over and over: each is parsed and planned once per connection. */
  readonly prepares?: boolean;
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
    types: { getTypeParser: parserOf },
  });
  // Without a listener the death of an idle connection would end the process.
  pool.on("error", (error) => options.log.warn({ reason: error.message }, "an idle database connection broke"));
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: discardBroken(pool, options.prepares === true ? createStatementNames() : () => null) }) });
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

/**
 * A pool whose connections are closed, not reused, after they broke or a query timed out at our side: such a connection
 * may still carry an open transaction, because the ROLLBACK never got through.
 */
function discardBroken(pool: pg.Pool, nameOf: StatementNames): PostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect();
      let broken = false;
      const onError = (): void => { broken = true; };
      client.on("error", onError);
      const query = ((text: string, values: unknown[]): unknown => {
        const name = nameOf(text, values);
        const result: unknown = name === null ? client.query(text, values) : client.query({ name, text, values });
        if (result instanceof Promise) result.catch((error: unknown) => { broken ||= storeAway(error) !== null; });
        return result;
      }) as PostgresPoolClient["query"];
      return {
        query,
        release: () => {
          client.off("error", onError);
          client.release(broken);
        },
      } as PostgresPoolClient;
    },
    end: () => pool.end(),
    options: pool.options,
  } as PostgresPool;
}

/** Under which name a statement is prepared; null: it is not. */
type StatementNames = (text: string, values: readonly unknown[] | undefined) => string | null;

function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  return (text, values) => {
    if (values === undefined || values.length === 0) return null; // begin, commit: nothing to plan
    const known = names.get(text);
    if (known !== undefined || names.size >= MAX_PREPARED) return known ?? null;
    const name = `ringdesk-${names.size + 1}`;
    names.set(text, name);
    return name;
  };
}

/** SQLSTATE classes that speak of the server's state and not of the statement: connection, resources, operator intervention, system. */
const AWAY_CLASSES = ["08", "53", "57", "58"];
/** A statement of ours that took too long; the database as such is there. */
const QUERY_CANCELED = "57014";
const AWAY_CODES = ["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT", "EACCES", "ENOTFOUND", "EHOSTUNREACH", "EAI_AGAIN"];
const AWAY_WORDS = /terminated|timeout|not queryable|Connection ended|closed the connection|starting up|shutting down|Cannot use a pool after/i;

/** The error as a value when it says that the database is away or hangs; null when it is about the statement, i.e. a bug or a conflict. */
export function storeAway(error: unknown): StoreAway | null {
  if (!(error instanceof Error)) return null;
  const code = sqlState(error);
  const away = code === null ? AWAY_WORDS.test(error.message) : code === QUERY_CANCELED || AWAY_CODES.includes(code) || (code.length === 5 && AWAY_CLASSES.includes(code.slice(0, 2)));
  return away ? { type: "store-away", detail: error.message } : null;
}

/** SQLSTATE (or the system's error code), e.g. `23505` for a unique violation. */
export function sqlState(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
export const UNIQUE_VIOLATION = "23505";
export const FOREIGN_KEY_VIOLATION = "23503";
