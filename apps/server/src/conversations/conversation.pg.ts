// Conversations in PostgreSQL.
import { sql } from "kysely";
import type { ConversationId, CustomerId, E164, Millis, QueueId, UserId } from "@ringdesk/std";
import type { Conversation, ConversationStatus } from "@ringdesk/contract/http";
import type { Place } from "../customers/index.ts";
import type { Database, Transaction } from "../platform/index.ts";
import type { ConversationLine } from "./conversations.ports.ts";

type ConversationRow = {
  readonly id: ConversationId; readonly customer_id: CustomerId; readonly channel: Conversation["channel"]; readonly status: ConversationStatus;
  readonly queue_id: QueueId | null; readonly assigned_to: UserId | null; readonly support_number: E164 | null;
  readonly created_at: Millis; readonly last_activity_at: Millis;
};
type LineRow = ConversationRow & { readonly customer_name: string | null; readonly customer_number: E164 | null };

const conversationOf = (r: ConversationRow): Conversation => ({
  id: r.id, customerId: r.customer_id, channel: r.channel, status: r.status, queueId: r.queue_id, assignedTo: r.assigned_to,
  supportNumber: r.support_number, createdAt: r.created_at, lastActivityAt: r.last_activity_at,
});
const columns = sql`v.id, v.customer_id, v.channel, v.status, v.queue_id, v.assigned_to, v.support_number, v.created_at, v.last_activity_at`;

export type ListFilter = { readonly status: ConversationStatus | null; readonly assignedTo: UserId | null; readonly customerId: CustomerId | null };

/** `limit` conversations after a place, last activity first. */
export async function selectConversations(db: Database, filter: ListFilter, after: Place | null, limit: number): Promise<readonly ConversationLine[]> {
  const conditions = [
    filter.status === null ? null : sql`v.status = ${filter.status}`,
    filter.assignedTo === null ? null : sql`v.assigned_to = ${filter.assignedTo}`,
    filter.customerId === null ? null : sql`v.customer_id = ${filter.customerId}`,
    after === null ? null : sql`(v.last_activity_at, v.id) < (${after.at}, ${after.id})`,
  ].filter((c) => c !== null);
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  const { rows } = await sql<LineRow>`select ${columns}, c.name as customer_name,
      (select number from customer_numbers n where n.customer_id = c.id order by position, number limit 1) as customer_number
    from conversations v join customers c on c.id = v.customer_id where ${where}
    order by v.last_activity_at desc, v.id desc limit ${limit}`.execute(db);
  return rows.map((r) => ({ ...conversationOf(r), customerName: r.customer_name, customerNumber: r.customer_number }));
}

export async function selectConversation(db: Database, id: ConversationId): Promise<Conversation | null> {
  const { rows } = await sql<ConversationRow>`select ${columns} from conversations v where id = ${id}`.execute(db);
  const row = rows[0];
  return row === undefined ? null : conversationOf(row);
}

/** Gives a conversation another status; null when it is unknown or has that status already. */
export async function changeStatus(trx: Transaction, id: ConversationId, status: ConversationStatus, at: Millis): Promise<Conversation | null> {
  const { rows } = await sql<ConversationRow>`update conversations v set status = ${status}, last_activity_at = greatest(last_activity_at, ${at}::bigint)
    where id = ${id} and status <> ${status} returning ${columns}`.execute(trx);
  const row = rows[0];
  return row === undefined ? null : conversationOf(row);
}

export type VoiceConversation = {
  readonly id: ConversationId; readonly customerId: CustomerId; readonly queueId: QueueId | null; readonly assignedTo: UserId | null;
  readonly supportNumber: E164; readonly at: Millis;
};

/** The conversation of a call that has just been identified: made, or continued and thereby open again. True when it was made. */
export async function openVoiceConversation(trx: Transaction, c: VoiceConversation): Promise<boolean> {
  const { rows } = await sql<{ made: boolean }>`
    insert into conversations (id, customer_id, channel, status, queue_id, assigned_to, support_number, created_at, last_activity_at)
    values (${c.id}, ${c.customerId}, 'voice', 'open', ${c.queueId}, ${c.assignedTo}, ${c.supportNumber}, ${c.at}, ${c.at})
    on conflict (id) do update set status = 'open',
      queue_id = coalesce(excluded.queue_id, conversations.queue_id), assigned_to = coalesce(excluded.assigned_to, conversations.assigned_to),
      support_number = excluded.support_number, last_activity_at = greatest(conversations.last_activity_at, excluded.last_activity_at)
    returning (xmax = 0) as made`.execute(trx);
  await touchCustomer(trx, c.customerId, c.at);
  return rows[0]?.made === true;
}

