// Recordings: what they are, their waveform, links to their audio, and how long and where they are kept (REC).
import { z } from "zod";
import { instant, recordingId } from "../ids/index.ts";
import { recording } from "./models.ts";
import type { Route } from "./route.ts";

/** Bounds of the retention of recordings in days, both included. */
export const RETENTION_DAYS = { least: 1, most: 3_650 } as const;
const RETENTION_WORDS = `Between ${RETENTION_DAYS.least} and ${RETENTION_DAYS.most} days`;
const days = z.number(RETENTION_WORDS).int("Whole days").min(RETENTION_DAYS.least, RETENTION_WORDS).max(RETENTION_DAYS.most, RETENTION_WORDS);

/** Where recordings are kept, for how long, and how that goes. */
export const recordingKeeping = z.object({
  /** Recordings and voicemail messages are deleted so many days after they began; null: never. */
  retentionDays: days.nullable(),
  /** Where finished recordings go. `place`: the folder, or the bucket's address. */
  store: z.object({ kind: z.enum(["disk", "s3"]), place: z.string() }),
  /** Whether finished recordings are encrypted. */
  encrypted: z.boolean(),
  /** Recordings that are kept, those that run included. */
  kept: z.number().int(),
  /** Of these, the finished ones that are not yet where they should be. */
  waiting: z.number().int(),
  /** Why not, in words for an admin; null: nothing has failed. */
  trouble: z.string().nullable(),
}).meta({ id: "RecordingKeeping" });
export type RecordingKeeping = z.output<typeof recordingKeeping>;

const ofRecording = z.object({ id: recordingId });
const listens = { access: "agent", permission: "listen-recordings" } as const;

// The audio itself is GET /recordings/:id/audio with Range, at a link that `getRecordingLink` gives.
export const recordingsApi = {
  getRecording: { method: "GET", path: "/recordings/:id", ...listens, summary: "One recording", params: ofRecording, response: recording },
  getPeaks: { method: "GET", path: "/recordings/:id/peaks", ...listens, summary: "Waveform of both channels, values 0 to 1", params: ofRecording, response: z.object({ durationMs: z.number(), customer: z.array(z.number()), agent: z.array(z.number()) }) },
  getRecordingLink: { method: "GET", path: "/recordings/:id/link", ...listens, summary: "A signed link to the audio, for whoever asks and for a short time: five minutes and the length of the recording", params: ofRecording, response: z.object({ /** Path with its query, on this server. */ url: z.string(), until: instant }) },
  getRecordingKeeping: { method: "GET", path: "/settings/recordings", access: "admin", summary: "Where recordings are kept, and for how long", response: recordingKeeping },
  previewRetention: { method: "GET", path: "/settings/recordings/due", access: "admin", summary: "How many recordings a retention would delete at once", query: z.object({ days: z.coerce.number().pipe(days) }), response: z.object({ recordings: z.number().int() }) },
  setRetention: { method: "PUT", path: "/settings/recordings/retention", access: "admin", summary: "Set how long recordings and voicemail messages are kept; what is older is deleted at once", body: z.object({ days: days.nullable() }), response: recordingKeeping },
} as const satisfies Record<string, Route>;
