// Every route of the API, asked of the whole server on a real PostgreSQL, without a switch.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { api, type Customer, type CustomerImport, type OperationId, type Route } from "@ringdesk/contract/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPostgres, type TestPostgres } from "../../../tools/test-postgres.ts";
import { callApi, endServer, forkServer, type ServerProcess } from "./test-server.ts";

const PORT = 18_970 + (process.pid % 500);
const BASE = `http://127.0.0.1:${PORT}`;
const SETUP = {
  organisation: { name: "Acme", timeZone: "America/New_York", country: "US" }, owner: { name: "Olga Owner", email: "olga@acme.example", password: "quiet river under bridges" }, sample: true,
};
const IMPORT_LOOK_MS = 100;

let postgres: TestPostgres, server: ServerProcess, cookie = "";
const ask = async <T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly json: T }> => {
  const { status, json } = await callApi(BASE, method, path, { cookie, ...(body === undefined ? {} : { body }) });
  return { status, json: json as T };
};

beforeAll(async () => {
  postgres = await startPostgres();
  server = await forkServer({ url: postgres.url, data: await mkdtemp(join(tmpdir(), "rd-routes-")), port: PORT });
  ({ cookie } = await callApi(BASE, "POST", "/setup", { body: SETUP }));
}, 120_000);
afterAll(async () => { await endServer(server.process, "SIGKILL"); await postgres.stop(); });

describe("API-1 whatever a route is asked, it does not fail by a bug", () => {
  const routes = (Object.entries(api) as [OperationId, Route][]).filter(([operation]) => operation !== "signOut");
  for (const [operation, route] of routes) test(`${operation}: ids that nobody has, and an empty body`, async () => {
    const path = route.path.replace(/:\w+/g, "nobody");
    const { status, json } = await ask(route.method, path, route.body === undefined ? undefined : {});
    expect(status, JSON.stringify(json)).not.toBe(500);
    if (status >= 400) expect(json).toMatchObject({ status, code: expect.any(String) as unknown, title: expect.any(String) as unknown });
    if (status === 422) expect((json["errors"] as unknown[] | undefined)?.length, "a fault stands at its field").toBeGreaterThan(0);
  });
});

test("CRM-1 custom fields, tags and merging by their routes", async () => {
  const field = await ask<{ key: string }>("POST", "/customer-fields", { name: "Plan", kind: "choice", choices: ["Basic", "Gold"] });
  expect(field.json).toMatchObject({ key: "plan", choices: ["Basic", "Gold"] });
  expect((await ask("PATCH", "/customer-fields/plan", { name: "Tariff" })).json).toMatchObject({ key: "plan", name: "Tariff" });
  expect((await ask("PUT", "/customer-fields", { keys: ["plan"] })).status).toBe(200);
  const one = await ask<Customer>("POST", "/customers", { name: "Ada", numbers: [{ number: "+12025550142" }], tags: ["loud"], custom: { plan: "Gold" } });
  const two = await ask<Customer>("POST", "/customers", { name: "Ada L.", numbers: [{ number: "+12025550143" }] });
  expect((await ask("GET", "/customer-tags")).json).toMatchObject({ items: ["loud"] });
  expect((await ask("POST", `/customers/${one.json.id}/notes`, { text: "Called twice" })).status).toBe(200);
  const merged = await ask<Customer>("POST", `/customers/${one.json.id}/merge`, { with: two.json.id, take: ["name"] });
  expect([merged.status, merged.json.name, merged.json.numbers]).toEqual([200, "Ada L.", ["+12025550142", "+12025550143"]]);
  expect((await ask<Customer>("GET", `/customers/${two.json.id}`)).json.id).toBe(one.json.id);
});

test("CRM-6 a file is imported by its routes", async () => {
  const file = await ask<CustomerImport>("POST", "/customer-imports", { fileName: "a.csv", text: "Name,Phone\nGrace,+1 202 555 0144\nNobody,12\n" });
  const plan = file.json.suggested;
  expect((await ask("POST", `/customer-imports/${file.json.id}/preview`, plan)).json).toMatchObject({ counts: { created: 1, refused: 1 }, problems: [{ line: 3 }] });
  expect((await ask("POST", `/customer-imports/${file.json.id}/start`, plan)).status).toBe(200);
  let state = "running";
  while (state === "running") {
    await new Promise((resume) => setTimeout(resume, IMPORT_LOOK_MS));
    state = (await ask<CustomerImport>("GET", `/customer-imports/${file.json.id}`)).json.state;
  }
  expect(state).toBe("done");
  expect((await ask("GET", "/customers?search=grace")).json).toMatchObject({ items: [{ name: "Grace", numbers: ["+12025550144"] }] });
});

test("CALL-15 an admin chooses where a user's calls ring, and makes new passwords", async () => {
  const users = await ask<{ items: { id: string; email: string }[] }>("GET", "/users");
  const ana = users.json.items.find((user) => user.email.startsWith("ana@"))?.id ?? "";
  expect((await ask("GET", `/users/${ana}/device`)).json).toMatchObject({ kind: "browser", state: "ready" });
  const wrong = await ask("PUT", `/users/${ana}/device`, { kind: "phone", contact: "ana at home" });
  expect([wrong.status, wrong.json["errors"]]).toMatchObject([422, [{ pointer: "/contact" }]]);
  const first = await ask<{ password: string; device: { account: { user: string } } }>("PUT", `/users/${ana}/device`, { kind: "phone" });
  const second = await ask<typeof first.json>("POST", `/users/${ana}/device/password`);
  expect(second.status).toBe(200);
  expect([second.json.password === first.json.password, second.json.device.account.user === first.json.device.account.user]).toEqual([false, false]);
  expect((await ask("PUT", "/device", { kind: "phone" })).status).toBe(200);
  expect((await ask<{ password: string | null }>("POST", "/device/password")).json.password).not.toBeNull();
});
