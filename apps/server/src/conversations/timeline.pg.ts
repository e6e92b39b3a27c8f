// The timeline in PostgreSQL.
import { sql } from "kysely";
import { ok, type CustomerId, type Millis } from "@ringdesk/std";
import { timelineEntry, type TimelineEntry } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import { cutPage, readCursor, storableText } from "../customers/index.ts";
import { afterCommit, reach, writeBehind, type Database } from "../platform/index.ts";
import type { Timeline, TimelineListener } from "./conversations.ports.ts";

/** JSON of an entry without what jsonb refuses. */
const storableJson = (entry: TimelineEntry): string => JSON.stringify(entry, (_, value: unknown) => (typeof value === "string" ? storableText(value) : value));

/**
 * The timeline over `db`. `changed` is told when an entry's transaction has committed, so that whoever hears of it finds all
 * that came with it.
 */
export function createTimeline(deps: { readonly db: Database; readonly log: Logger; readonly changed: TimelineListener }): Timeline {
  /** An entry that an earlier version wrote and nobody can read any more must not hide the others. */
  const readable = (stored: unknown, id: string): readonly TimelineEntry[] => {
    const entry = timelineEntry.safeParse(stored);
    if (entry.success) return [entry.data];
    deps.log.error({ entry: id, problem: entry.error.message }, "a timeline entry cannot be read");
    return [];
  };
  return {
    put: async (trx, customer, entry) => {
      // Whose timeline it really is the database knows: the customer may have been merged, or be gone.
      let owner: CustomerId | undefined;
      afterCommit(trx, () => { if (owner !== undefined) deps.changed(owner, entry); });
      await writeBehind(trx, sql<{ customer_id: CustomerId }>`insert into timeline_entries (customer_id, id, at, kind, entry)
        values (${customer}, ${entry.id}, ${entry.at}, ${entry.kind}, ${storableJson(entry)}::jsonb)
        on conflict (customer_id, id) do update set at = excluded.at, kind = excluded.kind, entry = excluded.entry returning customer_id`, (rows) => { owner = rows[0]?.customer_id; });
    },
    page: async (customer, cursor, limit) => {
      const after = readCursor(cursor);
      if (!after.ok) return after;
      const from = after.value === null ? sql`true` : sql`(at, id) < (${after.value.at}, ${after.value.id})`;
      const answer = await reach(() => sql<{ at: Millis; id: string; entry: unknown }>`select at, id, entry from timeline_entries
        where customer_id = coalesce((select merged_into from customers where id = ${customer}), ${customer}) and ${from} order by at desc, id desc limit ${limit + 1}`.execute(deps.db));
      if (!answer.ok) return answer;
      const page = cutPage(answer.value.rows, limit, (row) => row);
      return ok({ items: page.rows.flatMap((row) => readable(row.entry, row.id)), nextCursor: page.nextCursor });
    },
  };
}
