// The product's words for recordings and how they are kept.
import type { RecordingKeeping } from "@ringdesk/contract/http";

/** `1 recording`, `1,204 recordings`. */
export const recordingCount = (count: number): string => `${count.toLocaleString("en-US")} recording${count === 1 ? "" : "s"}`;

/** How long recordings are kept. */
export const retentionWords = (days: number | null): string =>
  days === null ? "Recordings are kept for ever" : `Recordings are kept for ${days === 1 ? "1 day" : `${days.toLocaleString("en-US")} days`}`;

/** Which settings would keep them better; null when there is nothing left to set. */
export function keepingAdvice({ store, encrypted }: Pick<RecordingKeeping, "store" | "encrypted">): string | null {
  const settings = [
    ...(encrypted ? [] : ["RINGDESK_RECORDING_KEY encrypts them"]),
    ...(store.kind === "s3" ? [] : ["RINGDESK_S3_BUCKET keeps them in a bucket"]),
  ];
  return settings.length === 0 ? null : `${settings.join(", and ")}: see docs/guides/recordings.md.`;
}

/** The heading of what has gone wrong with keeping them. */
export const troubleWords = (waiting: number): string =>
  waiting === 0 ? "Recordings could not be kept as they should be" : `${recordingCount(waiting)} ${waiting === 1 ? "waits" : "wait"} to be moved`;
