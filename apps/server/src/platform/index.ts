// Front door of the platform: HTTP, PostgreSQL. No phone words.
export type { Database, StoreAway, Transaction } from "./database.ports.ts";
export { FOREIGN_KEY_VIOLATION, sqlState, storeAway, UNIQUE_VIOLATION } from "./store-errors.ts";
export { isOwnOrigin } from "./http/csrf.rules.ts";
export { invalidAt, problems } from "./http/problems.ts";
export { SESSION_COOKIE, type HttpProblem, type RawAnswer, type RawRoute, type SignedInContext, type SomeHandlers } from "./http.ports.ts";
export { reach } from "./reach.ts";
export { syncFolder } from "./sync-folder.fs.ts";
export { afterCommit, inTransaction, writeBehind } from "./transaction.ts";
export { unlessTaken } from "./unless-taken.ts";
