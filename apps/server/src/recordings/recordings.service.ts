import { join } from "node:path";
import { err, ok, type RecordingId, type Result } from "@ringdesk/std";
import { reach, type Database } from "../platform/index.ts";
import { fileBytes, peaksOf } from "./recording-file.fs.ts";
import { selectRecording, selectRecordingsOf, type StoredRecording } from "./recording.pg.ts";
import { isRecordingPath } from "./recording.rules.ts";
import type { RecordingError } from "./recordings.errors.ts";
import type { Peaks, Recordings } from "./recordings.ports.ts";

/** `media` is the absolute path of the media folder. */
export function createRecordings(deps: { readonly db: Database; readonly media: string }): Recordings {
  const underWay = new Map<RecordingId, Promise<Result<Peaks, RecordingError>>>();

  const find = async (id: RecordingId): Promise<Result<StoredRecording, RecordingError>> => {
    const found = await reach(() => selectRecording(deps.db, id));
    if (!found.ok) return err({ type: "store-away" });
    return found.value === null ? err({ type: "recording-missing", id }) : ok(found.value);
  };
  /** Where the audio of a finished recording is. */
  const whole = async (id: RecordingId): Promise<Result<string, RecordingError>> => {
    const found = await find(id);
    if (!found.ok) return found;
    if (found.value.recording.state === "recording") return err({ type: "recording-still-running", id });
    if (!isRecordingPath(found.value.path)) return err({ type: "recording-unreadable", detail: "not in the folder of recordings" });
    return ok(join(deps.media, found.value.path));
  };
  const peaks = async (id: RecordingId): Promise<Result<Peaks, RecordingError>> => {
    const path = await whole(id);
    return path.ok ? peaksOf(path.value) : path;
  };

  return {
    get: async (id) => {
      const found = await find(id);
      return found.ok ? ok(found.value.recording) : found;
    },
    ofCall: async (call) => {
      const found = await reach(() => selectRecordingsOf(deps.db, call));
      return found.ok ? ok(found.value.map((f) => f.recording)) : err({ type: "store-away" });
    },
    peaks: (id) => {
      const running = underWay.get(id);
      if (running !== undefined) return running;
      const counting = peaks(id).finally(() => underWay.delete(id));
      underWay.set(id, counting);
      return counting;
    },
    file: async (id) => {
      const path = await whole(id);
      if (!path.ok) return path;
      const bytes = await fileBytes(path.value);
      return bytes.ok ? ok({ path: path.value, bytes: bytes.value }) : bytes;
    },
  };
}
