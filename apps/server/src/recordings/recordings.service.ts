import { join } from "node:path";
import { err, ok, type RecordingId, type Result } from "@ringdesk/std";
import { reach, type Database } from "../platform/index.ts";
import { openAudio, type Shelves } from "./recording-audio.ts";
import { selectRecording, selectRecordingsOf, type StoredRecording } from "./recording.pg.ts";
import { isRecordingPath } from "./recording.rules.ts";
import type { RecordingError } from "./recordings.errors.ts";
import type { Audio, Peaks, Recordings } from "./recordings.ports.ts";
import { peaksOf, waveformPath } from "./waveform.fs.ts";

/** `media` is the absolute path of the media folder. */
export function createRecordings(deps: { readonly db: Database; readonly media: string; readonly shelves: Shelves }): Recordings {
  const underWay = new Map<RecordingId, Promise<Result<Peaks, RecordingError>>>();

  const find = async (id: RecordingId): Promise<Result<StoredRecording, RecordingError>> => {
    const found = await reach(() => selectRecording(deps.db, id));
    if (!found.ok) return err({ type: "store-away" });
    return found.value === null ? err({ type: "recording-missing", id }) : ok(found.value);
  };
  /** A recording that can be listened to. */
  const finished = async (id: RecordingId): Promise<Result<StoredRecording, RecordingError>> => {
    const found = await find(id);
    if (!found.ok) return found;
    if (found.value.removedWhy !== null) return err({ type: "recording-deleted", why: found.value.removedWhy });
    return found.value.recording.state === "recording" ? err({ type: "recording-still-running", id }) : found;
  };
  const audio = async (id: RecordingId): Promise<Result<Audio, RecordingError>> => {
    const found = await finished(id);
    if (!found.ok) return found;
    const opened = await openAudio(deps.shelves, found.value);
    if (opened.ok || opened.error.type !== "recording-unreadable") return opened;
    const moved = await finished(id); // it may just have been moved
    return moved.ok && (moved.value.place !== found.value.place || moved.value.keyName !== found.value.keyName) ? openAudio(deps.shelves, moved.value) : opened;
  };
  const peaks = async (id: RecordingId): Promise<Result<Peaks, RecordingError>> => {
    const found = await finished(id);
    if (!found.ok) return found;
    if (!isRecordingPath(found.value.path)) return err({ type: "recording-unreadable", detail: "not in the folder of recordings" });
    return peaksOf(join(deps.media, waveformPath(found.value.path)), () => audio(id), async () => (await finished(id)).ok);
  };

  return {
    audio,
    get: async (id) => {
      const found = await find(id);
      if (!found.ok) return found;
      return found.value.removedWhy === null ? ok(found.value.recording) : err({ type: "recording-deleted", why: found.value.removedWhy });
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
  };
}
