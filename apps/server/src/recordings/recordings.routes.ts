// Recordings at the HTTP edge: what they are, their waveform, and the audio with byte ranges.
import { createReadStream } from "node:fs";
import { err, ok, type RecordingId, type UserId } from "@ringdesk/std";
import { recordingId } from "@ringdesk/contract/ids";
import type { Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import { problems, type HttpProblem, type RawAnswer, type RawRoute, type SomeHandlers } from "../platform/index.ts";
import { readRange } from "./range.rules.ts";
import type { RecordingError } from "./recordings.errors.ts";
import type { Recordings } from "./recordings.ports.ts";

/** A player asks for one recording in many ranges; within this it counts as one access. */
const ONE_ACCESS_MS = 600_000;
/** Accesses remembered for that, oldest forgotten first: forgetting one only writes one more entry to the audit log. */
const MAX_ACCESSES = 10_000;

const faces = {
  "recording-missing": { status: 404, code: "recording-missing", title: "There is no such recording" },
  "recording-unreadable": { status: 404, code: "recording-unreadable", title: "The audio of this recording is not there any more" },
  "recording-still-running": { status: 409, code: "recording-still-running", title: "The call is still being recorded" },
  "store-away": problems.storeAway,
} as const satisfies Record<RecordingError["type"], HttpProblem>;

export function recordingRoutes(recordings: Recordings) {
  return {
    getRecording: async ({ params }) => {
      const found = await recordings.get(params.id);
      return found.ok ? found : err(faces[found.error.type]);
    },
    getPeaks: async ({ params }) => {
      const peaks = await recordings.peaks(params.id);
      if (!peaks.ok) return err(faces[peaks.error.type]);
      const { durationMs, customer, agent } = peaks.value;
      return ok({ durationMs, customer: [...customer], agent: [...agent] });
    },
  } satisfies SomeHandlers;
}

/** `GET /recordings/:id/audio`: RFC 9110 ranges; `?download` makes the browser save it. Each access is in the audit log (REC-2). */
export function recordingAudioRoute(deps: { readonly recordings: Recordings; readonly audit: Audit; readonly clock: Clock }): RawRoute {
  const seen = createAccessMemory();
  return {
    path: "/recordings/:id/audio",
    access: "agent", permission: "listen-recordings",
    summary: "The audio of a recording: WAV, left the customer, right the agent",
    handle: async (request, { user }) => {
      const id = recordingId.safeParse(request.params["id"]);
      if (!id.success) return err(faces["recording-missing"]);
      const file = await deps.recordings.file(id.data);
      if (!file.ok) return err(faces[file.error.type]);
      if (seen.isNew(user.id, id.data, deps.clock.now())) await deps.audit.record(user.id, "recording.played", null, { recording: id.data });
      return ok(answer(file.value, request.range, id.data, "download" in request.query));
    },
  };
}

function answer(file: { readonly path: string; readonly bytes: number }, asked: string | null, id: RecordingId, download: boolean): RawAnswer {
  const range = readRange(asked, file.bytes);
  const headers = {
    "content-type": "audio/wav",
    "content-disposition": `${download ? "attachment" : "inline"}; filename="recording-${id}.wav"`,
    "accept-ranges": "bytes",
    "cache-control": "private, no-store", // whoever listens passes by the access check and the audit log
    "x-content-type-options": "nosniff",
  };
  if (range.kind === "unsatisfiable") return { status: 416, headers: { ...headers, "content-range": `bytes */${file.bytes}` }, body: null };
  if (range.kind === "whole") {
    return { status: 200, headers: { ...headers, "content-length": String(file.bytes) }, body: createReadStream(file.path) };
  }
  const { first, last } = range.range;
  return {
    status: 206,
    headers: { ...headers, "content-length": String(last - first + 1), "content-range": `bytes ${first}-${last}/${file.bytes}` },
    body: createReadStream(file.path, { start: first, end: last }),
  };
}

function createAccessMemory() {
  const last = new Map<string, number>();
  return {
    isNew: (user: UserId, recording: RecordingId, now: number): boolean => {
      const key = `${user} ${recording}`;
      const before = last.get(key);
      if (before !== undefined && now - before < ONE_ACCESS_MS) return false;
      last.delete(key); // so that it stands at the end of the order
      last.set(key, now);
      const [oldest] = last.keys();
      if (last.size > MAX_ACCESSES && oldest !== undefined) last.delete(oldest);
      return true;
    },
  };
}
