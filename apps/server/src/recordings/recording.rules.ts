// What the facts of a call mean for its recording, and the words for what is missing. Pure.
import { z } from "zod";
import { instant, recordingId, span } from "@ringdesk/contract/ids";
import type { PartialCause } from "./recordings.ports.ts";

const fact = <T extends string, S extends z.ZodRawShape>(type: T, data: S) => z.object({ type: z.literal(type), v: z.literal(1), at: instant, data: z.object(data) });

export const recordingNews = z.discriminatedUnion("type", [
  fact("call.recording-started", { recordingId }),
  fact("call.recording-stopped", { recordingId, why: z.enum(["completed", "failed", "repaired"]), durationMs: span, path: z.string() }),
  fact("call.settled", {}),
]);

const OF_INTEREST: ReadonlySet<string> = new Set(recordingNews.options.map((o) => o.shape.type.value));
export const isRecordingNews = (type: string): boolean => OF_INTEREST.has(type);

/** Why a recording that stopped is partial; null: it is complete. */
export const causeOf = { completed: null, failed: "disk", repaired: "restarted" } as const satisfies Record<string, PartialCause | null>;

/** Why a recording is partial, in words for whoever listens. */
export const partialWords: Readonly<Record<PartialCause, string>> = {
  disk: "The disk was full or failed during this call; the recording ends there.",
  restarted: "The phone service restarted during this call; the recording ends there.",
  lost: "The end of this recording was lost.",
};

/** Of the media folder. */
export const RECORDINGS_FOLDER = "recordings";
export const DRAFT_SUFFIX = ".draft";
/** Where the switch leaves a recording, relative to the media folder, until it says so itself. */
export const expectedPath = (id: string): string => `${RECORDINGS_FOLDER}/${id}.wav`;
/** Where the recording of such a path grows while the switch writes it. */
export const livePath = (path: string): string => path.replace(/^recordings\//, "recordings/live/");
/** Where its encrypted copy grows. */
export const draftPath = (path: string): string => `${path}${DRAFT_SUFFIX}`;

/** Paths come from facts; nothing outside the folder of recordings is ever opened. */
export const isRecordingPath = (path: string): boolean => /^recordings\/[A-Za-z0-9_-]{1,64}\.wav$/.test(path);
