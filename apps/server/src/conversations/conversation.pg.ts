// Conversations in PostgreSQL.
import { sql } from "kysely";
import type { ConversationId, CustomerId, E164, Millis, QueueId, TeamId, UserId } from "@ringdesk/std";
import type { Channel, ConversationLine, ConversationStatus } from "@ringdesk/contract/http";
import type { Place } from "../customers/index.ts";
import { writeBehind, type Database, type Transaction } from "../platform/index.ts";
import type { ConversationState } from "./conversation.machine.ts";
import type { Face, RuledCustomer } from "./conversations.ports.ts";

type ConversationRow = {
  readonly id: ConversationId; readonly customer_id: CustomerId; readonly channel: Channel; readonly status: ConversationStatus; readonly subject: string | null;
  readonly queue_id: QueueId | null; readonly assigned_to: UserId | null; readonly team_id: TeamId | null; readonly support_number: E164 | null;
  readonly language: string | null; readonly tags: string[]; readonly snoozed_until: Millis | null; readonly waiting_since: Millis | null;
  readonly priority: number; readonly skills: ConversationState["skills"]; readonly version: number; readonly created_at: Millis; readonly last_activity_at: Millis;
};
type LineRow = ConversationRow & { readonly customer_name: string | null; readonly customer_number: E164 | null; readonly customer_email: string | null };

const conversationOf = (r: ConversationRow): ConversationState => ({
  id: r.id, customerId: r.customer_id, channel: r.channel, status: r.status, subject: r.subject, queueId: r.queue_id, assignedTo: r.assigned_to, teamId: r.team_id,
  supportNumber: r.support_number, language: r.language, tags: r.tags, snoozedUntil: r.snoozed_until, waitingSince: r.waiting_since,
  priority: r.priority, skills: r.skills, version: r.version, createdAt: r.created_at, lastActivityAt: r.last_activity_at,
});
const columns = sql`v.id, v.customer_id, v.channel, v.status, v.subject, v.queue_id, v.assigned_to, v.team_id, v.support_number, v.language, v.tags,
  v.snoozed_until, v.waiting_since, v.priority, v.skills, v.version, v.created_at, v.last_activity_at`;
const first = (rows: readonly ConversationRow[]): ConversationState | null => (rows[0] === undefined ? null : conversationOf(rows[0]));

export type ListFilter = {
  readonly status: ConversationStatus | null; readonly channel: Channel | null; readonly queueId: QueueId | null; readonly teamId: TeamId | null;
  /** Null: whoever has it; `nobody`: nobody has. */
  readonly assignedTo: UserId | "nobody" | null; readonly customerId: CustomerId | null;
};

/** `limit` conversations after a place, last activity first. */
export async function selectConversations(db: Database, filter: ListFilter, after: Place | null, limit: number): Promise<readonly ConversationLine[]> {
  const conditions = [
    filter.status === null ? null : sql`v.status = ${filter.status}`,
    filter.channel === null ? null : sql`v.channel = ${filter.channel}`,
    filter.queueId === null ? null : sql`v.queue_id = ${filter.queueId}`,
    filter.teamId === null ? null : sql`v.team_id = ${filter.teamId}`,
    filter.assignedTo === null ? null : filter.assignedTo === "nobody" ? sql`v.assigned_to is null` : sql`v.assigned_to = ${filter.assignedTo}`,
    filter.customerId === null ? null : sql`v.customer_id = ${filter.customerId}`,
    after === null ? null : sql`(v.last_activity_at, v.id) < (${after.at}, ${after.id})`,
  ].filter((c) => c !== null);
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  const { rows } = await sql<LineRow>`select ${columns}, ${face} from conversations v join customers c on c.id = v.customer_id where ${where}
    order by v.last_activity_at desc, v.id desc limit ${limit}`.execute(db);
  return rows.map(lineOf);
}

export async function selectConversation(db: Database, id: ConversationId): Promise<ConversationLine | null> {
  const { rows } = await sql<LineRow>`select ${columns}, ${face} from conversations v join customers c on c.id = v.customer_id where v.id = ${id}`.execute(db);
  return rows[0] === undefined ? null : lineOf(rows[0]);
}

