// What the rows of a CSV file mean as customers. Pure.
import { err, ok, unguarded, type CsvDelimiter, type CsvFault, type CsvRecord, type E164, type Result } from "@ringdesk/std";
import { customerDetails, customerLanguages, MAX_IMPORT_COLUMNS, MAX_IMPORT_ROWS, type CustomerField, type ImportPlan } from "@ringdesk/contract/http";
import { distinct, type ReadNumber } from "./details.rules.ts";
import { checkValue, readYesNo, type FieldValue } from "./field.rules.ts";
import { storableText } from "./text.rules.ts";

/** A row as a customer; what the file does not say is absent or empty. */
export type Draft = {
  readonly line: number; readonly name: string | null; readonly numbers: readonly E164[]; readonly emails: readonly string[]; readonly tags: readonly string[];
  readonly language: string | null; readonly vip: boolean | null; readonly custom: Readonly<Record<string, FieldValue>>;
};
export type RowProblem = { readonly line: number; readonly column: string | null; readonly detail: string };
export type FileFacts = { readonly delimiter: CsvDelimiter; readonly rows: number; readonly columns: readonly { readonly header: string; readonly samples: string[] }[]; readonly suggested: ImportPlan };

const SAMPLES = 3;
const MAX_SAMPLE_CHARS = 60;
/** Several numbers, addresses or tags in one cell. */
const BETWEEN = /[;|\n]/;
const TAG_BETWEEN = /[,;|\n]/;

const faultWords = {
  "quote-inside": "A quotation mark stands in the middle of a cell. Put the whole cell in quotation marks and write the mark twice.",
  "text-after-quote": "Text follows a closing quotation mark.",
  "unclosed-quote": "A quotation mark is opened and never closed; everything after it was read as one cell.",
} as const satisfies Record<CsvFault, string>;

/** Takes the records of a file one after the other, so that a large one can be looked at in steps. */
export type FactsReader = { readonly take: (record: CsvRecord) => void; readonly isTooLong: () => boolean; readonly facts: (fields: readonly CustomerField[]) => Result<FileFacts, string> };

/** What a file holds, and how its columns are probably meant; the error is a sentence. */
export function factsReader(delimiter: CsvDelimiter): FactsReader {
  let head: CsvRecord | null = null;
  let records = 0;
  const samples: string[][] = [];
  const sample = (cell: string, at: number): void => {
    const some = samples[at] ??= [];
    if (cell !== "" && some.length < SAMPLES) some.push(cell.slice(0, MAX_SAMPLE_CHARS));
  };
  return {
    take: (record) => {
      records += 1;
      if (head === null) head = record;
      else record.cells.slice(0, head.cells.length).forEach(sample);
    },
    isTooLong: () => records > MAX_IMPORT_ROWS + 1,
    facts: (fields) => {
      if (head === null) return err("The file has no rows.");
      if (head.cells.length > MAX_IMPORT_COLUMNS) return err(`The file has more than ${MAX_IMPORT_COLUMNS} columns.`);
      const hasHeader = !head.cells.some((cell) => /\d{5,}|@/.test(cell));
      const rows = hasHeader ? records - 1 : records;
      if (rows > MAX_IMPORT_ROWS) return err(`The file has more than ${MAX_IMPORT_ROWS.toLocaleString("en-US")} rows. Split it.`);
      const columns = head.cells.map((cell, at) => ({ header: cell.trim().slice(0, MAX_SAMPLE_CHARS), samples: samples[at] ?? [] }));
      const suggested = columns.map(({ header, samples: s }) => suggestField(hasHeader ? header : "", s, fields));
      return ok({ delimiter, rows, columns, suggested: { hasHeader, columns: suggested, known: "update" } });
    },
  };
}

const meanings: readonly (readonly [RegExp, string])[] = [
  [/^(full ?|customer ?|display ?|contact ?)?name$/, "name"], [/phone|mobile|cell|telephone|^tel$|number|handy/, "number"], [/e-?mail/, "email"],
  [/^(language|locale|lang)$/, "language"], [/^vip/, "vip"], [/^(tags?|labels?)$/, "tags"],
];

