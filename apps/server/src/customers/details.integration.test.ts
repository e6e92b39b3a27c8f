import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { err, ok, type CustomerId, type E164, type UserId } from "@ringdesk/std";
import type { ImportPlan } from "@ringdesk/contract/http";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { migratedDatabase } from "../test-database.ts";
import { customersOver } from "./customers.fake.ts";
import type { CustomerFields, Customers } from "./index.ts";
import type { CustomerImports } from "./import.service.ts";
import { createCustomerFields, createCustomerImports } from "./wiring.ts";

const clock = createFakeClock();
const admin = "admin" as UserId;
const audit = { record: () => Promise.resolve() };
const readNumber = (text: string) => (/^\+\d{8,15}$/.test(text) ? ok(text as E164) : err("That is not a phone number."));
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let fields: CustomerFields, customers: Customers, imports: CustomerImports;
beforeAll(async () => {
  database = await migratedDatabase();
  fields = await createCustomerFields({ db: database.db, audit });
  customers = customersOver(database.db, clock, { fields, readNumber });
  imports = createCustomerImports({ db: database.db, clock, audit, fields, readNumber, log: pino({ level: "silent" }) });
});
afterAll(() => database.close());

const names = async (query: Partial<Parameters<Customers["search"]>[0]>): Promise<(string | null)[]> => {
  const page = await customers.search({ limit: 50, ...query });
  return page.ok ? page.value.items.map((c) => c.name) : [];
};

describe("CRM-1 details", () => {
  test("a customer is added by hand and changed: numbers, consent, addresses, language, tags, VIP", async () => {
    const made = await customers.create({ name: " Zoë  Ångström ", numbers: [{ number: "+12025550101", consent: "yes" }, { number: "+12025550101" }], emails: ["Z@x.example", "z@x.example"], tags: ["Gold", "gold "], language: "fr-CA" });
    expect(made).toMatchObject({ ok: true, value: { name: "Zoë Ångström", numbers: ["+12025550101"], emails: ["Z@x.example"], tags: ["Gold"], language: "fr-CA", consents: [{ number: "+12025550101", consent: "yes", at: clock.now() }] } });
    if (!made.ok) return;
    const { id } = made.value;
    expect(await customers.update(id, { numbers: [{ number: "+12025550102" }, { number: "+12025550101", consent: "unknown" }] })).toMatchObject({ value: { numbers: ["+12025550102", "+12025550101"], consents: [] } });
    expect(await customers.update(id, { numbers: [{ number: "+12025550102", consent: "no" }], vip: true, language: null })).toMatchObject({ value: { numbers: ["+12025550102"], vip: true, language: null, tags: ["Gold"], consents: [{ consent: "no" }] } });
    expect(await customers.identify("+12025550102" as E164)).toMatchObject({ value: { customerId: id, traits: { vip: true, language: null, tags: ["Gold"], custom: {} } } });
  });
  test("errors stand at the field: no number, a number of somebody else, nothing at all", async () => {
    expect(await customers.create({ numbers: [{ number: "+12025550103" }, { number: "abc" }] })).toEqual({ ok: false, error: { type: "details-invalid", errors: [{ pointer: "/numbers/1/number", detail: "That is not a phone number." }] } });
    expect(await customers.create({ name: "Thief", numbers: [{ number: "+12025550199" }, { number: "+12025550102" }] })).toEqual({ ok: false, error: { type: "number-taken", number: "+12025550102", index: 1, by: "Zoë Ångström" } });
    expect(await customers.create({ name: " ", numbers: [] })).toMatchObject({ error: { type: "details-invalid", errors: [{ pointer: "/name" }] } });
    expect(await names({ search: "Thief" })).toEqual([]);
    expect(await customers.update("nobody" as CustomerId, { vip: true })).toMatchObject({ error: { type: "customer-missing" } });
  });
  test("are found without accents, by e-mail address and by filters, in every order", async () => {
    await customers.create({ name: "Bob", emails: ["bob@firm.example"], tags: ["late"] });
    for (const search of ["angstrom", "ZOE", "z@x.ex", "555-0102"]) expect(await names({ search }), search).toEqual(["Zoë Ångström"]);
    expect(await names({ vip: true })).toEqual(["Zoë Ångström"]);
    expect(await names({ tag: "late" })).toEqual(["Bob"]);
    expect(await names({ sort: "name" })).toEqual(["Bob", "Zoë Ångström"]);
    expect(await customers.tags()).toMatchObject({ value: expect.arrayContaining(["late", "Gold"]) });
  });
  test("API-1 pages in the order of names hold everybody once, also those without a name", async () => {
    for (let i = 0; i < 7; i += 1) await customers.create({ name: ["é", "E", "f", ""][i % 4] ?? "", emails: [`p${i}@x.example`], tags: ["paged"] });
    for (const sort of ["name", "created", "activity"] as const) {
      const seen: string[] = [];
      for (let cursor: string | undefined, more = true; more;) {
        const page = await customers.search({ tag: "paged", sort, limit: 2, cursor });
        if (!page.ok) throw new Error(page.error.type);
        seen.push(...page.value.items.map((c) => c.id));
        cursor = page.value.nextCursor ?? undefined;
        more = cursor !== undefined;
      }
      expect(seen, sort).toHaveLength(7);
      expect(new Set(seen).size, sort).toBe(7);
    }
  });
});

