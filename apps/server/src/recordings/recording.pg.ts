// Recordings in PostgreSQL: written from the facts of calls.
import { sql } from "kysely";
import type { CallId, Millis, RecordingId } from "@ringdesk/std";
import type { Recording } from "@ringdesk/contract/http";
import type { Projection } from "../facts/index.ts";
import { writeBehind, type Database } from "../platform/index.ts";
import { causeOf, expectedPath, isRecordingNews, partialWords, recordingNews } from "./recording.rules.ts";
import type { PartialCause } from "./recordings.ports.ts";

/** A recording with the place of its file, relative to the media folder. */
export type StoredRecording = { readonly recording: Recording; readonly path: string; readonly startedAt: Millis };

type Row = {
  readonly id: RecordingId; readonly call_id: CallId; readonly state: Recording["state"]; readonly path: string;
  readonly duration_ms: Millis | null; readonly cause: PartialCause | null; readonly started_at: Millis;
};
const columns = sql`id, call_id, state, path, duration_ms, cause, started_at`;
const storedOf = (r: Row): StoredRecording => ({
  recording: { id: r.id, callId: r.call_id, state: r.state, durationMs: r.duration_ms, note: r.cause === null ? null : partialWords[r.cause] },
  path: r.path, startedAt: r.started_at,
});

export async function selectRecording(db: Database, id: RecordingId): Promise<StoredRecording | null> {
  const { rows } = await sql<Row>`select ${columns} from recordings where id = ${id}`.execute(db);
  const row = rows[0];
  return row === undefined ? null : storedOf(row);
}

export async function selectRecordingsOf(db: Database, call: CallId): Promise<readonly StoredRecording[]> {
  const { rows } = await sql<Row>`select ${columns} from recordings where call_id = ${call} order by started_at, id`.execute(db);
  return rows.map(storedOf);
}

export const recordingsProjection: Projection = {
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
        // It may have stopped without having been seen to start: the disk refused at once, or the switch died in between.
        return writeBehind(trx, sql`insert into recordings (id, call_id, state, path, duration_ms, cause, started_at)
          values (${recordingId}, ${call}, ${state}, ${path}, ${durationMs}, ${cause}, ${news.at})
          on conflict (id) do update set state = excluded.state, path = excluded.path, duration_ms = excluded.duration_ms, cause = excluded.cause`);
      }
      case "call.settled": // nobody will tell any more how it ended
        return writeBehind(trx, sql`update recordings set state = 'partial', cause = 'lost' where call_id = ${call} and state = 'recording'`);
    }
  },
};
