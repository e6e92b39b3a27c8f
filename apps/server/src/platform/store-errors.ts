// What errors of the PostgreSQL client mean.
import type { StoreAway } from "./database.ports.ts";

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
