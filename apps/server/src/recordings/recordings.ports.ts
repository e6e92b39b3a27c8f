// Recordings of calls: where they are, whether they are whole, who listened, and how long they are kept.
import type { CallId, Millis, RecordingId, Result, UserId } from "@ringdesk/std";
import type { Recording, RecordingKeeping } from "@ringdesk/contract/http";
import type { RecordingError, StoreFault } from "./recordings.errors.ts";

/** Both channels' loudness over time, 0 to 1. Left is the customer. */
export type Peaks = { readonly durationMs: number; readonly customer: readonly number[]; readonly agent: readonly number[] };

/** Why a recording is not whole. `lost`: nothing was heard of its end. */
export type PartialCause = "disk" | "restarted" | "lost";

export type Bytes = AsyncIterable<Uint8Array>;

/** The audio of a recording as it is played, whatever it is kept in. */
export type Audio = {
  readonly bytes: number;
  /** The bytes from `first` to `last`, both included and within the audio. What goes wrong later rejects while reading. */
  readonly read: (first: number, last: number) => Promise<Result<Bytes, RecordingError>>;
};

export interface Recordings {
  readonly get: (id: RecordingId) => Promise<Result<Recording, RecordingError>>;
  readonly ofCall: (id: CallId) => Promise<Result<readonly Recording[], RecordingError>>;
  readonly peaks: (id: RecordingId) => Promise<Result<Peaks, RecordingError>>;
  readonly audio: (id: RecordingId) => Promise<Result<Audio, RecordingError>>;
}

/** A place for finished recordings. Names are like `recordings/x.wav`. */
export interface RecordingStore {
  /** Keeps the bytes of the file at `path`, a file of this machine that may be gone afterwards. Replaces what had the name. */
  readonly put: (name: string, path: string) => Promise<Result<void, StoreFault>>;
  readonly bytes: (name: string) => Promise<Result<number, StoreFault>>;
  /** The bytes from `first` to `last`, both included. What goes wrong later rejects while reading. */
  readonly read: (name: string, first: number, last: number) => Promise<Result<Bytes, StoreFault>>;
  /** Well too when there is no such file. */
  readonly remove: (name: string) => Promise<Result<void, StoreFault>>;
}

/** Brings finished recordings where they belong, and deletes those that are to be deleted. */
export interface RecordingKeeper {
  readonly start: () => void;
  readonly stop: () => Promise<void>;
  /** Something is to do: recordings were removed, or the retention is another. */
  readonly wake: () => void;
  /** A recording has ended; it may have been removed before. */
  readonly ended: (isRemoved: boolean) => void;
  /** The disk has failed a recording. */
  readonly failed: () => void;
  /** Why not all is where it should be, in words for an admin; null: nothing has failed. */
  readonly trouble: () => string | null;
}

/** How recordings are kept, for admins (REC-3). */
export interface RecordingSettings {
  readonly get: () => Promise<Result<RecordingKeeping, { readonly type: "store-away" }>>;
  /** How many recordings this retention would delete at once. */
  readonly due: (days: number) => Promise<Result<number, { readonly type: "store-away" }>>;
  /** Null: they are kept for ever. */
  readonly setRetention: (days: number | null, by: UserId) => Promise<Result<RecordingKeeping, { readonly type: "store-away" }>>;
}

/** Links to the audio that are one user's and expire (REC-2). */
export interface RecordingLinks {
  /** The query of a link, from `?` on, and when it ends. */
  readonly make: (user: UserId, id: RecordingId, durationMs: number) => { readonly query: string; readonly until: Millis };
  readonly holds: (user: UserId, id: RecordingId, query: Readonly<Record<string, string>>) => boolean;
}