function suggestField(header: string, samples: readonly string[], fields: readonly CustomerField[]): string {
  const word = header.toLowerCase().replace(/[_-]+/g, " ").trim();
  const own = fields.find((field) => !field.retired && [field.key.replaceAll("_", " "), field.name.toLowerCase()].includes(word));
  if (own !== undefined) return `custom.${own.key}`;
  const meant = word === "" ? undefined : meanings.find(([pattern]) => pattern.test(word))?.[1];
  if (meant !== undefined) return meant;
  if (samples.length > 0 && samples.every((sample) => /^[^@\s]+@[^@\s]+$/.test(sample))) return "email";
  return samples.length > 0 && samples.every((sample) => /^\+?[\d\s().-]{7,}$/.test(sample)) ? "number" : "ignore";
}

export type RowReader = (record: CsvRecord) => Result<Draft, readonly RowProblem[]>;

/** How rows are read under a plan. `headers` name the columns in problems. */
export function rowReader(plan: ImportPlan, headers: readonly string[], fields: readonly CustomerField[], readNumber: ReadNumber): RowReader {
  const cellReaders = plan.columns.map((field) => cellReader(field, fields, readNumber));
  return ({ line, cells, fault }) => {
    if (fault !== null) return err([{ line, column: null, detail: faultWords[fault] }]);
    if (cells.slice(plan.columns.length).some((cell) => cell !== "")) return err([{ line, column: null, detail: `This line has ${cells.length} cells, the first one ${plan.columns.length}.` }]);
    const row: Growing = { name: null, numbers: [], emails: [], tags: [], language: null, vip: null, custom: {} };
    const problems: RowProblem[] = [];
    cellReaders.forEach((read, at) => {
      const text = storableText(unguarded(cells[at] ?? "")).trim();
      const wrong = text === "" ? null : read(text, row);
      if (wrong !== null) problems.push({ line, column: headers[at] ?? null, detail: wrong });
    });
    if (problems.length > 0) return err(problems);
    if (row.name === null && row.numbers.length === 0 && row.emails.length === 0) return err([{ line, column: null, detail: "The row has no name, no number and no e-mail address." }]);
    const draft = { ...row, line, numbers: [...new Set(row.numbers)], emails: distinct(row.emails), tags: distinct(row.tags) };
    const checked = customerDetails.safeParse({ name: draft.name, emails: draft.emails, tags: draft.tags, numbers: draft.numbers.map((number) => ({ number })) });
    if (checked.success) return ok(draft);
    return err(checked.error.issues.slice(0, 1).map((issue) => ({ line, column: null, detail: issue.message })));
  };
}

type Growing = { name: string | null; numbers: E164[]; emails: string[]; tags: string[]; language: string | null; vip: boolean | null; custom: Record<string, FieldValue> };
/** Puts a cell into the row; answers what is wrong with it in words, or null. */
type CellReader = (text: string, row: Growing) => string | null;

const parts = (text: string, between: RegExp): readonly string[] => text.split(between).map((part) => part.replace(/\s+/g, " ").trim()).filter((part) => part !== "");

function cellReader(field: string, fields: readonly CustomerField[], readNumber: ReadNumber): CellReader {
  switch (field) {
    case "name": return (text, row) => { row.name = row.name === null ? text.replace(/\s+/g, " ") : `${row.name} ${text}`; return null; };
    case "number": return (text, row) => {
      for (const part of parts(text, BETWEEN)) {
        const number = readNumber(part);
        if (!number.ok) return `${part}: ${number.error}`;
        row.numbers.push(number.value);
      }
      return null;
    };
    case "email": return (text, row) => { row.emails.push(...parts(text, BETWEEN)); return null; };
    case "tags": return (text, row) => { row.tags.push(...parts(text, TAG_BETWEEN)); return null; };
    case "vip": return (text, row) => { row.vip = readYesNo(text); return row.vip === null ? "Enter yes or no" : null; };
    case "language": return (text, row) => {
      const found = Object.entries(customerLanguages).find(([code, name]) => [code.toLowerCase(), name.toLowerCase()].includes(text.toLowerCase()));
      row.language = found?.[0] ?? null;
      return found === undefined ? `${text} is not one of the languages` : null;
    };
    default: return customCell(fields.find((each) => `custom.${each.key}` === field));
  }
}

function customCell(field: CustomerField | undefined): CellReader {
  if (field === undefined) return () => null; // a column that is ignored
  return (text, row) => {
    const value = checkValue(field, text);
    if (!value.ok) return value.error;
    row.custom[field.key] = value.value;
    return null;
  };
}
