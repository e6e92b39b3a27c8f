// The whole server as its own process, on a real PostgreSQL, without a switch.
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverMessage, type ServerMessage } from "@ringdesk/contract/live";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startPostgres, type TestPostgres } from "../../../tools/test-postgres.ts";
import { callApi, endServer, forkServer, type ServerProcess } from "./test-server.ts";

const PORT = 18_470 + (process.pid % 500);
const BASE = `http://127.0.0.1:${PORT}`;
const OWNER = { name: "Olga Owner", email: "Olga@acme.example", password: "quiet river under bridges" };
const SETUP = { organisation: { name: "Acme", timeZone: "America/New_York", country: "US" }, owner: OWNER, sample: true };

let postgres: TestPostgres;
let data: string;
let server: ServerProcess;

/** Starts the server and resolves with its ready message. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
  server = await forkServer({ url: postgres.url, data, port: PORT, env });
  return server.details;
}
const end = (signal: NodeJS.Signals): Promise<number | null> => endServer(server.process, signal);
const call = (method: string, path: string, options?: Parameters<typeof callApi>[3]) => callApi(BASE, method, path, options);
const signIn = (email: string, password: string) => call("POST", "/session", { body: { email, password } });

/** A live socket with what it has heard. */
async function listen(cookie: string, hello: object = { type: "hello", seen: null, tab: "t1" }) {
  const socket = new WebSocket(`ws://127.0.0.1:${PORT}/api/v1/live`, { headers: { cookie, origin: BASE } });
  const heard: ServerMessage[] = [];
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.on("message", (text: Buffer) => heard.push(serverMessage.parse(JSON.parse(text.toString()))));
  await new Promise((resolve, reject) => { socket.once("open", resolve); socket.once("error", reject); });
  socket.send(JSON.stringify(hello));
  const until = async (holds: (message: ServerMessage) => boolean): Promise<ServerMessage> => {
    for (;;) {
      const found = heard.find(holds);
      if (found !== undefined) return found;
      await new Promise((resolve) => socket.once("message", resolve));
    }
  };
  return { socket, heard, until, closed };
}
const isDesk = (value: string) => (m: ServerMessage): boolean => m.type === "update" && m.update.type === "desk" && m.update.desk.status.value === value;

beforeAll(async () => {
  postgres = await startPostgres();
  data = await mkdtemp(join(tmpdir(), "rd-server-"));
});
afterAll(async () => {
  await end("SIGKILL");
  await postgres.stop();
});

