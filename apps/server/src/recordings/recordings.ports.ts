// Recordings of calls: where they are, whether they are whole, and who listened.
import type { CallId, RecordingId, Result } from "@ringdesk/std";
import type { Recording } from "@ringdesk/contract/http";
import type { RecordingError } from "./recordings.errors.ts";

/** Both channels' loudness over time, 0 to 1. Left is the customer. */
export type Peaks = { readonly durationMs: number; readonly customer: readonly number[]; readonly agent: readonly number[] };

/** Why a recording is not whole. `lost`: nothing was heard of its end. */
export type PartialCause = "disk" | "restarted" | "lost";

export interface Recordings {
  readonly get: (id: RecordingId) => Promise<Result<Recording, RecordingError>>;
  readonly ofCall: (id: CallId) => Promise<Result<readonly Recording[], RecordingError>>;
  readonly peaks: (id: RecordingId) => Promise<Result<Peaks, RecordingError>>;
  /** The absolute path and size in bytes of the audio file. */
  readonly file: (id: RecordingId) => Promise<Result<{ readonly path: string; readonly bytes: number }, RecordingError>>;
}