/** A conversation that nobody else changes until the transaction ends, whether a call about it is going on, and with whom it is. */
export async function lockConversation(trx: Transaction, id: ConversationId): Promise<{ readonly state: ConversationState; readonly hasLiveCall: boolean; readonly customer: RuledCustomer | null } | null> {
  const { rows } = await sql<ConversationRow & { readonly live: boolean; readonly customer: RuledCustomer | null }>`select ${columns},
      exists (select 1 from calls where conversation_id = v.id and state = 'live') as live,
      (select jsonb_build_object('name', name, 'vip', vip, 'language', language, 'tags', tags, 'custom', custom) from customers where id = v.customer_id) as customer
    from conversations v where v.id = ${id} for update of v`.execute(trx);
  const row = rows[0];
  return row === undefined ? null : { state: conversationOf(row), hasLiveCall: row.live, customer: row.customer };
}

/** Stores what a step has made of a conversation; the answer has its new version. */
export async function updateConversation(trx: Transaction, c: ConversationState): Promise<ConversationState> {
  const { rows } = await sql<ConversationRow>`update conversations v set status = ${c.status}, queue_id = ${c.queueId}, assigned_to = ${c.assignedTo}, team_id = ${c.teamId},
      language = ${c.language}, tags = ${[...c.tags]}::text[], snoozed_until = ${c.snoozedUntil}, waiting_since = ${c.waitingSince}, priority = ${c.priority}, skills = ${JSON.stringify(c.skills)}::jsonb,
      last_activity_at = ${c.lastActivityAt}
    where id = ${c.id} returning ${columns}`.execute(trx);
  return rows[0] === undefined ? c : conversationOf(rows[0]);
}

export async function insertConversation(trx: Transaction, c: ConversationState): Promise<void> {
  await sql`insert into conversations (id, customer_id, channel, status, subject, queue_id, assigned_to, team_id, support_number, language, tags, waiting_since, priority, skills, version, created_at, last_activity_at)
    values (${c.id}, ${c.customerId}, ${c.channel}, ${c.status}, ${c.subject}, ${c.queueId}, ${c.assignedTo}, ${c.teamId}, ${c.supportNumber}, ${c.language}, ${[...c.tags]}::text[],
      ${c.waitingSince}, ${c.priority}, ${JSON.stringify(c.skills)}::jsonb, ${c.version}, ${c.createdAt}, ${c.lastActivityAt})`.execute(trx);
}

/** A call has ended without anybody talking: the conversation is left to somebody who looks at it (RTE-7). Null when nothing changed. */
export async function leaveInWrapUp(trx: Transaction, id: ConversationId, at: Millis): Promise<ConversationState | null> {
  const { rows } = await sql<ConversationRow>`update conversations v
    set status = 'wrap-up', snoozed_until = null, waiting_since = null, last_activity_at = greatest(last_activity_at, ${at}::bigint)
    where id = ${id} and status <> 'wrap-up' returning ${columns}`.execute(trx);
  return first(rows);
}

export type VoiceConversation = {
  readonly id: ConversationId; readonly customerId: CustomerId; readonly queueId: QueueId | null; readonly assignedTo: UserId | null;
  readonly supportNumber: E164; readonly at: Millis;
};

/** The conversation of a call that has just been identified: made, or continued and thereby open again. It is the call that waits from now on. */
export async function openVoiceConversation(trx: Transaction, c: VoiceConversation): Promise<{ readonly made: boolean; readonly state: ConversationState | null }> {
  const { rows } = await sql<ConversationRow & { readonly made: boolean }>`
    with customer as (update customers set last_activity_at = greatest(last_activity_at, ${c.at}::bigint)
      where id = coalesce((select merged_into from customers where id = ${c.customerId}), ${c.customerId}))
    insert into conversations as v (id, customer_id, channel, status, queue_id, assigned_to, support_number, created_at, last_activity_at)
    values (${c.id}, ${c.customerId}, 'voice', 'open', ${c.queueId}, ${c.assignedTo}, ${c.supportNumber}, ${c.at}, ${c.at})
    on conflict (id) do update set status = 'open', snoozed_until = null, waiting_since = null,
      queue_id = coalesce(excluded.queue_id, v.queue_id), assigned_to = coalesce(excluded.assigned_to, v.assigned_to),
      support_number = excluded.support_number, last_activity_at = greatest(v.last_activity_at, excluded.last_activity_at)
    returning ${columns}, (xmax = 0) as made`.execute(trx);
  return { made: rows[0]?.made === true, state: first(rows) };
}