describe("ORG-1 the first start", () => {
  let made: { sampleUsers: { name: string; email: string; password: string }[]; supportNumber: string };
  let owner = "";

  test("an empty database is migrated and the page is asked to set up", async () => {
    expect(await start()).toEqual({ setup: "needed" });
    expect((await call("GET", "/setup")).json).toEqual({ needed: true });
    expect((await call("GET", "/session")).json["code"]).toBe("signed-out");
    expect((await fetch(`${BASE}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${BASE}/readyz`)).json()).toEqual({ ok: false, checks: { database: true, switch: false } });
  });

  test("bad input is refused by field", async () => {
    const bad = await call("POST", "/setup", { body: { ...SETUP, organisation: { ...SETUP.organisation, timeZone: "Mars/Base" } } });
    expect([bad.status, bad.json["errors"]]).toEqual([422, [{ pointer: "/organisation/timeZone", detail: "Choose a time zone from the list" }]]);
    const weak = await call("POST", "/setup", { body: { ...SETUP, owner: { ...OWNER, password: "aaaaaaaaaaaaaaaaaaaaaa" } } });
    expect(weak.json["errors"]).toMatchObject([{ pointer: "/owner/password" }]);
    expect((await call("GET", "/setup")).json).toEqual({ needed: true });
  });

  test("of two at once one succeeds, is signed in, and gets the sample workspace", async () => {
    const both = await Promise.all([call("POST", "/setup", { body: SETUP }), call("POST", "/setup", { body: SETUP })]);
    expect(both.map((each) => each.status).sort()).toEqual([200, 409]);
    const won = both.find((each) => each.status === 200);
    made = won?.json as unknown as typeof made;
    owner = won?.cookie ?? "";
    expect(made.sampleUsers.map((user) => user.email)).toEqual(["ana@acme.example", "ben@acme.example"]);
    expect(made.supportNumber).toBe("+12025550100");
    expect((await call("GET", "/session", { cookie: owner })).json).toMatchObject({ user: { role: "admin", name: "Olga Owner" }, organisation: { name: "Acme" } });
    expect((await call("GET", "/numbers", { cookie: owner })).json).toMatchObject({ items: [{ number: "+12025550100", recording: true }] });
    expect((await call("GET", "/queues", { cookie: owner })).json).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ name: "Support" })]) as unknown });
    expect((await call("POST", "/setup", { body: SETUP })).json["code"]).toBe("already-set-up");
  });

  test("SEC-1 sign-in: whatever the case of the address; wrong ones look all alike; the sixth waits", async () => {
    expect((await signIn("olga@ACME.example", OWNER.password)).status).toBe(200);
    const [wrong, unknown] = [await signIn("ana@acme.example", "not this one at all"), await signIn("nobody@acme.example", "not this one at all")];
    expect([wrong.status, wrong.json]).toEqual([unknown.status, unknown.json]);
    for (let n = 0; n < 4; n += 1) await signIn("ana@acme.example", "not this one at all");
    expect((await signIn("ana@acme.example", made.sampleUsers[0]?.password ?? "")).json["code"]).toBe("too-many-tries");
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await signIn("ana@acme.example", made.sampleUsers[0]?.password ?? "")).status).toBe(200);
  });

  test("signing out ends the session and its live sockets; the cookie is worth nothing then", async () => {
    const { cookie } = await signIn("ben@acme.example", made.sampleUsers[1]?.password ?? "");
    const page = await listen(cookie);
    await page.until((m) => m.type === "welcome");
    await call("DELETE", "/session", { cookie });
    await page.until((m) => m.type === "signed-out");
    expect(await page.closed).toBe(4001);
    expect((await call("GET", "/session", { cookie })).status).toBe(401);
  });

  test("a live socket needs a session and our own origin", async () => {
    const refused = (headers: Record<string, string>): Promise<number> => new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${PORT}/api/v1/live`, { headers });
      socket.once("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      socket.once("error", () => undefined);
    });
    expect(await Promise.all([refused({ origin: BASE }), refused({ cookie: owner }), refused({ cookie: owner, origin: "https://evil.example" })])).toEqual([401, 403, 403]);
  });

  test("STAT-1 a status chosen over HTTP is told to all pages of the agent", async () => {
    const page = await listen(owner);
    await page.until(isDesk("unavailable"));
    page.socket.send(JSON.stringify({ type: "desktop", open: true }));
    expect((await call("PUT", "/desk/status", { cookie: owner, body: { status: "available" } })).status).toBe(200);
    await page.until(isDesk("available"));
    page.socket.close();
  });

  test("CALL-13 while the database is away, sessions hold, statuses change and pages are told; the entries follow", { timeout: 60_000 }, async () => {
    const page = await listen(owner);
    await page.until(isDesk("available"));
    await postgres.kill();
    expect((await call("PUT", "/desk/status", { cookie: owner, body: { status: "busy" } })).status).toBe(200);
    await page.until(isDesk("busy"));
    expect((await call("GET", "/customers", { cookie: owner })).json["code"]).toBe("store-away");
    expect((await signIn("olga@acme.example", OWNER.password)).json["code"]).toBe("store-away");
    expect(await (await fetch(`${BASE}/readyz`)).json()).toMatchObject({ ok: false, checks: { database: false } });
    await postgres.restart();
    expect((await call("GET", "/customers", { cookie: owner })).status).toBe(200);
    page.socket.close();
  });

  test("kill -9 of the server: sessions, status and audit log are there again", { timeout: 60_000 }, async () => {
    const began = performance.now();
    await end("SIGKILL");
    expect(await start()).toEqual({ setup: "done", supportNumber: "+12025550100" });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect((await call("GET", "/desk", { cookie: owner })).json).toMatchObject({ status: { value: "busy" } });
    const pg = await import("pg");
    const client = new pg.default.Client({ connectionString: postgres.url });
    await client.connect();
    const entries = await client.query<{ what: string }>("select what from audit_log order by seq");
    expect(entries.rows.map((row) => row.what)).toEqual(expect.arrayContaining(["organisation.created", "session.begun", "session.refused", "session.ended"]));
    const sessions = await client.query<{ token_hash: string }>("select token_hash from sessions");
    expect(sessions.rows.some((row) => row.token_hash === owner.split("=")[1])).toBe(false);
    await client.end();
  });

  test("facts that a server before left in the journal are in the tables when the next one serves", { timeout: 60_000 }, async () => {
    await end("SIGKILL");
    const at = Date.now();
    const facts = [
      { type: "call.recording-started", v: 1, at, data: { position: null, recordingId: "rec-left" }, stream: "call:left", seq: 1, id: "left-1" },
      { type: "call.recording-stopped", v: 1, at, data: { position: null, recordingId: "rec-left", why: "failed", durationMs: 7, path: "recordings/rec-left.wav" }, stream: "call:left", seq: 2, id: "left-2" },
    ];
    await writeFile(join(data, "journal", "9000.ndjson"), `${JSON.stringify({ stream: "call:left", facts, closes: true })}\n`);
    await start();
    const { cookie } = await signIn(OWNER.email, OWNER.password);
    expect(await call("GET", "/recordings/rec-left", { cookie })).toMatchObject({ status: 200, json: { state: "partial", durationMs: 7 } });
  });

  test("SIGTERM ends it cleanly, with code 0 and without a word of trouble", async () => {
    expect(await end("SIGTERM")).toBe(0);
    expect(server.said().split("\n").filter((line) => line.includes('"level":5') || line.includes('"level":6'))).toEqual([]);
    expect(server.said()).not.toMatch(/olga@acme|quiet river|\+1202555/i);
  });
});

describe("an unattended first start", () => {
  test("makes owner and sample by settings, once", { timeout: 60_000 }, async () => {
    await postgres.stop();
    postgres = await startPostgres();
    const env = {
      RINGDESK_SETUP_ORGANISATION: "Beta", RINGDESK_SETUP_OWNER_NAME: "Bea", RINGDESK_SETUP_OWNER_EMAIL: "bea@beta.example", RINGDESK_SETUP_OWNER_PASSWORD: "quiet river under bridges",
    };
    const first = await start(env);
    expect(first).toMatchObject({ setup: "done", ownerEmail: "bea@beta.example", supportNumber: "+12025550100" });
    const [ana] = JSON.parse(first["sampleUsers"] ?? "[]") as { email: string; password: string }[];
    expect((await signIn(ana?.email ?? "", ana?.password ?? "")).status).toBe(200);
    expect((await signIn("bea@beta.example", env.RINGDESK_SETUP_OWNER_PASSWORD)).status).toBe(200);
    await end("SIGKILL");
    expect(await start(env)).toEqual({ setup: "done", ownerEmail: "bea@beta.example", supportNumber: "+12025550100" });
    expect(await end("SIGTERM")).toBe(0);
  });
  test("OPS-5 a bad setting is named", async () => {
    await expect(start({ RINGDESK_HTTP_PORT: "http" })).rejects.toThrow(/ended with 78: RINGDESK_HTTP_PORT is "http"\. Allowed: a port from 1 to 65535/);
  });
});
