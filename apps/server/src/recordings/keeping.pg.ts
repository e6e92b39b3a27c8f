// How long and where recordings are kept, in PostgreSQL. Everything rejects while the database is away.
import { sql } from "kysely";
import { addMs, type CallId, type Millis, type RecordingId } from "@ringdesk/std";
import type { CustomerBelongings } from "../customers/index.ts";
import { afterCommit, type Database, type Transaction } from "../platform/index.ts";
import { columns, storedOf, type RecordingRow, type StoredRecording } from "./recording.pg.ts";

const DAY_MS = 86_400_000;

/** Where finished recordings belong. */
export type Home = { readonly place: "local" | "s3"; readonly sealed: boolean };

export const cutoff = (now: Millis, days: number): Millis => addMs(now, -days * DAY_MS);

export async function selectRetention(db: Database | Transaction): Promise<number | null> {
  const { rows } = await sql<{ retention_days: number | null }>`select retention_days from recording_keeping`.execute(db);
  return rows[0]?.retention_days ?? null;
}

/** Sets the retention; the days before it. */
export async function updateRetention(trx: Transaction, days: number | null): Promise<number | null> {
  const before = await selectRetention(trx);
  await sql`update recording_keeping set retention_days = ${days}`.execute(trx);
  return before;
}

/** Finished recordings that began before `until` and are kept. */
const old = (until: Millis) => sql`removed_at is null and state <> 'recording' and started_at < ${until}`;

export async function countOld(db: Database, until: Millis): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from recordings where ${old(until)}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Marks the oldest of them as to be deleted, so many at most; how many it were. */
export async function removeOld(db: Database, until: Millis, now: Millis, most: number): Promise<number> {
  const { rows } = await sql`update recordings set removed_at = ${now}, removed_why = 'retention'
    where id in (select id from recordings where ${old(until)} order by started_at limit ${most}) returning id`.execute(db);
  return rows.length;
}

/** When the oldest that is kept began. */
export async function oldestKept(db: Database): Promise<Millis | null> {
  const { rows } = await sql<{ at: Millis | null }>`select min(started_at) as at from recordings where removed_at is null and state <> 'recording'`.execute(db);
  return rows[0]?.at ?? null;
}

/** Removed ones whose audio is still somewhere, after `after` in the order of ids. */
export async function selectToDelete(db: Database, after: string, most: number): Promise<readonly StoredRecording[]> {
  const { rows } = await sql<RecordingRow>`select ${columns} from recordings where removed_at is not null and place <> 'gone' and id > ${after} order by id limit ${most}`.execute(db);
  return rows.map(storedOf);
}

/** Nothing of its audio is left. */
export async function markGone(db: Database, id: RecordingId): Promise<void> {
  await sql`update recordings set place = 'gone', bytes = null, key_name = null where id = ${id}`.execute(db);
}

/** Finished, kept, and not where they belong: what is in a bucket or encrypted already stays as it is. */
const notHome = ({ place, sealed }: Home) => sql`removed_at is null and state <> 'recording' and place = 'local' and (${place === "s3"} or (${sealed} and key_name is null))`;

export async function selectToMove(db: Database, home: Home, after: string, most: number): Promise<readonly StoredRecording[]> {
  const { rows } = await sql<RecordingRow>`select ${columns} from recordings where ${notHome(home)} and id > ${after} order by id limit ${most}`.execute(db);
  return rows.map(storedOf);
}

/** It is there now; false when it was removed in the meantime. */
export async function markMoved(db: Database, id: RecordingId, to: { readonly place: "local" | "s3"; readonly bytes: number; readonly keyName: string | null }): Promise<boolean> {
  const { rows } = await sql`update recordings set place = ${to.place}, bytes = ${to.bytes}, key_name = ${to.keyName} where id = ${id} and removed_at is null returning id`.execute(db);
  return rows.length > 0;
}

export async function countKept(db: Database, home: Home): Promise<{ readonly kept: number; readonly waiting: number }> {
  const { rows } = await sql<{ kept: number; waiting: number }>`select count(*)::integer as kept, (count(*) filter (where ${notHome(home)}))::integer as waiting
    from recordings where removed_at is null and place <> 'gone'`.execute(db);
  return rows[0] ?? { kept: 0, waiting: 0 };
}

/** Which of these are not, or no longer, kept as the switch wrote them. */
export async function selectNotPlain(db: Database, ids: readonly RecordingId[]): Promise<readonly RecordingId[]> {
  const { rows } = await sql<{ id: RecordingId }>`select id from recordings where id = any(${ids}) and (place <> 'local' or key_name is not null)`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * A customer's recordings go with them (REC-3). To be asked before the room of calls, which forgets whose calls they were.
 * `removed` is told when it has committed.
 */
export const recordingBelongings = (now: () => Millis, removed: () => void): CustomerBelongings => ({
  move: () => Promise.resolve(),
  forget: async (trx, customer) => {
    const { rows } = await sql<{ call_id: CallId }>`update recordings set removed_at = ${now()}, removed_why = 'erasure'
      from calls where calls.id = recordings.call_id and calls.customer_id = ${customer} and recordings.removed_at is null returning recordings.call_id`.execute(trx);
    if (rows.length > 0) afterCommit(trx, removed);
  },
  isLive: () => Promise.resolve(false),
});