/** Puts the conversation into a queue. `placed` gets it before the transaction commits, or null when it is unknown. */
export function placeInQueue(trx: Transaction, id: ConversationId, queue: QueueId, at: Millis, placed: (state: ConversationState | null) => void): Promise<void> {
  return writeBehind(trx, sql<ConversationRow>`update conversations v set queue_id = ${queue}, skills = '[]', last_activity_at = greatest(last_activity_at, ${at}::bigint)
    where id = ${id} returning ${columns}`, (rows) => { placed(first(rows)); });
}

/** Gives the conversation to an agent, which opens it. Null when it is unknown. */
export async function assign(trx: Transaction, id: ConversationId, user: UserId, at: Millis): Promise<ConversationState | null> {
  const { rows } = await sql<ConversationRow>`update conversations v
    set assigned_to = ${user}, status = 'open', snoozed_until = null, waiting_since = null, last_activity_at = greatest(last_activity_at, ${at}::bigint)
    where id = ${id} returning ${columns}`.execute(trx);
  return first(rows);
}

/** Notes that something happened. */
export const noteActivity = (trx: Transaction, id: ConversationId, at: Millis): Promise<void> => writeBehind(trx, touching(id, at));
/** The same, and tells whose conversation it is; null when it is unknown. */
export async function touchConversation(trx: Transaction, id: ConversationId, at: Millis): Promise<CustomerId | null> {
  const { rows } = await touching(id, at).execute(trx);
  return rows[0]?.customer_id ?? null;
}

const touching = (id: ConversationId, at: Millis) => sql<{ customer_id: CustomerId }>`
    with touched as (update conversations set last_activity_at = greatest(last_activity_at, ${at}::bigint) where id = ${id} returning customer_id),
    customer as (update customers set last_activity_at = greatest(last_activity_at, ${at}::bigint)
      where id = (select coalesce(c.merged_into, c.id) from touched t join customers c on c.id = t.customer_id))
    select customer_id from touched`;

/** Moves a customer up in the list of customers. False when there is no such customer. */
export async function touchCustomer(trx: Transaction, id: CustomerId, at: Millis): Promise<boolean> {
  const { rows } = await sql`update customers set last_activity_at = greatest(last_activity_at, ${at}::bigint) where id = coalesce((select merged_into from customers where id = ${id}), ${id}) returning id`.execute(trx);
  return rows.length > 0;
}

export async function nameOfUser(trx: Transaction, id: UserId): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`select name from users where id = ${id}`.execute(trx);
  return rows[0]?.name ?? null;
}

/** Keeps how a call ended whose customer is not known yet. */
export const keepEnding = (trx: Transaction, call: string, outcome: string): Promise<void> =>
  writeBehind(trx, sql`insert into calls_ended_unidentified (call_id, outcome) values (${call}, ${outcome}) on conflict (call_id) do nothing`);

/** Takes out how a call ended that is only now identified; null when it is still going on. */
export async function takeEnding(trx: Transaction, call: string): Promise<string | null> {
  const { rows } = await sql<{ outcome: string }>`delete from calls_ended_unidentified where call_id = ${call} returning outcome`.execute(trx);
  return rows[0]?.outcome ?? null;
}

const customerNumber = sql`(select number from customer_numbers n where n.customer_id = c.id order by position, number limit 1)`;
const face = sql`c.name as customer_name, ${customerNumber} as customer_number, c.emails[1] as customer_email`;
const lineOf = (r: LineRow): ConversationLine => {
  const { priority: _, skills: __, ...conversation } = conversationOf(r);
  return { ...conversation, customerName: r.customer_name, customerNumber: r.customer_number, customerEmail: r.customer_email };
};

