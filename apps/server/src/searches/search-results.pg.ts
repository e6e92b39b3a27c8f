// What searches find, in PostgreSQL.
import { sql, type RawBuilder } from "kysely";
import type { ConversationId, Millis } from "@ringdesk/std";
import type { Criteria } from "@ringdesk/contract/criteria";
import { MAX_SEARCH_COUNT, type ConversationLine, type SearchSort } from "@ringdesk/contract/http";
import type { Place } from "../customers/index.ts";
import type { Database } from "../platform/index.ts";
import { criteriaSql } from "./criteria.pg.ts";

/** How far back tags are gathered from, in conversations and in customers. */
const TAGGED_ROWS = 2_000;
const MAX_TAGS = 200;

const line = sql`v.id, v.customer_id as "customerId", v.channel, v.status, v.subject, v.queue_id as "queueId", v.assigned_to as "assignedTo", v.team_id as "teamId",
  v.support_number as "supportNumber", v.language, v.tags, v.snoozed_until as "snoozedUntil", v.waiting_since as "waitingSince",
  v.created_at as "createdAt", v.last_activity_at as "lastActivityAt", v.version, c.name as "customerName", c.emails[1] as "customerEmail",
  (select number from customer_numbers n where n.customer_id = c.id order by position, number limit 1) as "customerNumber"`;

/** A search by name goes on after a conversation, wherever it is now: names are too long for a cursor. */
const keys = {
  "created": { key: sql`v.created_at`, after: ({ at }: Place) => sql`${at}::bigint` },
  "last-activity": { key: sql`v.last_activity_at`, after: ({ at }: Place) => sql`${at}::bigint` },
  "customer-name": {
    key: sql`c.folded_name`,
    after: ({ id }: Place) => sql`(select c2.folded_name from conversations v2 join customers c2 on c2.id = v2.customer_id where v2.id = ${id})`,
  },
} as const satisfies Record<SearchSort["by"], { readonly key: RawBuilder<unknown>; readonly after: (place: Place) => RawBuilder<unknown> }>;

/** The place of a row in its order. */
export const placeOf = (row: ConversationLine, { by }: SearchSort): Place =>
  ({ at: by === "created" ? row.createdAt : by === "last-activity" ? row.lastActivityAt : 0 as Millis, id: row.id });

/** `limit` conversations that meet `criteria`, after a place. */
export async function selectResults(db: Database, criteria: Criteria, sort: SearchSort, page: { readonly now: Millis; readonly after: Place | null; readonly limit: number }): Promise<readonly ConversationLine[]> {
  const { key, after } = keys[sort.by];
  const [direction, beyond] = sort.direction === "asc" ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`];
  const from = page.after === null ? sql`true` : sql`(${key}, v.id) ${beyond} (${after(page.after)}, ${page.after.id})`;
  const { rows } = await sql<ConversationLine>`select ${line} from conversations v join customers c on c.id = v.customer_id
    where ${criteriaSql(criteria, page.now)} and ${from} order by ${key} ${direction}, v.id ${direction} limit ${page.limit}`.execute(db);
  return rows;
}

/** How many conversations meet `criteria`, counted up to one more than {@link MAX_SEARCH_COUNT}. */
export async function countResults(db: Database, criteria: Criteria, now: Millis): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from (
    select 1 from conversations v join customers c on c.id = v.customer_id where ${criteriaSql(criteria, now)} limit ${MAX_SEARCH_COUNT + 1}) found`.execute(db);
  return rows[0]?.count ?? 0;
}

/** The ids of at most `limit` conversations that meet `criteria`, latest activity first. */
export async function selectResultIds(db: Database, criteria: Criteria, now: Millis, limit: number): Promise<readonly ConversationId[]> {
  const { rows } = await sql<{ id: ConversationId }>`select v.id from conversations v join customers c on c.id = v.customer_id
    where ${criteriaSql(criteria, now)} order by v.last_activity_at desc, v.id desc limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** Tags in use lately, by the alphabet. */
export async function selectRecentTags(db: Database): Promise<readonly string[]> {
  const { rows } = await sql<{ tag: string }>`select distinct tag from (
      select unnest(tags) as tag from (select tags from conversations order by last_activity_at desc, id desc limit ${TAGGED_ROWS}) v
      union all select unnest(tags) from (select tags from customers where merged_into is null order by last_activity_at desc, id desc limit ${TAGGED_ROWS}) c
    ) tagged order by tag limit ${MAX_TAGS}`.execute(db);
  return rows.map((row) => row.tag);
}
