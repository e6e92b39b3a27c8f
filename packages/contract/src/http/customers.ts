// Customers: who they are, the fields an organisation adds to them, merging and import (CRM-1, CRM-6).
import { z } from "zod";
import { customerId, e164, instant } from "../ids/index.ts";
import type { Route } from "./route.ts";

/** The languages a customer can prefer (BCP 47), with the names people choose from. */
export const customerLanguages = {
  "nl": "Dutch", "en-CA": "English (CA)", "en-GB": "English (UK)", "en-US": "English (US)", "fr": "French", "fr-CA": "French (CA)", "de": "German",
  "it": "Italian", "ja": "Japanese", "ko": "Korean", "pl": "Polish", "pt-BR": "Portuguese (BR)", "pt-PT": "Portuguese (PT)",
  "zh-CN": "Simplified Chinese", "es": "Spanish", "es-ES": "Spanish (Spain)",
} as const;
export type CustomerLanguage = keyof typeof customerLanguages;
export const customerLanguage = z.enum(Object.keys(customerLanguages) as [CustomerLanguage, ...CustomerLanguage[]], "Choose one of the languages");

export const MAX_CUSTOMER_NUMBERS = 20;
export const MAX_CUSTOMER_EMAILS = 10;
export const MAX_CUSTOMER_TAGS = 30;
export const MAX_TAG_CHARS = 50;
/** Longest text of a custom field, in characters. */
export const MAX_FIELD_TEXT_CHARS = 500;

/** Whether a customer may be sent messages at a number; unknown until somebody has asked. */
export const messagingConsent = z.enum(["unknown", "yes", "no"]);
export type MessagingConsent = z.output<typeof messagingConsent>;

/** Values of custom fields by the field's key. A date is `YYYY-MM-DD`. */
export const customValues = z.record(z.string().max(64), z.union([z.string(), z.number(), z.boolean()]));
export type CustomValues = Readonly<z.output<typeof customValues>>;

export const customer = z.object({
  id: customerId, name: z.string().nullable(), numbers: z.array(e164), emails: z.array(z.string()), language: z.string().nullable(),
  vip: z.boolean(), tags: z.array(z.string()), createdAt: instant,
  /** Whoever hid their number when they called: nobody else, and not found by a number (CRM-1). */
  hiddenNumber: z.boolean(),
  /** Of the numbers somebody was asked about; the others are unknown. */
  consents: z.array(z.object({ number: e164, consent: z.enum(["yes", "no"]), at: instant })),
  custom: customValues,
}).meta({ id: "Customer" });
export type Customer = z.output<typeof customer>;

export const customerFieldKind = z.enum(["text", "number", "boolean", "date", "choice"]);
export type CustomerFieldKind = z.output<typeof customerFieldKind>;
/** A field that the organisation adds to its customers; criteria name it `customer.custom.<key>`. */
export const customerField = z.object({
  key: z.string(), name: z.string(), kind: customerFieldKind,
  /** What can be chosen; empty unless the kind is `choice`. */
  choices: z.array(z.string()),
  /** A retired field keeps its values and is no longer asked for. */
  retired: z.boolean(),
}).meta({ id: "CustomerField" });
export type CustomerField = z.output<typeof customerField>;

const customValue = z.union([z.string().max(MAX_FIELD_TEXT_CHARS), z.number(), z.boolean()]);
const numberInput = z.object({ number: z.string().trim().min(1, "Enter a number").max(64), consent: messagingConsent.optional() });
/** What people write about a customer. Numbers come as they are written; null takes a value of a custom field away. */
export const customerDetails = z.object({
  name: z.string().trim().max(100, "Use at most 100 characters").nullable(),
  numbers: z.array(numberInput).max(MAX_CUSTOMER_NUMBERS, `A customer has at most ${MAX_CUSTOMER_NUMBERS} numbers`),
  emails: z.array(z.email("Enter an e-mail address")).max(MAX_CUSTOMER_EMAILS, `A customer has at most ${MAX_CUSTOMER_EMAILS} e-mail addresses`),
  language: customerLanguage.nullable(),
  tags: z.array(z.string().trim().min(1, "A tag has a name").max(MAX_TAG_CHARS, `A tag has at most ${MAX_TAG_CHARS} characters`)).max(MAX_CUSTOMER_TAGS, `A customer has at most ${MAX_CUSTOMER_TAGS} tags`),
  vip: z.boolean(),
  custom: z.record(z.string().max(64), customValue.nullable()),
}).partial();
export type CustomerDetails = z.output<typeof customerDetails>;

export const customerSort = z.enum(["activity", "name", "created"]);
export type CustomerSort = z.output<typeof customerSort>;

/** Merging: what both have and differs can be chosen; `take` names what comes from the other customer. */
export const mergeRequest = z.object({ with: customerId, take: z.array(z.string().max(80)).max(100).default([]) });
export const mergePreview = z.object({
  kept: customer, other: customer, result: customer,
  /** Fields that differ: `name`, `language`, `custom.<key>`. */
  choices: z.array(z.object({ field: z.string(), kept: customValue, other: customValue })),
  moves: z.object({ numbers: z.number().int(), emails: z.number().int(), conversations: z.number().int(), timelineEntries: z.number().int() }),
}).meta({ id: "CustomerMerge" });
export type MergePreview = z.output<typeof mergePreview>;

