import { expect, test } from "vitest";
import { keepingAdvice, recordingCount, retentionWords, troubleWords } from "./recordings.ts";

test("REC-3 recordings are counted, and their retention said, in words", () => {
  expect([recordingCount(0), recordingCount(1), recordingCount(1_204)]).toEqual(["0 recordings", "1 recording", "1,204 recordings"]);
  expect([retentionWords(null), retentionWords(1), retentionWords(3_650)]).toEqual(["Recordings are kept for ever", "Recordings are kept for 1 day", "Recordings are kept for 3,650 days"]);
  expect([troubleWords(0), troubleWords(1), troubleWords(12)]).toEqual(["Recordings could not be kept as they should be", "1 recording waits to be moved", "12 recordings wait to be moved"]);
});

test("REC-3 advice names the settings that are still to be made, and no others", () => {
  const [disk, bucket] = [{ kind: "disk", place: "/data/recordings" }, { kind: "s3", place: "https://s3.example/bucket" }] as const;
  expect(keepingAdvice({ store: disk, encrypted: false })).toBe("RINGDESK_RECORDING_KEY encrypts them, and RINGDESK_S3_BUCKET keeps them in a bucket: see docs/guides/recordings.md.");
  expect(keepingAdvice({ store: disk, encrypted: true })).toBe("RINGDESK_S3_BUCKET keeps them in a bucket: see docs/guides/recordings.md.");
  expect(keepingAdvice({ store: bucket, encrypted: false })).toBe("RINGDESK_RECORDING_KEY encrypts them: see docs/guides/recordings.md.");
  expect(keepingAdvice({ store: bucket, encrypted: true })).toBeNull();
});
