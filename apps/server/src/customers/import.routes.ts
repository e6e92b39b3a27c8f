// Files of customers at the HTTP edge: import, its report, and export.
import { Readable } from "node:stream";
import { csvLine, err, ok } from "@ringdesk/std";
import { customerLanguages, type Customer, type CustomerField, type CustomerLanguage } from "@ringdesk/contract/http";
import type { Audit } from "../organisation/index.ts";
import { problems, type HttpProblem, type RawAnswer, type RawRoute, type SomeHandlers } from "../platform/index.ts";
import type { CustomerFields, Customers } from "./customers.ports.ts";
import type { CustomerImports, ImportError } from "./import.service.ts";

const EXPORT_PAGE = 200;

const faces = {
  "import-missing": { status: 404, code: "import-missing", title: "This file is not here any more", detail: "Upload it again. Rows that were imported already are found by their numbers." },
  "import-refused": { status: 422, code: "import-refused", title: "This file cannot be imported" },
  "import-started": { status: 409, code: "import-started", title: "This file is imported already" },
  "imports-full": { status: 409, code: "imports-full", title: "Other files are being imported", detail: "Try again when they are done." },
  "store-away": problems.storeAway,
} as const satisfies Record<ImportError["type"], HttpProblem>;
const problemOf = (error: ImportError): HttpProblem => (error.type === "import-refused" ? { ...faces[error.type], detail: error.detail } : faces[error.type]);

export function customerImportRoutes(imports: CustomerImports) {
  return {
    createCustomerImport: async ({ body }) => {
      const file = await imports.upload(body.fileName, body.text);
      return file.ok ? file : err(problemOf(file.error));
    },
    getCustomerImport: async ({ params }) => {
      const file = imports.get(params.id);
      return file.ok ? file : err(problemOf(file.error));
    },
    previewCustomerImport: async ({ params, body }) => {
      const preview = await imports.preview(params.id, body);
      return preview.ok ? preview : err(problemOf(preview.error));
    },
    startCustomerImport: async ({ params, body }, { user }) => {
      const started = await imports.start(params.id, body, user.id);
      return started.ok ? started : err(problemOf(started.error));
    },
  } satisfies SomeHandlers;
}

const file = (name: string, body: RawAnswer["body"]): RawAnswer => ({
  status: 200, body, headers: { "content-type": "text/csv; charset=utf-8", "content-disposition": `attachment; filename="${name}"`, "cache-control": "no-store", "x-content-type-options": "nosniff" },
});

/** `GET /customer-imports/:id/report`: what became of each row. */
export const importReportRoute = (imports: CustomerImports): RawRoute => ({
  path: "/customer-imports/:id/report", access: "admin", summary: "What became of each row of an import, as CSV",
  handle: async ({ params }) => {
    const report = imports.report(params["id"] ?? "");
    if (!report.ok) return err(problemOf(report.error));
    return ok(file("import-report.csv", ["\uFEFF", csvLine(["Line", "Result", "Column", "Problem"]), ...report.value.map((row) => csvLine([String(row.line), row.result, row.column, row.detail]))].join("")));
  },
});

/** `GET /customer-export`: all customers, or those of a search. */
export const customerExportRoute = (deps: { readonly customers: Customers; readonly fields: CustomerFields; readonly audit: Audit }): RawRoute => ({
  path: "/customer-export", access: "manager", permission: "export", summary: "Customers as CSV; ?search, ?vip and ?tag as in the list",
  handle: async ({ query }, { user }) => {
    const fields = deps.fields.all().filter((field) => !field.retired);
    const filter = { search: query["search"], tag: query["tag"], vip: query["vip"] === undefined ? undefined : query["vip"] === "true", sort: "name" as const };
    const first = await deps.customers.search({ ...filter, limit: EXPORT_PAGE });
    if (!first.ok) return err(first.error.type === "store-away" ? problems.storeAway : problems.malformed);
    await deps.audit.record(user.id, "customers.exported", null, { search: filter.search ?? null, tag: filter.tag ?? null, vip: filter.vip ?? null });
    return ok(file("customers.csv", Readable.from(lines(deps.customers, filter, fields))));
  },
});

type Filter = { readonly search: string | undefined; readonly tag: string | undefined; readonly vip: boolean | undefined; readonly sort: "name" };

async function* lines(customers: Customers, filter: Filter, fields: readonly CustomerField[]): AsyncGenerator<string, void> {
  yield `\uFEFF${csvLine(["Name", "Numbers", "E-mail addresses", "Language", "VIP", "Tags", "Since", ...fields.map((field) => field.name)])}`;
  for (let cursor: string | undefined; ;) {
    const page = await customers.search({ ...filter, cursor, limit: EXPORT_PAGE });
    // A file that ends early must not look whole: the connection breaks.
    if (!page.ok) throw new Error(`the export broke off: ${page.error.type}`);
    yield page.value.items.map((customer) => lineOf(customer, fields)).join("");
    if (page.value.nextCursor === null) return;
    cursor = page.value.nextCursor;
  }
}

const lineOf = (c: Customer, fields: readonly CustomerField[]): string => csvLine([
  c.name ?? "", c.numbers.join("; "), c.emails.join("; "), c.language === null ? "" : customerLanguages[c.language as CustomerLanguage] ?? c.language, c.vip ? "yes" : "no",
  c.tags.join("; "), new Date(c.createdAt).toISOString().slice(0, 10), ...fields.map((field) => shown(c.custom[field.key])),
]);
const shown = (value: string | number | boolean | undefined): string => (value === undefined ? "" : typeof value === "boolean" ? (value ? "yes" : "no") : String(value));
