// Support numbers in PostgreSQL.
import { sql } from "kysely";
import type { E164, Millis, NumberId, QueueId } from "@ringdesk/std";
import type { NumberMenu, SupportNumber } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import type { Database, Transaction } from "../platform/index.ts";
import type { NewSupportNumber } from "./numbers.ports.ts";

type NumberRow = {
  readonly id: NumberId; readonly number: E164; readonly label: string; readonly carrier: SupportNumber["carrier"];
  readonly greeting: string; readonly queue_id: QueueId | null; readonly recording: boolean;
  readonly menu: NumberMenu | null; readonly voicemail_on: boolean; readonly voicemail_greeting: string;
};
const columns = sql`id, number, label, carrier, greeting, queue_id, recording, menu, voicemail_on, voicemail_greeting`;
const numberOf = (r: NumberRow): SupportNumber => ({
  id: r.id, number: r.number, label: r.label, carrier: r.carrier, greeting: r.greeting, queueId: r.queue_id, recording: r.recording,
  menu: r.menu, voicemail: { on: r.voicemail_on, greeting: r.voicemail_greeting },
});

/** All support numbers, oldest first. */
export async function selectNumbers(db: Database): Promise<readonly SupportNumber[]> {
  const { rows } = await sql<NumberRow>`select ${columns} from support_numbers order by created_at, id`.execute(db);
  return rows.map(numberOf);
}

/** Writes a number's settings; what it was before and is now, or null when there is no such number. */
export async function changeNumber(trx: Transaction, id: NumberId, change: (before: SupportNumber) => SupportNumber): Promise<{ readonly before: SupportNumber; readonly after: SupportNumber } | null> {
  const { rows } = await sql<NumberRow>`select ${columns} from support_numbers where id = ${id} for update`.execute(trx);
  if (rows[0] === undefined) return null;
  const before = numberOf(rows[0]);
  const after = change(before);
  await sql`update support_numbers set label = ${after.label}, greeting = ${after.greeting}, queue_id = ${after.queueId}, recording = ${after.recording},
    menu = ${after.menu === null ? null : JSON.stringify(after.menu)}::jsonb, voicemail_on = ${after.voicemail.on}, voicemail_greeting = ${after.voicemail.greeting}
    where id = ${id}`.execute(trx);
  return { before, after };
}

/** A new support number, in the caller's transaction. */
export async function insertNumber(trx: Transaction, n: NewSupportNumber, at: Millis): Promise<NumberId> {
  const id = newId<NumberId>();
  await sql`insert into support_numbers (id, number, label, carrier, greeting, queue_id, recording, menu, voicemail_on, voicemail_greeting, created_at)
    values (${id}, ${n.number}, ${n.label}, ${n.carrier}, ${n.greeting}, ${n.queueId}, ${n.recording}, ${n.menu === undefined ? null : JSON.stringify(n.menu)}::jsonb,
      ${n.voicemail?.on ?? false}, ${n.voicemail?.greeting ?? ""}, ${at})`.execute(trx);
  return id;
}