/** Open conversations that are somebody's, and those that wait to be routed: what agents and queues have to do. */
export async function selectAtWork(db: Database): Promise<readonly { readonly state: ConversationState; readonly face: Face }[]> {
  const { rows } = await sql<LineRow>`select ${columns}, ${face} from conversations v join customers c on c.id = v.customer_id
    where (v.status = 'open' and v.assigned_to is not null) or v.waiting_since is not null order by v.last_activity_at desc, v.id desc`.execute(db);
  return rows.map((r) => ({ state: conversationOf(r), face: faceOf(r) }));
}

/** Gives the conversations of a customer to another, and returns them as they are now. */
export async function moveConversations(trx: Transaction, from: CustomerId, to: CustomerId): Promise<readonly ConversationState[]> {
  const { rows } = await sql<ConversationRow>`update conversations v set customer_id = ${to} where customer_id = ${from} returning ${columns}`.execute(trx);
  return rows.map(conversationOf);
}

export async function selectOfCustomer(db: Database, customer: CustomerId): Promise<readonly ConversationState[]> {
  const { rows } = await sql<ConversationRow>`select ${columns} from conversations v where v.customer_id = ${customer}`.execute(db);
  return rows.map(conversationOf);
}

const faceOf = (r: LineRow): Face => ({ id: r.id, customerId: r.customer_id, customerName: r.customer_name, customerNumber: r.customer_number });
export async function selectFace(db: Database, id: ConversationId): Promise<Face | null> {
  const { rows } = await sql<LineRow>`select ${columns}, ${face} from conversations v join customers c on c.id = v.customer_id where v.id = ${id}`.execute(db);
  return rows[0] === undefined ? null : faceOf(rows[0]);
}

/** Snoozed conversations whose time has come by `now`, at most `limit`, and when the next one's comes. */
export async function selectToWake(db: Database, now: Millis, limit: number): Promise<{ readonly due: readonly ConversationId[]; readonly next: Millis | null }> {
  const { rows } = await sql<{ readonly id: ConversationId; readonly snoozed_until: Millis }>`select id, snoozed_until from conversations
    where snoozed_until is not null order by snoozed_until limit ${limit + 1}`.execute(db);
  const due = rows.filter((r) => r.snoozed_until <= now).slice(0, limit);
  return { due: due.map((r) => r.id), next: rows[due.length]?.snoozed_until ?? null };
}

export type NewMessage = { readonly id: string; readonly conversationId: ConversationId; readonly direction: "in" | "out"; readonly author: UserId | null; readonly text: string; readonly at: Millis };
export async function insertMessage(trx: Transaction, m: NewMessage): Promise<void> {
  await sql`insert into messages (id, conversation_id, direction, author_id, text, at)
    values (${m.id}, ${m.conversationId}, ${m.direction}, ${m.author}, ${m.text}, ${m.at})`.execute(trx);
}

/** Who had this e-mail address last; null when nobody has. Until the transaction ends nobody else asks for the same address. */
export async function findByEmail(trx: Transaction, email: string): Promise<CustomerId | null> {
  await sql`select pg_advisory_xact_lock(hashtextextended(lower(${email}), 7))`.execute(trx);
  const { rows } = await sql<{ id: CustomerId }>`select id from customers where emails && array[${email}, lower(${email})]::text[]
    order by last_activity_at desc, id desc limit 1`.execute(trx);
  return rows[0]?.id ?? null;
}

/** The newest changes of a conversation, as the timeline tells them. */
export async function selectLastChange(trx: Transaction, customer: CustomerId, id: ConversationId): Promise<unknown> {
  const { rows } = await sql<{ entry: unknown }>`select entry from timeline_entries
    where customer_id = ${customer} and kind = 'conversation' and entry->>'conversationId' = ${id} order by at desc, id desc limit 1`.execute(trx);
  return rows[0]?.entry ?? null;
}
