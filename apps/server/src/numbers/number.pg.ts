// Support numbers in PostgreSQL.
import { sql } from "kysely";
import type { E164, Millis, NumberId, QueueId } from "@ringdesk/std";
import type { SupportNumber } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import type { Database, Transaction } from "../platform/index.ts";
import type { NewSupportNumber } from "./numbers.ports.ts";

type NumberRow = {
  readonly id: NumberId; readonly number: E164; readonly label: string; readonly carrier: SupportNumber["carrier"];
  readonly greeting: string; readonly queue_id: QueueId | null; readonly recording: boolean;
};

/** All support numbers, oldest first. */
export async function selectNumbers(db: Database): Promise<readonly SupportNumber[]> {
  const { rows } = await sql<NumberRow>`select id, number, label, carrier, greeting, queue_id, recording
    from support_numbers order by created_at, id`.execute(db);
  return rows.map((r) => ({ id: r.id, number: r.number, label: r.label, carrier: r.carrier, greeting: r.greeting, queueId: r.queue_id, recording: r.recording }));
}

/** A new support number, in the caller's transaction. */
export async function insertNumber(trx: Transaction, n: NewSupportNumber, at: Millis): Promise<NumberId> {
  const id = newId<NumberId>();
  await sql`insert into support_numbers (id, number, label, carrier, greeting, queue_id, recording, created_at)
    values (${id}, ${n.number}, ${n.label}, ${n.carrier}, ${n.greeting}, ${n.queueId}, ${n.recording}, ${at})`.execute(trx);
  return id;
}
