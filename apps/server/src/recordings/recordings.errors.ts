import type { RecordingId } from "@ringdesk/std";

export type RecordingError =
  | { readonly type: "recording-missing"; readonly id: RecordingId }
  /** The row is there, the file is not, or is no recording of ours. */
  | { readonly type: "recording-unreadable"; readonly detail: string }
  | { readonly type: "recording-still-running"; readonly id: RecordingId }
  | { readonly type: "store-away" };