/** A CSV file of customers: at most so many bytes of UTF-8 and rows. */
export const MAX_IMPORT_BYTES = 5 * 1_048_576;
export const MAX_IMPORT_ROWS = 20_000;
export const MAX_IMPORT_COLUMNS = 60;
/** What a column of a file can hold: `name`, `number`, `email`, `language`, `vip`, `tags`, `custom.<key>`, or nothing of interest. */
export const importField = z.string().regex(/^(ignore|name|number|email|language|vip|tags|custom\.[a-z][a-z0-9_]{0,39})$/, "Choose a field");
export const importPlan = z.object({
  hasHeader: z.boolean(), columns: z.array(importField).min(1).max(MAX_IMPORT_COLUMNS),
  /** What happens with a row whose customer is there already, found by number or else by e-mail address. */
  known: z.enum(["update", "skip"]),
});
export type ImportPlan = z.output<typeof importPlan>;
const importProblem = z.object({ line: z.number().int(), column: z.string().nullable(), detail: z.string() });
const importCounts = z.object({ created: z.number().int(), updated: z.number().int(), skipped: z.number().int(), refused: z.number().int() });
export const customerImport = z.object({
  id: z.string(), fileName: z.string(), rows: z.number().int(), delimiter: z.enum([",", ";", "\t"]), suggested: importPlan,
  columns: z.array(z.object({ header: z.string(), samples: z.array(z.string()) })),
  state: z.enum(["uploaded", "running", "done", "failed"]), handled: z.number().int(), counts: importCounts,
}).meta({ id: "CustomerImport" });
export type CustomerImport = z.output<typeof customerImport>;
export const importPreview = z.object({
  counts: importCounts, problems: z.array(importProblem),
  /** Customers of the first rows as they would be. */
  first: z.array(z.object({ line: z.number().int(), known: z.boolean(), name: z.string().nullable(), numbers: z.array(e164), emails: z.array(z.string()), tags: z.array(z.string()), vip: z.boolean() })),
}).meta({ id: "CustomerImportPreview" });
export type ImportPreview = z.output<typeof importPreview>;

const nothing = z.object({});
const ofCustomer = z.object({ id: customerId });
const ofImport = z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) });
const ofField = z.object({ key: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/) });
const yesNo = z.union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")]);
const fieldName = z.string().trim().min(1, "Enter a name").max(60, "Use at most 60 characters");
const choices = z.array(z.string().trim().min(1, "A choice has a name").max(100, "Use at most 100 characters")).max(100, "A field has at most 100 choices");
const allFields = z.object({ items: z.array(customerField) });

/** Reports are files: GET /customer-imports/:id/report and GET /customer-export. */
export const customersApi = {
  listCustomers: { method: "GET", path: "/customers", access: "agent", summary: "Customers by name, number or e-mail address", query: z.object({ search: z.string().max(100).optional(), vip: yesNo.optional(), tag: z.string().max(MAX_TAG_CHARS).optional(), sort: customerSort.default("activity"), cursor: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }), response: z.object({ items: z.array(customer), nextCursor: z.string().nullable() }) },
  createCustomer: { method: "POST", path: "/customers", access: "agent", summary: "Add a customer by hand", body: customerDetails, response: customer },
  getCustomer: { method: "GET", path: "/customers/:id", access: "agent", summary: "One customer; the id of a merged one gives the customer that was kept", params: ofCustomer, response: customer },
  updateCustomer: { method: "PATCH", path: "/customers/:id", access: "agent", summary: "Change a customer's details", params: ofCustomer, body: customerDetails, response: customer },
  deleteCustomer: { method: "DELETE", path: "/customers/:id", access: "admin", summary: "Delete a customer with their conversations and timeline", params: ofCustomer, response: nothing },
  previewMerge: { method: "POST", path: "/customers/:id/merge-preview", access: "agent", summary: "What merging another customer into this one would give", params: ofCustomer, body: mergeRequest, response: mergePreview },
  mergeCustomers: { method: "POST", path: "/customers/:id/merge", access: "agent", summary: "Merge another customer into this one", params: ofCustomer, body: mergeRequest, response: customer },
  listCustomerTags: { method: "GET", path: "/customer-tags", access: "agent", summary: "Tags that customers have, most used first", response: z.object({ items: z.array(z.string()) }) },
  listCustomerFields: { method: "GET", path: "/customer-fields", access: "agent", summary: "Custom fields of customers, in their order", response: allFields },
  createCustomerField: { method: "POST", path: "/customer-fields", access: "admin", summary: "Add a custom field", body: z.object({ name: fieldName, kind: customerFieldKind, choices: choices.default([]) }), response: customerField },
  updateCustomerField: { method: "PATCH", path: "/customer-fields/:key", access: "admin", summary: "Rename a custom field, change its choices, retire it or bring it back", params: ofField, body: z.object({ name: fieldName, choices, retired: z.boolean() }).partial(), response: customerField },
  orderCustomerFields: { method: "PUT", path: "/customer-fields", access: "admin", summary: "Put the custom fields into an order", body: z.object({ keys: z.array(z.string().max(64)).max(200) }), response: allFields },
  createCustomerImport: { method: "POST", path: "/customer-imports", access: "admin", summary: "Upload a CSV file of customers", maxBodyBytes: 2 * MAX_IMPORT_BYTES, body: z.object({ fileName: z.string().trim().min(1).max(200), text: z.string().min(1, "The file is empty").max(MAX_IMPORT_BYTES, "The file is larger than 5 MB") }), response: customerImport },
  getCustomerImport: { method: "GET", path: "/customer-imports/:id", access: "admin", summary: "How far an import is", params: ofImport, response: customerImport },
  previewCustomerImport: { method: "POST", path: "/customer-imports/:id/preview", access: "admin", summary: "What an import would do, with its errors by line", params: ofImport, body: importPlan, response: importPreview },
  startCustomerImport: { method: "POST", path: "/customer-imports/:id/start", access: "admin", summary: "Start an import", params: ofImport, body: importPlan, response: customerImport },
} as const satisfies Record<string, Route>;