describe("CRM-1 custom fields", () => {
  test("are defined, checked, ordered, renamed and retired", async () => {
    expect(await fields.create({ name: "Plan", kind: "choice", choices: ["Gold", "Silver"] }, admin)).toMatchObject({ ok: true, value: { key: "plan" } });
    expect(await fields.create({ name: "Seats", kind: "number", choices: [] }, admin)).toMatchObject({ ok: true });
    expect(await fields.create({ name: "plan", kind: "text", choices: [] }, admin)).toMatchObject({ error: { errors: [{ pointer: "/name" }] } });
    expect(await fields.create({ name: "Size", kind: "choice", choices: [] }, admin)).toMatchObject({ error: { errors: [{ pointer: "/choices" }] } });
    const made = await customers.create({ name: "Custom", custom: { plan: "gold", seats: "12" } });
    expect(made).toMatchObject({ ok: true, value: { custom: { plan: "Gold", seats: 12 } } });
    expect(await customers.create({ name: "Wrong", custom: { seats: "many", hat: 1 } })).toMatchObject({ error: { errors: [{ pointer: "/custom/seats", detail: "Enter a number" }, { pointer: "/custom/hat" }] } });
    if (made.ok) expect(await customers.update(made.value.id, { custom: { seats: null } })).toMatchObject({ value: { custom: { plan: "Gold" } } });
    expect(await fields.order(["seats"], admin)).toMatchObject({ value: [{ key: "seats" }, { key: "plan" }] });
    expect(await fields.update("plan", { name: "Contract", retired: true }, admin)).toMatchObject({ value: { key: "plan", name: "Contract", retired: true } });
    expect(await createCustomerFields({ db: database.db, audit }).then((again) => again.all())).toEqual(fields.all());
    await fields.update("plan", { retired: false }, admin);
  });
});

describe("CRM-6 import", () => {
  const plan: ImportPlan = { hasHeader: true, columns: ["name", "number", "email", "custom.plan"], known: "update" };
  const file = ["Name,Phone,Mail,Plan", "Ida,+12025550301,ida@x.example,gold", "Ida again,+12025550301,ida2@x.example,", "Jo,+12025550302,,bronze", "Zoë A.,+12025550102,,silver", ",,,", "Lee,,lee@x.example,"].join("\r\n");
  const upload = async (): Promise<string> => {
    const uploaded = await imports.upload("people.csv", file);
    if (!uploaded.ok) throw new Error(uploaded.error.type);
    return uploaded.value.id;
  };
  const finished = async (id: string) => {
    for (;;) {
      const now = imports.get(id);
      if (!now.ok || now.value.state !== "running") return now;
      await new Promise((resume) => { setTimeout(resume, 5); });
    }
  };
  test("shows what it would do and each error with its line, and writes nothing", async () => {
    expect(await imports.preview(await upload(), plan)).toMatchObject({ ok: true, value: {
      counts: { created: 2, updated: 2, skipped: 0, refused: 2 },
      problems: [{ line: 4, column: "Plan", detail: "Choose one of: Gold, Silver" }, { line: 6, column: null }],
      first: [{ line: 2, known: false, name: "Ida" }, { line: 3, known: true }, { line: 5, known: true }, { line: 7, known: false }],
    } });
    expect(await names({ search: "Ida" })).toEqual([]);
  });
  test("writes the rows, finds customers by number, reports each line, and does no harm when it is done again", async () => {
    const id = await upload();
    expect(await imports.start(id, plan, admin)).toMatchObject({ ok: true, value: { state: "running" } });
    expect(await imports.start(id, plan, admin)).toEqual({ ok: false, error: { type: "import-started" } });
    expect(await finished(id)).toMatchObject({ value: { state: "done", handled: 6, counts: { created: 2, updated: 2, skipped: 0, refused: 2 } } });
    const report = imports.report(id);
    expect(report.ok && report.value.map((row) => [row.line, row.result])).toEqual([[2, "created"], [3, "updated"], [4, "refused"], [5, "updated"], [6, "refused"], [7, "created"]]);
    expect(await customers.identify("+12025550301" as E164)).toMatchObject({ value: { name: "Ida again", traits: { custom: { plan: "Gold" } } } });
    const again = await upload();
    await imports.start(again, { ...plan, known: "skip" }, admin);
    expect(await finished(again)).toMatchObject({ value: { counts: { created: 0, updated: 0, skipped: 4, refused: 2 } } });
  });
  test("a plan that does not fit the file is refused in words", async () => {
    const id = await upload();
    expect(await imports.preview(id, { ...plan, columns: ["name"] })).toEqual({ ok: false, error: { type: "import-refused", detail: "The file has 4 columns." } });
    expect(await imports.preview(id, { ...plan, columns: ["ignore", "ignore", "vip", "ignore"] })).toMatchObject({ error: { type: "import-refused" } });
    expect(await imports.preview("none", plan)).toEqual({ ok: false, error: { type: "import-missing" } });
  });
  test("thousands of rows", async () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => `Row ${i},+1303${5_550_000 + i}`).join("\n");
    const uploaded = await imports.upload("many.csv", `name,phone\n${rows}`);
    if (!uploaded.ok) throw new Error(uploaded.error.type);
    await imports.start(uploaded.value.id, uploaded.value.suggested, admin);
    expect(await finished(uploaded.value.id)).toMatchObject({ value: { state: "done", counts: { created: 1_000, refused: 0 } } });
  });
});
