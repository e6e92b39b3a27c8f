// Recordings in PostgreSQL: written from the facts of calls.
import { sql } from "kysely";
import type { CallId, Millis, RecordingId } from "@ringdesk/std";
import type { Recording } from "@ringdesk/contract/http";
import type { Projection } from "../facts/index.ts";
import { afterCommit, writeBehind, type Database } from "../platform/index.ts";
import { causeOf, expectedPath, isRecordingNews, partialWords, recordingNews } from "./recording.rules.ts";
import type { RemovalCause } from "./recordings.errors.ts";
import type { PartialCause } from "./recordings.ports.ts";

/** A recording with the place of its file, relative to the media folder or the bucket. */
export type StoredRecording = {
  readonly recording: Recording; readonly path: string; readonly startedAt: Millis;
  readonly place: "local" | "s3" | "missing" | "gone";
  /** The address of the bucket that it is in; null: in none. */
  readonly bucket: string | null;
  /** Of the audio; null while the file is as the switch wrote it. */
  readonly bytes: number | null;
  /** The key that it is encrypted with; null: it is not. */
  readonly keyName: string | null;
  /** Why it is to be deleted; null: it is kept. */
  readonly removedWhy: RemovalCause | null;
};

export type RecordingRow = {
  readonly id: RecordingId; readonly call_id: CallId; readonly state: Recording["state"]; readonly path: string;
  readonly duration_ms: Millis | null; readonly cause: PartialCause | null; readonly started_at: Millis;
  readonly place: StoredRecording["place"]; readonly bucket: string | null; readonly bytes: number | null; readonly key_name: string | null; readonly removed_why: RemovalCause | null;
};
export const columns = sql`id, call_id, state, path, duration_ms, cause, started_at, place, bucket, bytes, key_name, removed_why`;
export const storedOf = (r: RecordingRow): StoredRecording => ({
  recording: { id: r.id, callId: r.call_id, state: r.state, durationMs: r.duration_ms, note: r.cause === null ? null : partialWords[r.cause] },
  path: r.path, startedAt: r.started_at, place: r.place, bucket: r.bucket, bytes: r.bytes, keyName: r.key_name, removedWhy: r.removed_why,
});

export async function selectRecording(db: Database, id: RecordingId): Promise<StoredRecording | null> {
  const { rows } = await sql<RecordingRow>`select ${columns} from recordings where id = ${id}`.execute(db);
  const row = rows[0];
  return row === undefined ? null : storedOf(row);
}

export async function selectRecordingsOf(db: Database, call: CallId): Promise<readonly StoredRecording[]> {
  const { rows } = await sql<RecordingRow>`select ${columns} from recordings where call_id = ${call} order by started_at, id`.execute(db);
  return rows.map(storedOf);
}

/** Told when a transaction with it has committed: that a recording ended, perhaps one that was removed before, and that the disk failed one. */
export type RecordingListener = { readonly ended: (isRemoved: boolean) => void; readonly failed: () => void };

export const recordingsProjection = (told: RecordingListener): Projection => ({
  name: "recordings",
  kinds: ["call"],
  apply: async (trx, fact) => {
    if (!isRecordingNews(fact.type)) return;
    const news = recordingNews.parse(fact);
    const call = fact.stream.slice("call:".length);
    switch (news.type) {
      case "call.recording-started":
        return writeBehind(trx, sql`insert into recordings (id, call_id, state, path, started_at)
          values (${news.data.recordingId}, ${call}, 'recording', ${expectedPath(news.data.recordingId)}, ${news.at}) on conflict (id) do nothing`);
      case "call.recording-stopped": {
        const { recordingId, why, durationMs, path } = news.data;
        const cause = causeOf[why];
        const state = cause === null ? "complete" : "partial";
        let isRemoved = false;
        afterCommit(trx, () => { told.ended(isRemoved); });
        if (cause === "disk") afterCommit(trx, told.failed);
        // It may have stopped without having been seen to start: the disk refused at once, or the switch died in between.
        return writeBehind(trx, sql<{ removed: boolean }>`insert into recordings (id, call_id, state, path, duration_ms, cause, started_at)
          values (${recordingId}, ${call}, ${state}, ${path}, ${durationMs}, ${cause}, ${news.at})
          on conflict (id) do update set state = excluded.state, path = excluded.path, duration_ms = excluded.duration_ms, cause = excluded.cause,
            place = case when recordings.place = 'missing' or (recordings.place = 'gone' and recordings.cause = 'lost') then 'local' else recordings.place end
          returning removed_at is not null as removed`, ([row]) => { isRemoved = row?.removed ?? false; });
      }
      case "call.settled": // nobody will tell any more how it ended
        return writeBehind(trx, sql`update recordings set state = 'partial', cause = 'lost' where call_id = ${call} and state = 'recording'`);
    }
  },
});