/** Puts the conversation into a queue. */
export async function placeInQueue(trx: Transaction, id: ConversationId, queue: QueueId, at: Millis): Promise<void> {
  await sql`update conversations set queue_id = ${queue}, last_activity_at = greatest(last_activity_at, ${at}::bigint) where id = ${id}`.execute(trx);
}

/** Gives the conversation to an agent, which opens it. The customer whose it is, or null when it is unknown. */
export async function assign(trx: Transaction, id: ConversationId, user: UserId, at: Millis): Promise<CustomerId | null> {
  const { rows } = await sql<{ customer_id: CustomerId }>`update conversations
    set assigned_to = ${user}, status = 'open', last_activity_at = greatest(last_activity_at, ${at}::bigint)
    where id = ${id} returning customer_id`.execute(trx);
  return rows[0]?.customer_id ?? null;
}

/** Notes that something happened, and tells whose conversation it is. */
export async function touchConversation(trx: Transaction, id: ConversationId, at: Millis): Promise<CustomerId | null> {
  const { rows } = await sql<{ customer_id: CustomerId }>`update conversations
    set last_activity_at = greatest(last_activity_at, ${at}::bigint) where id = ${id} returning customer_id`.execute(trx);
  const customer = rows[0]?.customer_id ?? null;
  if (customer !== null) await touchCustomer(trx, customer, at);
  return customer;
}

/** Moves a customer up in the list of customers. False when there is no such customer. */
export async function touchCustomer(trx: Transaction, id: CustomerId, at: Millis): Promise<boolean> {
  const { rows } = await sql`update customers set last_activity_at = greatest(last_activity_at, ${at}::bigint) where id = ${id} returning id`.execute(trx);
  return rows.length > 0;
}

export async function nameOfUser(trx: Transaction, id: UserId): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`select name from users where id = ${id}`.execute(trx);
  return rows[0]?.name ?? null;
}

/** Keeps how a call ended whose customer is not known yet. */
export async function keepEnding(trx: Transaction, call: string, outcome: string): Promise<void> {
  await sql`insert into calls_ended_unidentified (call_id, outcome) values (${call}, ${outcome}) on conflict (call_id) do nothing`.execute(trx);
}

/** Takes out how a call ended that is only now identified; null when it is still going on. */
export async function takeEnding(trx: Transaction, call: string): Promise<string | null> {
  const { rows } = await sql<{ outcome: string }>`delete from calls_ended_unidentified where call_id = ${call} returning outcome`.execute(trx);
  return rows[0]?.outcome ?? null;
}

/** A conversation with whom it is. */
export type Face = { readonly id: ConversationId; readonly customerId: CustomerId; readonly customerName: string | null; readonly customerNumber: E164 | null };
const face = sql`v.id, v.customer_id as "customerId", c.name as "customerName",
  (select number from customer_numbers n where n.customer_id = c.id order by position, number limit 1) as "customerNumber"`;

/** Open voice conversations that are assigned to somebody (CAP-1). */
export async function selectAssignedVoice(db: Database): Promise<readonly { readonly face: Face; readonly user: UserId }[]> {
  const { rows } = await sql<Face & { readonly user: UserId }>`select ${face}, v.assigned_to as "user"
    from conversations v join customers c on c.id = v.customer_id
    where v.channel = 'voice' and v.status = 'open' and v.assigned_to is not null order by v.last_activity_at desc, v.id desc`.execute(db);
  return rows.map(({ user, ...rest }) => ({ face: rest, user }));
}

export async function selectFace(db: Database, id: ConversationId): Promise<Face | null> {
  const { rows } = await sql<Face>`select ${face} from conversations v join customers c on c.id = v.customer_id where v.id = ${id}`.execute(db);
  return rows[0] ?? null;
}
