import { API_BASE, api, problem, type OperationId, type Permission, type Route } from "@ringdesk/contract/http";
import { err, type Result } from "@ringdesk/std";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { mayAccess, SESSION_COOKIE, type Handlers, type HttpProblem, type PublicContext, type RawRoute, type SignedInContext } from "../http.ports.ts";
import { storeAway } from "../store-errors.ts";
import { isOwnPage } from "./csrf.rules.ts";
import { createIdempotency } from "./idempotency.ts";
import { invalidInput, problemBody, problems } from "./problems.ts";

export interface ApiOptions {
  readonly handlers: Handlers;
  readonly rawRoutes: readonly RawRoute[];
  /** Who holds this session cookie; from memory, because it is asked for every request. */
  readonly findSession: (token: string) => SignedIn | null;
  readonly publicUrl: string;
  readonly nowMs: () => number;
}

/** A session with what its user may (ORG-2). */
type SignedIn = { readonly sessionId: string; readonly user: NonNullable<PublicContext["user"]>; readonly permissions: readonly Permission[] };
type AnyHandler = (input: unknown, ctx: PublicContext) => Promise<Result<unknown, HttpProblem>>;
type Parts = { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown };

/** Registers every route of the map, and the raw ones. Who may call which is decided here and nowhere else (SEC-2). */
export function registerApi(app: FastifyInstance, options: ApiOptions): void {
  const idempotently = createIdempotency();
  for (const [operation, route] of Object.entries(api) as [OperationId, Route][]) {
    const handle = options.handlers[operation] as unknown as AnyHandler;
    app.route({
      method: route.method,
      url: API_BASE + route.path,
      schema: schemaOf(operation, route),
      ...(route.maxBodyBytes === undefined ? {} : { bodyLimit: route.maxBodyBytes }),
      onRequest: guard(route, options),
      handler: async (request, reply) => {
        const input = parseInput(route, request);
        if (!input.ok) return sendProblem(reply, input.error);
        const ctx = contextOf(request, reply, options);
        const key = request.headers["idempotency-key"];
        const run = (): Promise<Result<unknown, HttpProblem>> => attempt(() => handle(input.value, ctx));
        const result = typeof key === "string" && route.method === "POST" && ctx.sessionId !== null
          ? await idempotently({ caller: ctx.sessionId, operation, key, input: input.value, nowMs: options.nowMs() }, run)
          : await run();
        return result.ok ? sendParsed(reply, route, result.value) : sendProblem(reply, result.error);
      },
    });
  }
  for (const route of options.rawRoutes) registerRaw(app, route, options);
}

function registerRaw(app: FastifyInstance, route: RawRoute, options: ApiOptions): void {
  app.route({
    method: "GET",
    exposeHeadRoute: false, // it would read all of the answer to tell how it begins
    url: API_BASE + route.path,
    schema: { summary: route.summary, tags: ["files"] },
    onRequest: guard(route, options),
    handler: async (request, reply) => {
      const { range = null } = request.headers;
      const raw = { params: request.params as Record<string, string>, query: request.query as Record<string, string>, range };
      const result = await attempt(() => route.handle(raw, contextOf(request, reply, options) as SignedInContext));
      if (!result.ok) return sendProblem(reply, result.error);
      return reply.code(result.value.status).headers(result.value.headers).send(result.value.body);
    },
  });
}

/** The one place where access is decided: before the body is read. */
function guard(route: Pick<Route, "access" | "permission">, options: ApiOptions) {
  const publicOrigin = new URL(options.publicUrl).origin;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const token = request.cookies[SESSION_COOKIE];
    const session = token === undefined ? null : options.findSession(token);
    request.signedIn = session;
    const header = (name: string): string | null => {
      const value = request.headers[name];
      return typeof value === "string" ? value : null;
    };
    const from = { origin: header("origin"), secFetchSite: header("sec-fetch-site"), host: header("host") };
    if (request.method !== "GET" && request.method !== "HEAD" && !isOwnPage(from, publicOrigin)) return sendProblem(reply, problems.crossSite);
    if (mayAccess(route, session === null ? null : { role: session.user.role, permissions: session.permissions })) return undefined;
    return sendProblem(reply, session === null ? problems.signedOut : problems.forbidden);
  };
}

function parseInput(route: Route, request: FastifyRequest): Result<Parts, HttpProblem> {
  const value: { params?: unknown; query?: unknown; body?: unknown } = {};
  for (const part of ["params", "query", "body"] as const) {
    const schema: z.ZodType | undefined = route[part];
    if (schema === undefined) continue;
    const parsed = schema.safeParse(request[part] ?? {});
    if (!parsed.success) return err(invalidInput(part, parsed.error));
    value[part] = parsed.data;
  }
  return { ok: true, value };
}

/** A handler reports what can happen as a value; only the absence of the database may reach here as an exception. */
async function attempt<T>(run: () => Promise<Result<T, HttpProblem>>): Promise<Result<T, HttpProblem>> {
  try {
    return await run();
  } catch (error) {
    if (storeAway(error) !== null) return err(problems.storeAway);
    throw error;
  }
}

/** Only what the contract names leaves the house. */
function sendParsed(reply: FastifyReply, route: Route, value: unknown): FastifyReply {
  return reply.code(200).type("application/json; charset=utf-8").send(JSON.stringify(route.response.parse(value)));
}

export function sendProblem(reply: FastifyReply, problem: HttpProblem): FastifyReply {
  if (problem.retryAfterS !== undefined) reply.header("retry-after", String(problem.retryAfterS));
  return reply.code(problem.status).type("application/problem+json; charset=utf-8").send(JSON.stringify(problemBody(problem)));
}

function contextOf(request: FastifyRequest, reply: FastifyReply, options: ApiOptions): PublicContext {
  const cookie = { path: "/", httpOnly: true, sameSite: "lax", secure: options.publicUrl.startsWith("https:") } as const;
  return {
    user: request.signedIn?.user ?? null,
    sessionId: request.signedIn?.sessionId ?? null,
    requestId: request.id,
    remoteAddress: request.ip,
    cookie: (name) => request.cookies[name] ?? null,
    setCookie: (name, value, { maxAgeS } = {}) => { reply.setCookie(name, value, { ...cookie, ...(maxAgeS === undefined ? {} : { maxAge: maxAgeS }) }); },
    clearCookie: (name) => { reply.clearCookie(name, cookie); },
  };
}

/** For the OpenAPI document; nothing is validated by it. */
function schemaOf(operation: OperationId, route: Route): Record<string, unknown> {
  return {
    operationId: operation, summary: route.summary, tags: [route.path.split("/")[1] ?? "other"],
    description: neededFor(route),
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    ...(route.access === "public" ? { security: [] } : {}),
    response: { 200: route.response, default: problem.describe("A problem (RFC 9457)") },
  };
}

function neededFor({ access, permission }: Route): string {
  if (access === "public") return "Needs no sign-in.";
  return permission === undefined ? `Needs the role ${access} or a higher one.` : `Needs the permission ${permission}, which the role ${access} has unless a permission set says otherwise.`;
}

declare module "fastify" {
  interface FastifyRequest {
    signedIn: SignedIn | null;
  }
}
