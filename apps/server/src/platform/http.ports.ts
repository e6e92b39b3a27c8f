import type { Readable } from "node:stream";
import type { Access, Api, HandlerInput, OperationId, Permission, Response, Role, Route, User } from "@ringdesk/contract/http";
import type { Result } from "@ringdesk/std";

/** An answer that is not a success; becomes RFC 9457 problem details. `code` is stable, `errors` point at fields by JSON pointer. */
export interface HttpProblem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  /** Seconds after which another try makes sense. */
  readonly retryAfterS?: number;
}

export interface CookieOptions {
  /** Seconds; absent: until the browser closes. */
  readonly maxAgeS?: number;
}

/** What a handler knows of its caller. Cookies that it sets are HttpOnly, SameSite=Lax, and Secure when the pages are served over https. */
export interface PublicContext {
  readonly user: User | null;
  readonly sessionId: string | null;
  readonly requestId: string;
  /** The caller's IP address. */
  readonly remoteAddress: string;
  readonly cookie: (name: string) => string | null;
  readonly setCookie: (name: string, value: string, options?: CookieOptions) => void;
  readonly clearCookie: (name: string) => void;
}
export interface SignedInContext extends PublicContext {
  readonly user: User;
  readonly sessionId: string;
}
export type HandlerContext<A extends Access = Access> = A extends "public" ? PublicContext : SignedInContext;

/** Carries out one operation. Input is parsed already; whoever may not call the route never gets here. */
export type Handler<K extends OperationId> =
  (input: HandlerInput<Api[K]>, ctx: HandlerContext<Api[K]["access"]>) => Promise<Result<Response<Api[K]>, HttpProblem>>;
/** One handler for each route; each room contributes a part. */
export type Handlers = { readonly [K in OperationId]: Handler<K> };
export type SomeHandlers = { readonly [K in OperationId]?: Handler<K> };

/** A route whose answer is not JSON, e.g. audio. Only GET; below API_BASE like the others. */
export interface RawRoute {
  /** Fastify path, e.g. `/recordings/:id/audio`. */
  readonly path: string;
  readonly access: Access;
  readonly permission?: Permission;
  readonly summary: string;
  readonly handle: (request: RawRequest, ctx: SignedInContext) => Promise<Result<RawAnswer, HttpProblem>>;
}
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The Range header as it came, or null. */
  readonly range: string | null;
}
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable | Uint8Array | string | null;
}

/** Whether a user reaches a route: by a permission where the route names one, else by role. Admins may do all, managers what agents may. */
export function mayAccess({ access, permission }: Pick<Route, "access" | "permission">, who: { readonly role: Role; readonly permissions: readonly Permission[] } | null): boolean {
  if (access === "public") return true;
  if (who === null) return false;
  if (permission !== undefined) return who.permissions.includes(permission);
  const rank = { agent: 0, manager: 1, admin: 2 } as const;
  return rank[who.role] >= rank[access];
}

export const SESSION_COOKIE = "ringdesk_session";
