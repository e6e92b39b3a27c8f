// Imported rows in PostgreSQL.
import { sql } from "kysely";
import type { CustomerId, Millis } from "@ringdesk/std";
import { MAX_CUSTOMER_EMAILS, MAX_CUSTOMER_NUMBERS, MAX_CUSTOMER_TAGS } from "@ringdesk/contract/http";
import type { Database, Transaction } from "../platform/index.ts";
import { changeDetails, insertDetails, lockCustomer, selectCustomer } from "./customer.pg.ts";
import { distinct, type CleanDetails } from "./details.rules.ts";
import type { Draft } from "./import.rules.ts";

export type RowOutcome = { readonly result: "created" | "updated" | "skipped" } | { readonly result: "refused"; readonly detail: string };

/** Which customers have the numbers of a row, or, when it has none, its e-mail addresses. */
async function knownTo(db: Database, draft: Draft): Promise<readonly CustomerId[]> {
  const { rows } = draft.numbers.length > 0
    ? await sql<{ id: CustomerId }>`select distinct customer_id as id from customer_numbers where number = any(${[...draft.numbers]}::text[])`.execute(db)
    : await sql<{ id: CustomerId }>`select id from customers where merged_into is null and emails && ${[...draft.emails]}::text[] order by last_activity_at desc limit 1`.execute(db);
  return rows.map((row) => row.id);
}

/** Of these drafts, those whose customer is there already, by place. */
export async function knownDrafts(db: Database, drafts: readonly Draft[]): Promise<ReadonlySet<number>> {
  const numbers = drafts.flatMap((draft) => draft.numbers);
  const emails = drafts.flatMap((draft) => (draft.numbers.length === 0 ? draft.emails : []));
  const { rows } = await sql<{ what: string }>`select number as what from customer_numbers where number = any(${numbers}::text[])
    union select e as what from customers, unnest(emails) e where merged_into is null and emails && ${emails}::text[]`.execute(db);
  const known = new Set(rows.map((row) => row.what));
  return new Set(drafts.flatMap((draft, at) => ((draft.numbers.length > 0 ? draft.numbers : draft.emails).some((each) => known.has(each)) ? [at] : [])));
}

/** Writes one row. Rejects when somebody was given one of the numbers in this moment. */
export async function writeDraft(trx: Transaction, draft: Draft, known: "update" | "skip", at: Millis): Promise<RowOutcome> {
  const [owner, another] = await knownTo(trx, draft);
  if (another !== undefined) return { result: "refused", detail: "The numbers of this row belong to different customers. Merge them first." };
  if (owner === undefined) {
    await insertDetails(trx, { ...detailsOf(draft), vip: draft.vip ?? false, emails: draft.emails, tags: draft.tags, numbers: draft.numbers.map((number) => ({ number, consent: null })) }, at);
    return { result: "created" };
  }
  if (known === "skip") return { result: "skipped" };
  const locked = await lockCustomer(trx, owner);
  const before = locked === null ? null : await selectCustomer(trx, locked);
  if (before === null) return { result: "refused", detail: "The customer was changed at the same time. Import the row again." };
  const emails = distinct([...before.emails, ...draft.emails]);
  const tags = distinct([...before.tags, ...draft.tags]);
  const numbers = [...new Set([...before.numbers, ...draft.numbers])];
  if (emails.length > MAX_CUSTOMER_EMAILS || tags.length > MAX_CUSTOMER_TAGS || numbers.length > MAX_CUSTOMER_NUMBERS) return { result: "refused", detail: "With this row the customer would have too many numbers, e-mail addresses or tags." };
  const added = numbers.length === before.numbers.length ? {} : { numbers: numbers.map((number) => ({ number, consent: null })) };
  await changeDetails(trx, before.id, { ...detailsOf(draft), ...(draft.vip === null ? {} : { vip: draft.vip }), emails, tags, ...added }, at);
  return { result: "updated" };
}

const detailsOf = ({ name, language, custom }: Draft): CleanDetails => ({
  ...(name === null ? {} : { name }), ...(language === null ? {} : { language }), ...(Object.keys(custom).length === 0 ? {} : { custom }),
});
