import { err, guessDelimiter, ok, readCsv, type CsvRecord, type Result, type UserId } from "@ringdesk/std";
import type { CustomerImport, ImportPlan, ImportPreview } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import { newId, type Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import { inTransaction, reach, unlessTaken, type Database } from "../platform/index.ts";
import type { ImportMissing, ImportRefused, ImportsFull, ImportStarted, StoreAway } from "./customers.errors.ts";
import type { CustomerFields } from "./customers.ports.ts";
import type { ReadNumber } from "./details.rules.ts";
import { knownDrafts, writeDraft, type RowOutcome } from "./import.pg.ts";
import { factsReader, rowReader, type Draft, type FileFacts, type RowReader } from "./import.rules.ts";

/** Files kept at a time; the oldest that is not running goes first. */
const MAX_KEPT = 4;
/** Rows between which calls get their turn, and rows of one transaction. */
const BATCH_ROWS = 100;
/** Rows that are looked at in one go; looking is quicker than understanding. */
const LOOK_ROWS = 1_000;
const MAX_PREVIEW_PROBLEMS = 100;
const PREVIEW_ROWS = 8;

export type ImportError = ImportMissing | ImportRefused | ImportsFull | ImportStarted | StoreAway;
export type Reported = { readonly line: number; readonly column: string; readonly result: string; readonly detail: string };
export interface CustomerImports {
  readonly upload: (fileName: string, text: string) => Promise<Result<CustomerImport, ImportRefused | ImportsFull>>;
  readonly get: (id: string) => Result<CustomerImport, ImportMissing>;
  readonly preview: (id: string, plan: ImportPlan) => Promise<Result<ImportPreview, ImportError>>;
  /** Answers at once; the rows are written afterwards. */
  readonly start: (id: string, plan: ImportPlan, by: UserId) => Promise<Result<CustomerImport, ImportError>>;
  /** What became of each row. */
  readonly report: (id: string) => Result<readonly Reported[], ImportMissing>;
}

type Counts = { created: number; updated: number; skipped: number; refused: number };
type Kept = { readonly id: string; readonly fileName: string; readonly text: string; readonly facts: FileFacts; state: CustomerImport["state"]; handled: number; counts: Counts; readonly report: Reported[] };
export type ImportDeps = { readonly db: Database; readonly clock: Clock; readonly audit: Audit; readonly fields: Pick<CustomerFields, "all">; readonly readNumber: ReadNumber; readonly log: Logger };

const noCounts = (): Counts => ({ created: 0, updated: 0, skipped: 0, refused: 0 });
const shown = ({ id, fileName, facts, state, handled, counts }: Kept): CustomerImport => ({
  id, fileName, rows: facts.rows, delimiter: facts.delimiter, suggested: facts.suggested, columns: facts.columns.map((column) => ({ ...column })), state, handled, counts: { ...counts },
});

/**
 * Files of customers, kept in memory while they are looked at and imported. A restart forgets them; rows that were written
 * are found again by their numbers, so that importing the file once more does no harm.
 */
export function createCustomerImports(deps: ImportDeps): CustomerImports {
  const kept = new Map<string, Kept>();
  const find = (id: string): Result<Kept, ImportMissing> => {
    const found = kept.get(id);
    return found === undefined ? err({ type: "import-missing" }) : ok(found);
  };
  const readerOf = (file: Kept, plan: ImportPlan): Result<RowReader, ImportRefused> => {
    const refuse = (detail: string): Result<RowReader, ImportRefused> => err({ type: "import-refused", detail });
    const fields = deps.fields.all();
    if (plan.columns.length !== file.facts.columns.length) return refuse(`The file has ${file.facts.columns.length} columns.`);
    const unknown = plan.columns.find((each) => each.startsWith("custom.") && !fields.some((field) => `custom.${field.key}` === each));
    if (unknown !== undefined) return refuse("One of the fields was removed meanwhile.");
    if (!plan.columns.some((each) => each === "name" || each === "number" || each === "email")) return refuse("Choose a column for the name, the number or the e-mail address.");
    const headers = file.facts.columns.map(({ header }, at) => (plan.hasHeader && header !== "" ? header : `Column ${at + 1}`));
    return ok(rowReader(plan, headers, fields, deps.readNumber));
  };

  return {
    upload: async (fileName, text) => {
      const facts = await look(text, deps.fields);
      if (!facts.ok) return err({ type: "import-refused", detail: facts.error });
      const idle = [...kept.values()].filter((file) => file.state !== "running");
      if (kept.size >= MAX_KEPT) {
        if (idle[0] === undefined) return err({ type: "imports-full" });
        kept.delete(idle[0].id);
      }
      const file: Kept = { id: newId(), fileName, text, facts: facts.value, state: "uploaded", handled: 0, counts: noCounts(), report: [] };
      kept.set(file.id, file);
      return ok(shown(file));
    },
    get: (id) => {
      const file = find(id);
      return file.ok ? ok(shown(file.value)) : file;
    },
    preview: async (id, plan) => {
      const file = find(id);
      if (!file.ok) return file;
      const read = readerOf(file.value, plan);
      return read.ok ? reach(() => preview(deps.db, file.value, plan, read.value)) : read;
    },
    start: async (id, plan, by) => {
      const file = find(id);
      if (!file.ok) return file;
      if (file.value.state !== "uploaded") return err({ type: "import-started" });
      const read = readerOf(file.value, plan);
      if (!read.ok) return read;
      file.value.state = "running";
      await deps.audit.record(by, "customers.import-started", null, { file: file.value.fileName, rows: file.value.facts.rows, known: plan.known });
      run(deps, file.value, plan, read.value).then(
        () => deps.audit.record(by, "customers.imported", null, { file: file.value.fileName, ...file.value.counts }),
        (error: unknown) => {
          file.value.state = "failed";
          deps.log.error({ err: error }, "an import of customers ended early");
        },
      ).catch((error: unknown) => { deps.log.error({ err: error }, "an import of customers was not noted"); });
      return ok(shown(file.value));
    },
    report: (id) => {
      const file = find(id);
      return file.ok ? ok(file.value.report) : file;
    },
  };
}

/** Looks at a file in steps: calls are served in between. */
async function look(text: string, fields: ImportDeps["fields"]): Promise<Result<FileFacts, string>> {
  const delimiter = guessDelimiter(text);
  const reader = factsReader(delimiter);
  let read = 0;
  for (const record of readCsv(text, delimiter)) {
    reader.take(record);
    if (reader.isTooLong()) break;
    read += 1;
    if (read % LOOK_ROWS === 0) await new Promise((resume) => { setImmediate(resume); });
  }
  return reader.facts(fields.all());
}

/** The rows of a file in batches, without the header. */
function* batches(file: Kept, plan: ImportPlan): Generator<readonly CsvRecord[], void> {
  let batch: CsvRecord[] = [];
  let isFirst = true;
  for (const record of readCsv(file.text, file.facts.delimiter)) {
    if (isFirst && plan.hasHeader) { isFirst = false; continue; }
    isFirst = false;
    batch.push(record);
    if (batch.length === BATCH_ROWS) { yield batch; batch = []; }
  }
  if (batch.length > 0) yield batch;
}

async function preview(db: Database, file: Kept, plan: ImportPlan, read: RowReader): Promise<ImportPreview> {
  const counts = noCounts();
  const problems: ImportPreview["problems"] = [];
  const first: ImportPreview["first"] = [];
  /** Numbers and addresses of rows before: the second row of a customer changes what the first one made. */
  const seen = new Set<string>();
  for (const batch of batches(file, plan)) {
    const drafts: Draft[] = [];
    for (const record of batch) {
      const draft = read(record);
      if (draft.ok) { drafts.push(draft.value); continue; }
      counts.refused += 1;
      problems.push(...draft.error.slice(0, MAX_PREVIEW_PROBLEMS - problems.length));
    }
    const there = await knownDrafts(db, drafts);
    for (const [at, draft] of drafts.entries()) {
      const marks = draft.numbers.length > 0 ? draft.numbers : draft.emails;
      const known = there.has(at) || marks.some((mark) => seen.has(mark));
      for (const mark of marks) seen.add(mark);
      counts[known ? (plan.known === "update" ? "updated" : "skipped") : "created"] += 1;
      if (first.length < PREVIEW_ROWS) first.push({ line: draft.line, known, name: draft.name, numbers: [...draft.numbers], emails: [...draft.emails], tags: [...draft.tags], vip: draft.vip ?? false });
    }
  }
  return { counts, problems, first };
}

async function run({ db, clock }: ImportDeps, file: Kept, plan: ImportPlan, read: RowReader): Promise<void> {
  /** Null when somebody else has one of the numbers: then nothing of it was written. */
  const write = async (drafts: readonly Draft[]): Promise<readonly RowOutcome[] | null> => {
    const written = await unlessTaken(null, () => inTransaction(db, async (trx) => {
      const outcomes: RowOutcome[] = [];
      for (const draft of drafts) outcomes.push(await writeDraft(trx, draft, plan.known, clock.now()));
      return outcomes;
    }));
    return written.ok ? written.value : null;
  };
  const note = (line: number, outcome: RowOutcome, column: string | null = null): void => {
    file.counts[outcome.result] += 1;
    file.report.push({ line, column: column ?? "", result: outcome.result, detail: outcome.result === "refused" ? outcome.detail : "" });
  };
  for (const batch of batches(file, plan)) {
    const drafts: Draft[] = [];
    for (const record of batch) {
      const draft = read(record);
      if (draft.ok) drafts.push(draft.value);
      else note(record.line, { result: "refused", detail: draft.error.map((each) => each.detail).join(" ") }, draft.error[0]?.column ?? null);
    }
    const together = await write(drafts);
    for (const [at, draft] of drafts.entries()) {
      // Somebody was given a number of this batch in between: then each row by itself.
      const outcome = together?.[at] ?? (await write([draft]))?.[0] ?? { result: "refused" as const, detail: "Another customer was given this number at the same time." };
      note(draft.line, outcome);
    }
    file.handled += batch.length;
  }
  file.report.sort((a, b) => a.line - b.line);
  file.state = "done";
}
