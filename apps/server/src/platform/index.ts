// Front door of the platform: HTTP, PostgreSQL. No phone words.
export type { Database, StoreAway, Transaction } from "./database.ports.ts";
export {
  mayAccess,
  type CookieOptions, type Handler, type HandlerContext, type Handlers, type HttpProblem, type PublicContext, type RawAnswer, type RawRequest, type RawRoute,
  type SignedInContext, type SomeHandlers,
} from "./http.ports.ts";
export { sqlState, storeAway, UNIQUE_VIOLATION } from "./database.ts";
export { problems } from "./http/problems.ts";
export { isOwnOrigin } from "./http/csrf.rules.ts";
export { SESSION_COOKIE } from "./http.ports.ts";
export { reach } from "./reach.ts";
