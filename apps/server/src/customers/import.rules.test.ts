import { expect, test } from "vitest";
import { err, guessDelimiter, ok, readCsv, type E164 } from "@ringdesk/std";
import type { CustomerField, ImportPlan } from "@ringdesk/contract/http";
import { factsReader, rowReader } from "./import.rules.ts";

const plan: CustomerField = { key: "plan", name: "Plan", kind: "choice", choices: ["Gold", "Silver"], retired: false };
const readNumber = (text: string) => (/^\+\d{8,15}$/.test(text) ? ok(text as E164) : err("That is not a phone number."));
const readFacts = (text: string, fields: readonly CustomerField[]) => {
  const reader = factsReader(guessDelimiter(text));
  for (const record of readCsv(text, guessDelimiter(text))) reader.take(record);
  return reader.facts(fields);
};
const rows = (text: string, columns: ImportPlan["columns"], headers: readonly string[] = []) => [...readCsv(text, ",")].map(rowReader({ hasHeader: false, columns, known: "update" }, headers, [plan], readNumber));

test("CRM-6 the columns of a file are recognised by their headings or by what is in them", () => {
  const facts = readFacts("Full name;Mobile phone;E-mail;Labels;Plan;Shoe size\nAda;+12025550142;ada@x.example;a|b;gold;38\n", [plan]);
  expect(facts).toMatchObject({ ok: true, value: { delimiter: ";", rows: 1, suggested: { hasHeader: true, columns: ["name", "number", "email", "tags", "custom.plan", "ignore"] } } });
  expect(readFacts("x,(202) 555-0142,ada@x.example\ny,(202) 555-0143,bob@x.example\n", [])).toMatchObject({ ok: true, value: { rows: 2, suggested: { hasHeader: false, columns: ["ignore", "number", "email"] } } });
  expect(readFacts("", [])).toEqual({ ok: false, error: "The file has no rows." });
  expect(readFacts("a\n".repeat(20_002), [])).toMatchObject({ ok: false, error: expect.stringContaining("more than 20,000 rows") });
});

test("a row becomes a customer: several numbers and tags in a cell, language by name, guarded cells as they were", () => {
  const [row] = rows("'=Ada,+12025550142; +12025550143,a@x.example,\"vip, new\",french,yes,GOLD", ["name", "number", "email", "tags", "language", "vip", "custom.plan"]);
  expect(row).toEqual(ok({
    line: 1, name: "=Ada", numbers: ["+12025550142", "+12025550143"], emails: ["a@x.example"], tags: ["vip", "new"], language: "fr", vip: true, custom: { plan: "Gold" },
  }));
});

test("CRM-6 each thing that is wrong with a row is told with its line and column", () => {
  const read = rows("Ada,12\n,\nBob,+12025550142,more\nEve,\"+12025550143\"x\nZed,+12025550144", ["name", "number"], ["Name", "Phone"]);
  expect(read.map((row) => (row.ok ? row.value.name : row.error[0]))).toEqual([
    { line: 1, column: "Phone", detail: "12: That is not a phone number." },
    { line: 2, column: null, detail: "The row has no name, no number and no e-mail address." },
    { line: 3, column: null, detail: "This line has 3 cells, the first one 2." },
    { line: 4, column: null, detail: "Text follows a closing quotation mark." },
    "Zed",
  ]);
});
