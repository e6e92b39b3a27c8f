// Recordings at the HTTP edge: what they are, their waveform, links to the audio, the audio with byte ranges, and how they are kept.
import { err, ok, type RecordingId, type Result, type UserId } from "@ringdesk/std";
import { API_BASE } from "@ringdesk/contract/http";
import { recordingId } from "@ringdesk/contract/ids";
import type { Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import { problems, type HttpProblem, type RawAnswer, type RawRoute, type SomeHandlers } from "../platform/index.ts";
import { readRange } from "./range.rules.ts";
import { readableOf } from "./readable.ts";
import type { RecordingError, RemovalCause } from "./recordings.errors.ts";
import type { Audio, RecordingLinks, Recordings, RecordingSettings } from "./recordings.ports.ts";

/** A player asks for one recording in many ranges; within this it counts as one access. */
const ONE_ACCESS_MS = 600_000;
/** Accesses remembered for that, oldest forgotten first: forgetting one only writes one more entry to the audit log. */
const MAX_ACCESSES = 10_000;

/** Names for saved files that need no quoting. */
const FILE_NAME = /^[\w-]{1,100}\.wav$/;

const deletedWords: Readonly<Record<RemovalCause, string>> = { retention: "It was older than recordings are kept.", erasure: "It went with its customer." };
const linkRefused: HttpProblem = { status: 403, code: "recording-link-refused", title: "This link to a recording is not valid, or not any more" };

function face(error: RecordingError): HttpProblem {
  switch (error.type) {
    case "recording-missing": return { status: 404, code: error.type, title: "There is no such recording" };
    case "recording-unreadable": return { status: 404, code: error.type, title: "The audio of this recording is not there any more" };
    case "recording-still-running": return { status: 409, code: error.type, title: "The call is still being recorded" };
    case "recording-deleted": return { status: 410, code: error.type, title: "This recording was deleted", detail: deletedWords[error.why] };
    case "recording-locked": return { status: 503, code: error.type, title: "This recording is encrypted with a key that is not set", detail: `Add the key ${error.keyName} to RINGDESK_RECORDING_KEY.` };
    case "recording-store-away": return { status: 503, code: error.type, title: "The store of recordings cannot be reached now", detail: error.detail };
    case "store-away": return problems.storeAway;
  }
}

export function recordingRoutes({ recordings, links, settings }: { readonly recordings: Recordings; readonly links: RecordingLinks; readonly settings: RecordingSettings }) {
  return {
    getRecording: async ({ params }) => {
      const found = await recordings.get(params.id);
      return found.ok ? found : err(face(found.error));
    },
    getPeaks: async ({ params }) => {
      const peaks = await recordings.peaks(params.id);
      if (!peaks.ok) return err(face(peaks.error));
      const { durationMs, customer, agent } = peaks.value;
      return ok({ durationMs, customer: [...customer], agent: [...agent] });
    },
    getRecordingLink: async ({ params }, { user }) => {
      const found = await recordings.get(params.id);
      if (!found.ok) return err(face(found.error));
      const { query, until } = links.make(user.id, params.id, found.value.durationMs ?? 0);
      return ok({ url: `${API_BASE}/recordings/${params.id}/audio${query}`, until });
    },
    getRecordingKeeping: async () => {
      const keeping = await settings.get();
      return keeping.ok ? keeping : err(problems.storeAway);
    },
    previewRetention: async ({ query }) => {
      const due = await settings.due(query.days);
      return due.ok ? ok({ recordings: due.value }) : err(problems.storeAway);
    },
    setRetention: async ({ body }, { user }) => {
      const keeping = await settings.setRetention(body.days, user.id);
      return keeping.ok ? keeping : err(problems.storeAway);
    },
  } satisfies SomeHandlers;
}

/** `GET /recordings/:id/audio` at a link of the user's own: RFC 9110 ranges; `&download`, with a name for the file or without, makes the browser save it. Each access is in the audit log (REC-2). */
export function recordingAudioRoute(deps: { readonly recordings: Recordings; readonly links: RecordingLinks; readonly audit: Audit; readonly clock: Clock }): RawRoute {
  const seen = createAccessMemory();
  return {
    path: "/recordings/:id/audio",
    access: "agent", permission: "listen-recordings",
    summary: "The audio of a recording at a signed link: WAV, left the customer, right the agent",
    handle: async (request, { user }) => {
      const id = recordingId.safeParse(request.params["id"]);
      if (!id.success || !deps.links.holds(user.id, id.data, request.query)) return err(linkRefused);
      const audio = await deps.recordings.audio(id.data);
      if (!audio.ok) return err(face(audio.error));
      const answered = await answer(audio.value, request.range, id.data, request.query["download"] ?? null);
      const isHeard = answered.ok && answered.value.body !== null;
      if (isHeard && seen.isNew(user.id, id.data, deps.clock.now())) await deps.audit.record(user.id, "recording.played", null, { recording: id.data });
      return answered;
    },
  };
}

async function answer(audio: Audio, asked: string | null, id: RecordingId, saveAs: string | null): Promise<Result<RawAnswer, HttpProblem>> {
  const range = readRange(asked, audio.bytes);
  const headers = {
    "content-type": "audio/wav",
    "content-disposition": `${saveAs === null ? "inline" : "attachment"}; filename="${saveAs !== null && FILE_NAME.test(saveAs) ? saveAs : `recording-${id}.wav`}"`,
    "accept-ranges": "bytes",
    "cache-control": "private, no-store", // whoever listens passes by the access check and the audit log
    "x-content-type-options": "nosniff",
  };
  if (range.kind === "unsatisfiable") return ok({ status: 416, headers: { ...headers, "content-range": `bytes */${audio.bytes}` }, body: null });
  const { first, last } = range.kind === "whole" ? { first: 0, last: audio.bytes - 1 } : range.range;
  const read = audio.bytes === 0 ? ok(noBytes()) : await audio.read(first, last);
  if (!read.ok) return err(face(read.error));
  const body = await readableOf(read.value);
  if (!body.ok) return err(face(body.error));
  const length = { "content-length": String(last - first + 1) };
  const part = range.kind === "whole" ? length : { ...length, "content-range": `bytes ${first}-${last}/${audio.bytes}` };
  return ok({ status: range.kind === "whole" ? 200 : 206, headers: { ...headers, ...part }, body: body.value });
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

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
