import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { API_BASE, api, permission, permissionsOf, problem, type OperationId, type Role, type Route, type User } from "@ringdesk/contract/http";
import { err, ok, type Result, type UserId } from "@ringdesk/std";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Handlers, HttpProblem, PublicContext } from "../http.ports.ts";
import { createHttpServer } from "./server.ts";

type Run = (input: unknown, ctx: PublicContext) => Promise<Result<unknown, HttpProblem>>;
const REACHED: HttpProblem = { status: 418, code: "reached", title: "The handler was reached" };
const answers = new Map<string, Run>();
/** Every operation answers "reached", unless a test gives it another answer. */
const handlers = new Proxy({}, {
  get: (_target, operation: string): Run => (input, ctx) => (answers.get(operation) ?? (() => Promise.resolve(err(REACHED))))(input, ctx),
}) as Handlers;
const userOf = (role: Role): User => ({ id: `u-${role}` as UserId, name: role, email: `${role}@example.com`, role });
const isRole = (text: string): text is Role => ["admin", "manager", "agent"].includes(text);

/** The token is the role; after a plus sign, the permissions of a custom set. */
function sessionOf(token: string) {
  const [role = "", custom] = token.split("+");
  if (!isRole(role)) return null;
  return { sessionId: `s-${token}`, user: userOf(role), permissions: permissionsOf(role, custom === undefined ? null : permission.options.filter((each) => custom.split(",").includes(each))) };
}

let app: FastifyInstance;
beforeAll(async () => {
  const webFolder = await mkdtemp(join(tmpdir(), "rd-web-"));
  await mkdir(join(webFolder, "assets"));
  await writeFile(join(webFolder, "index.html"), "<!doctype html><title>Ringdesk</title>");
  await writeFile(join(webFolder, "assets", "index-Abcd1234.js"), "export {};");
  await writeFile(join(webFolder, "favicon.svg"), "<svg/>");
  app = await createHttpServer({
    log: pino({ level: "silent" }), handlers, webFolder, version: "1.2.3", publicUrl: "https://phone.example.com", tls: null, nowMs: () => 1_000,
    findSession: sessionOf,
    rawRoutes: [{ path: "/recordings/:id/audio", access: "agent", permission: "listen-recordings", summary: "Audio", handle: async (request) => ok({ status: 206, headers: { "content-type": "audio/wav" }, body: Buffer.from(request.range ?? "") }) }],
    operations: { checks: async () => ({ database: true, switch: false }), gauges: () => ({ ringdesk_facts_waiting: 3 }) },
  });
  await app.ready();
});
afterAll(() => app.close());

interface Ask { readonly as?: string | null; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>; readonly params?: Readonly<Record<string, string>>; readonly query?: string }
const ask = (operation: OperationId, { as = "agent", body, headers = {}, params = {}, query = "" }: Ask = {}) => {
  const { method, path }: Route = api[operation];
  return app.inject({
    method, url: API_BASE + path.replace(/:(\w+)/g, (_all, name: string) => params[name] ?? "x1") + query,
    headers: { host: "phone.example.com", ...(as === null ? {} : { cookie: `ringdesk_session=${as}` }), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });
};
const codeOf = (response: { readonly json: () => unknown }): string => problem.parse(response.json()).code;

describe("SEC-2 who reaches which route", () => {
  const rank = { agent: 0, manager: 1, admin: 2 } as const;
  for (const [operation, route] of Object.entries(api) as [OperationId, Route][]) {
    for (const who of [null, "stranger", "agent", "manager", "admin"] as const) {
      const role = who === "stranger" ? null : who;
      const allowed = route.access === "public" || (role !== null && rank[role] >= rank[route.access]);
      test(`${who ?? "nobody"} ${allowed ? "reaches" : "does not reach"} ${operation}`, async () => {
        const code = codeOf(await ask(operation, { as: who }));
        if (allowed) expect(["reached", "invalid"]).toContain(code);
        else expect(code).toBe(role === null ? "signed-out" : "forbidden");
      });
    }
  }

  test("ORG-2 a permission set lets an agent in, and keeps a manager out, but never an admin", async () => {
    const reached = async (as: string) => codeOf(await ask("getStatusHistory", { as }));
    expect([await reached("agent"), await reached("agent+reporting"), await reached("manager"), await reached("manager+export"), await reached("admin+export")])
      .toEqual(["forbidden", "reached", "reached", "forbidden", "reached"]);
    expect(codeOf(await ask("listAccounts", { as: "agent+reporting" }))).toBe("forbidden");
    const audio = (as: string) => app.inject({ method: "GET", url: `${API_BASE}/recordings/r1/audio`, headers: { cookie: `ringdesk_session=${as}` } });
    expect([(await audio("agent")).statusCode, (await audio("agent+reporting")).statusCode]).toEqual([206, 403]);
  });

  test("routes beside the map: audio needs a session, and nothing else answers below the API", async () => {
    const audio = (as: string | null) => app.inject({ method: "GET", url: `${API_BASE}/recordings/r1/audio`, headers: { range: "bytes=0-9", ...(as === null ? {} : { cookie: `ringdesk_session=${as}` }) } });
    expect([(await audio(null)).statusCode, (await audio("agent")).statusCode, (await audio("agent")).body]).toEqual([401, 206, "bytes=0-9"]);
    const paths = new Set([...Object.values(api).map((route) => route.path), "/recordings/:id/audio", "/openapi.json"]);
    const routes = app.printRoutes({ commonPrefix: false });
    expect(routes.split("\n").filter((line) => line.includes("/api/v1/")).length).toBeLessThanOrEqual(paths.size);
    expect((await app.inject({ method: "GET", url: `${API_BASE}/secrets`, headers: { accept: "text/html" } })).statusCode).toBe(404);
  });
});

describe("SEC-1 requests from other sites", () => {
  const changing = (Object.entries(api) as [OperationId, Route][]).filter(([, route]) => route.method !== "GET");
  for (const [operation] of changing) {
    test(`${operation} is refused`, async () => {
      for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }, { origin: "null" }]) {
        expect(codeOf(await ask(operation, { as: "admin", headers }))).toBe("cross-site");
      }
    });
  }
  test("our own pages are served", async () => {
    expect(codeOf(await ask("signOut", { headers: { origin: "https://phone.example.com", "sec-fetch-site": "same-origin" } }))).toBe("reached");
  });
});

