import type { RecordingId } from "@ringdesk/std";

/** Why a recording was deleted: it was kept long enough, or its customer was erased. */
export type RemovalCause = "retention" | "erasure";

/** `away`: it did not succeed, and may later; `detail` in words. `forAll`: very likely nothing else would succeed now either. */
export type StoreFault = { readonly type: "not-there" } | { readonly type: "away"; readonly detail: string; readonly forAll: boolean };

export type RecordingError =
  | { readonly type: "recording-missing"; readonly id: RecordingId }
  /** The row is there, the file is not, or is no recording of ours. */
  | { readonly type: "recording-unreadable"; readonly detail: string }
  | { readonly type: "recording-still-running"; readonly id: RecordingId }
  | { readonly type: "recording-deleted"; readonly why: RemovalCause }
  /** It was encrypted with a key that is not set any more. */
  | { readonly type: "recording-locked"; readonly keyName: string }
  /** The bucket does not answer, or none is set any more. */
  | { readonly type: "recording-store-away"; readonly detail: string }
  | { readonly type: "store-away" };
