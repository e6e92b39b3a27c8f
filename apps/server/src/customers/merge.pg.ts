// Merging two customers in PostgreSQL.
import { sql } from "kysely";
import type { CustomerId } from "@ringdesk/std";
import type { Customer } from "@ringdesk/contract/http";
import { sqlState, type Database, type Transaction } from "../platform/index.ts";

/**
 * Calls write conversations first and their customer last, a merge the other way round. Long before PostgreSQL would end
 * one of the two for a deadlock (1 s), the merge gives way and is tried again.
 */
const LOCK_WAIT_MS = 400;
const LOCK_NOT_AVAILABLE = "55P03";
const DEADLOCK = "40P01";

/** Lets a transaction end rather than wait long for a lock. */
export async function giveWay(trx: Transaction): Promise<void> {
  await sql`select set_config('lock_timeout', ${`${LOCK_WAIT_MS}ms`}, true)`.execute(trx);
}

/** Whether a transaction gave way to calls. */
export const gaveWay = (error: unknown): boolean => sqlState(error) === LOCK_NOT_AVAILABLE || sqlState(error) === DEADLOCK;

/**
 * Locks both customers and those that were merged into them. Whoever writes something for one of them from now on waits,
 * and then finds where it went. False when one of them is not there, or was merged meanwhile.
 */
export async function lockBoth(trx: Transaction, kept: CustomerId, other: CustomerId): Promise<boolean> {
  await giveWay(trx);
  const { rows } = await sql<{ id: CustomerId; merged_into: CustomerId | null }>`select id, merged_into from customers
    where id in (${kept}, ${other}) or merged_into in (${kept}, ${other}) order by id for update`.execute(trx);
  return [kept, other].every((id) => rows.some((row) => row.id === id && row.merged_into === null));
}

/** Writes the merged customer, moves the numbers, and leaves the other as a sign. */
export async function writeMerged(trx: Transaction, merged: Customer, other: CustomerId, numbersKept: number): Promise<void> {
  await sql`update customer_numbers set customer_id = ${merged.id}, position = position + ${numbersKept} where customer_id = ${other}`.execute(trx);
  await sql`update customers k set name = ${merged.name}, language = ${merged.language}, vip = ${merged.vip}, emails = ${merged.emails}::text[], tags = ${merged.tags}::text[],
      custom = ${JSON.stringify(merged.custom)}::jsonb, created_at = ${merged.createdAt}::bigint, hidden_number = ${merged.hiddenNumber},
      last_activity_at = greatest(k.last_activity_at, o.last_activity_at)
    from customers o where o.id = ${other} and k.id = ${merged.id}`.execute(trx);
  await sql`update customers set merged_into = ${merged.id} where merged_into = ${other}`.execute(trx);
  await sql`update customers set merged_into = ${merged.id}, emails = '{}', tags = '{}', custom = '{}' where id = ${other}`.execute(trx);
}

/** How much would move from a customer. */
export async function countBelongings(db: Database, id: CustomerId): Promise<{ readonly conversations: number; readonly timelineEntries: number }> {
  const { rows } = await sql<{ conversations: number; timelineEntries: number }>`select
    (select count(*) from conversations where customer_id = ${id}) as conversations,
    (select count(*) from timeline_entries where customer_id = ${id}) as "timelineEntries"`.execute(db);
  return rows[0] ?? { conversations: 0, timelineEntries: 0 };
}