describe("API-1 requests and answers", () => {
  test("input is parsed, and what is wrong is told by field", async () => {
    const response = await ask("runSetup", { as: null, body: { organisation: { name: " ", timeZone: "UTC", country: "US" }, owner: { name: "A", email: "no", password: "short" } } });
    expect([response.statusCode, response.headers["content-type"]]).toEqual([422, "application/problem+json; charset=utf-8"]);
    expect(response.json()).toMatchObject({ code: "invalid", errors: [
      { pointer: "/organisation/name", detail: "Enter a name" }, { pointer: "/owner/email", detail: "Enter an e-mail address" }, { pointer: "/owner/password", detail: "Use at least 15 characters" },
    ] });
    expect(codeOf(await ask("getCall", { params: { id: "a%20b" } }))).toBe("invalid");
    expect((await ask("listCustomers", { query: "?limit=1000" })).json()).toMatchObject({ errors: [{ pointer: "/query/limit" }] });
  });

  test("defaults and coercions reach the handler", async () => {
    let got: unknown;
    answers.set("listCustomers", async (input) => { got = input; return ok({ items: [], nextCursor: null }); });
    expect((await ask("listCustomers", { query: "?limit=7" })).json()).toEqual({ items: [], nextCursor: null });
    expect(got).toMatchObject({ query: { limit: 7 } });
  });

  test("only what the contract names leaves the house", async () => {
    answers.set("listUsers", async () => ok({ items: [{ ...userOf("admin"), active: true, passwordHash: "secret" }] }));
    expect((await ask("listUsers")).body).not.toContain("secret");
  });

  test("what cannot be read is a problem, not a stack", async () => {
    const send = async (payload: string, type: string) => {
      const response = await app.inject({ method: "POST", url: `${API_BASE}/session`, headers: { "content-type": type }, payload });
      return [response.statusCode, codeOf(response)];
    };
    expect(await send("{", "application/json")).toEqual([400, "malformed"]);
    expect(await send("email=a", "application/x-www-form-urlencoded")).toEqual([415, "not-json"]);
    expect(await send("a", "text/plain")).toEqual([415, "not-json"]);
    expect(await send(JSON.stringify({ email: "x".repeat(70_000) }), "application/json")).toEqual([413, "too-large"]);
  });

  test("a bug is told without its words; an absent database as such", async () => {
    answers.set("getDesk", () => Promise.reject(new Error("password=hunter2")));
    const bug = await ask("getDesk");
    expect([bug.statusCode, codeOf(bug), bug.body.includes("hunter2")]).toEqual([500, "bug", false]);
    answers.set("getDesk", () => Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" })));
    const away = await ask("getDesk");
    expect([away.statusCode, codeOf(away), away.headers["retry-after"]]).toEqual([503, "store-away", "5"]);
    answers.delete("getDesk");
  });

  test("an Idempotency-Key carries out a request once, per caller; another request under the same key is refused", async () => {
    let times = 0;
    answers.set("dial", async () => { times += 1; await Promise.resolve(); return ok({ callId: `c${times}` }); });
    const dial = (as: string, to: string, key: string) => ask("dial", { as, body: { to }, headers: { "idempotency-key": key } });
    const [first, second] = await Promise.all([dial("agent", "1", "k"), dial("agent", "1", "k")]);
    expect([first.json(), second.json(), times]).toEqual([{ callId: "c1" }, { callId: "c1" }, 1]);
    expect((await dial("admin", "1", "k")).json()).toEqual({ callId: "c2" });
    expect(codeOf(await dial("agent", "2", "k"))).toBe("idempotency-key-reused");
    expect(codeOf(await dial("agent", "2", "x".repeat(201)))).toBe("idempotency-key-invalid");
  });

  test("what failed on our side is tried again under the same key", async () => {
    let times = 0;
    answers.set("dial", async () => { times += 1; return times === 1 ? err({ status: 503, code: "away", title: "Away" }) : ok({ callId: "c9" }); });
    const dial = () => ask("dial", { body: { to: "5" }, headers: { "idempotency-key": "again" } });
    expect([(await dial()).statusCode, (await dial()).statusCode, times]).toEqual([503, 200, 2]);
  });

  test("cookies are HttpOnly, SameSite and Secure", async () => {
    answers.set("signIn", async (_input, ctx) => { ctx.setCookie("ringdesk_session", "t", { maxAgeS: 60 }); return err(REACHED); });
    const response = await ask("signIn", { as: null, body: { email: "a", password: "b" } });
    expect(response.headers["set-cookie"]).toBe("ringdesk_session=t; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax");
  });

  test("the OpenAPI 3.1 document holds every route, and a page shows it", async () => {
    const document = (await app.inject({ method: "GET", url: `${API_BASE}/openapi.json` })).json<{ openapi: string; paths: Record<string, Record<string, { operationId?: string }>> }>();
    expect(document.openapi).toBe("3.1.0");
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path).map((each) => each.operationId));
    for (const operation of Object.keys(api)) expect(operations).toContain(operation);
    const page = await app.inject({ method: "GET", url: "/api/docs/" });
    expect([page.statusCode, page.body.includes("<script src="), /<script>/.test(page.body)]).toEqual([200, true, false]);
  });
});

