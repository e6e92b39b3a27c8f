// How long and where recordings are kept, in PostgreSQL. Everything rejects while the database is away.
import { sql } from "kysely";
import { addMs, type CallId, type Millis, type RecordingId } from "@ringdesk/std";
import type { CustomerBelongings } from "../customers/index.ts";
import { afterCommit, type Database, type Transaction } from "../platform/index.ts";
import { columns, storedOf, type RecordingRow, type StoredRecording } from "./recording.pg.ts";

const DAY_MS = 86_400_000;

/** Where finished recordings belong: in a bucket, by its address, or on this machine (null). */
export type Home = { readonly bucket: string | null; readonly sealed: boolean };

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
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from recordings where ${old(until)} and place <> 'missing'`.execute(db);
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

/** What is in another bucket, or in one at all when none is set, cannot be reached. */
const isReachable = ({ bucket }: Home) => sql`(place <> 's3' or bucket is not distinct from ${bucket})`;
const toDelete = sql`removed_at is not null and place <> 'gone'`;

/** Removed ones whose audio is still somewhere that can be reached, after `after` in the order of ids. */
export async function selectToDelete(db: Database, home: Home, after: string, most: number): Promise<readonly StoredRecording[]> {
  const { rows } = await sql<RecordingRow>`select ${columns} from recordings where ${toDelete} and ${isReachable(home)} and id > ${after} order by id limit ${most}`.execute(db);
  return rows.map(storedOf);
}

/** Buckets with removed recordings that cannot be reached. */
export async function selectLostBuckets(db: Database, home: Home): Promise<readonly string[]> {
  const { rows } = await sql<{ bucket: string }>`select distinct bucket from recordings where ${toDelete} and not ${isReachable(home)} order by bucket limit 10`.execute(db);
  return rows.map(({ bucket }) => bucket);
}

/** A removed one of which nothing is left. */
export async function markGone(db: Database, id: RecordingId): Promise<void> {
  await sql`update recordings set place = 'gone', bucket = null, bytes = null, key_name = null where id = ${id} and removed_at is not null`.execute(db);
}

/** Its file is not where this was read from the table. It may come yet. */
export async function markMissing(db: Database, { recording: { id }, keyName }: StoredRecording): Promise<void> {
  await sql`update recordings set place = 'missing' where id = ${id} and place = 'local' and key_name is not distinct from ${keyName} and removed_at is null`.execute(db);
}

/** It is encrypted on this machine, after all. */
export async function markSealed(db: Database, id: RecordingId): Promise<void> {
  await sql`update recordings set place = 'local', bucket = null where id = ${id} and key_name is not null and removed_at is null`.execute(db);
}

/** It is as the switch wrote it, after all. */
export async function markPlain(db: Database, id: RecordingId): Promise<void> {
  await sql`update recordings set place = 'local', bucket = null, bytes = null, key_name = null where id = ${id} and removed_at is null`.execute(db);
}

/** Finished and kept on this machine, and not where they belong. What is in a bucket stays there, and what is encrypted stays so. */
const plainHere = sql`place = 'local' and key_name is null and removed_at is null and state <> 'recording'`;
const sealedHere = sql`place = 'local' and key_name is not null and removed_at is null and state <> 'recording'`;
const leaves = ({ bucket, sealed }: Home) => ({ plain: bucket !== null || sealed, sealed: bucket !== null });

/** After `after` in the order of ids. */
export async function selectToMove(db: Database, home: Home, after: string, most: number): Promise<readonly StoredRecording[]> {
  const which = leaves(home);
  const page = (from: typeof plainHere) => sql<RecordingRow>`(select ${columns} from recordings where ${from} and id > ${after} order by id limit ${most})`;
  if (!which.plain) return [];
  const { rows } = await (which.sealed ? sql<RecordingRow>`${page(plainHere)} union all ${page(sealedHere)} order by id limit ${most}` : page(plainHere)).execute(db);
  return rows.map(storedOf);
}

/** It is there now; false when it was removed in the meantime. */
export async function markMoved(db: Database, id: RecordingId, to: { readonly bucket: string | null; readonly bytes: number; readonly keyName: string | null }): Promise<boolean> {
  const { rows } = await sql`update recordings set place = ${to.bucket === null ? "local" : "s3"}, bucket = ${to.bucket}, bytes = ${to.bytes}, key_name = ${to.keyName}
    where id = ${id} and removed_at is null returning id`.execute(db);
  return rows.length > 0;
}

export async function countKept(db: Database, home: Home): Promise<{ readonly kept: number; readonly waiting: number }> {
  const which = leaves(home);
  const { rows } = await sql<{ kept: number; waiting: number }>`select
      (select count(*)::integer from recordings where removed_at is null and place in ('local', 's3')) as kept,
      ((select count(*) from recordings where ${plainHere} and ${which.plain}) + (select count(*) from recordings where ${sealedHere} and ${which.sealed}))::integer as waiting`.execute(db);
  return rows[0] ?? { kept: 0, waiting: 0 };
}

/** Those of these recordings that the table knows. */
export async function selectKnown(db: Database, ids: readonly RecordingId[]): Promise<readonly StoredRecording[]> {
  const { rows } = await sql<RecordingRow>`select ${columns} from recordings where id = any(${ids})`.execute(db);
  return rows.map(storedOf);
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