describe("pages and probes", () => {
  test("every address of the app gets the page, with a policy that runs nothing but our scripts", async () => {
    for (const url of ["/", "/customers/c1", "/handset"]) {
      const page = await app.inject({ method: "GET", url, headers: { accept: "text/html" } });
      expect([page.statusCode, page.headers["cache-control"], page.body.includes("Ringdesk")]).toEqual([200, "no-cache", true]);
      expect(page.headers["content-security-policy"]).toContain("script-src 'self';");
      expect(page.headers["permissions-policy"]).toContain("microphone=(self)");
      expect(page.headers["strict-transport-security"]).toContain("max-age=31536000");
    }
  });
  test("who takes anything gets the page at the root; who names JSON, or anything else that is missing, is told that there is nothing", async () => {
    const get = async (url: string, accept?: string) => {
      const { statusCode, headers } = await app.inject({ method: "GET", url, headers: accept === undefined ? {} : { accept } });
      return [statusCode, String(headers["content-type"]).split(";")[0]];
    };
    const [page, problemJson] = [[200, "text/html"], [404, "application/problem+json"]];
    expect([await get("/", "*/*"), await get("/"), await get("/?from=curl", "*/*")]).toEqual([page, page, page]);
    for (const accept of ["application/json", "application/json, text/plain, */*", "image/png"]) expect(await get("/", accept), accept).toEqual(problemJson);
    for (const url of ["/health", "/readyz/", "/customers/c1", "/favicon.ico", "/assets/gone", `${API_BASE}/secrets`, "/api/secrets"]) {
      expect([await get(url, "*/*"), await get(url)], url).toEqual([problemJson, problemJson]);
    }
    for (const url of ["/api", "/api?x=1", "/api/secrets"]) expect(await get(url, "text/html"), url).toEqual(problemJson);
  });
  test("files with a hash in their name are kept for ever, others asked for anew, missing ones are missing", async () => {
    const get = (url: string) => app.inject({ method: "GET", url });
    expect((await get("/assets/index-Abcd1234.js")).headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect((await get("/favicon.svg")).headers["cache-control"]).toBe("no-cache");
    expect((await app.inject({ method: "GET", url: "/assets/index-gone1234.js", headers: { accept: "text/html" } })).statusCode).toBe(404);
    expect((await get("/..%2f..%2fetc%2fpasswd")).statusCode).toBeGreaterThanOrEqual(400);
  });
  test("OPS-2 alive, ready and figures", async () => {
    expect((await app.inject({ method: "GET", url: "/healthz" })).json()).toEqual({ ok: true });
    const ready = await app.inject({ method: "GET", url: "/readyz" });
    expect([ready.statusCode, ready.json()]).toEqual([503, { ok: false, checks: { database: true, switch: false } }]);
    expect((await app.inject({ method: "GET", url: "/metrics" })).body).toMatch(/^ringdesk_facts_waiting 3$/m);
  });
});
