import { closeSync, existsSync, ftruncateSync, fstatSync, mkdirSync, openSync, readdirSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { durationOf, WAV_HEADER_BYTES, wavHeader, wholeDataBytes } from "./wav.ts";

// Runs in the recorder's worker thread, where waiting for the disk holds up nobody. A recording grows in `live/` and is
// moved out when it is complete: what is in `live/` at start was left by a crash.

export const RECORDINGS_FOLDER = "recordings";
const LIVE = "live";
const SUFFIX = ".wav";

/** The calls that can fail when the disk is full or gone. Tests replace them. */
export type FileCalls = { readonly open: (path: string) => number; readonly write: (fd: number, bytes: Uint8Array, at: number | null) => number };

const realCalls: FileCalls = {
  open: (path) => openSync(path, "wx+"),
  write: (fd, bytes, at) => writeSync(fd, bytes, 0, bytes.length, at),
};

export type FileOutcome = { readonly ok: true } | { readonly ok: false; readonly detail: string; readonly durationMs: number };

export interface RecordingFiles {
  readonly open: (id: string) => FileOutcome;
  /** Appends interleaved µ-law. A failure closes the file with what it holds; it is unknown afterwards. */
  readonly append: (id: string, bytes: Uint8Array) => FileOutcome;
  /** Completes the file and moves it to its final place. */
  readonly complete: (id: string) => { readonly durationMs: number };
}

/** Path of a complete recording, relative to the media folder. */
export const recordingPath = (id: string): string => `${RECORDINGS_FOLDER}/${id}${SUFFIX}`;

export function createRecordingFiles(mediaFolder: string, calls: FileCalls = realCalls): RecordingFiles {
  const open = new Map<string, { readonly fd: number; dataBytes: number }>();
  const complete = (id: string): { durationMs: number } => {
    const file = open.get(id);
    if (file === undefined) return { durationMs: 0 };
    open.delete(id);
    const durationMs = finish(mediaFolder, id, file.fd);
    return { durationMs };
  };
  return {
    open: (id) => {
      try {
        mkdirSync(join(mediaFolder, RECORDINGS_FOLDER, LIVE), { recursive: true });
        if (existsSync(join(mediaFolder, recordingPath(id)))) return { ok: false, detail: "a recording with this id exists", durationMs: 0 };
        const fd = calls.open(livePath(mediaFolder, id));
        open.set(id, { fd, dataBytes: 0 });
        writeAll(calls, fd, wavHeader(null), null);
        return { ok: true };
      } catch (error) {
        return { ok: false, detail: String(error), durationMs: complete(id).durationMs };
      }
    },
    append: (id, bytes) => {
      const file = open.get(id);
      if (file === undefined) return { ok: true };
      try {
        writeAll(calls, file.fd, bytes, null);
        file.dataBytes += bytes.length;
        return { ok: true };
      } catch (error) {
        return { ok: false, detail: String(error), durationMs: complete(id).durationMs };
      }
    },
    complete,
  };
}

/** A write may take less than it was given when the disk is nearly full; the next one then says why. */
function writeAll(calls: FileCalls, fd: number, bytes: Uint8Array, at: number | null): void {
  let done = 0;
  while (done < bytes.length) {
    const wrote = calls.write(fd, bytes.subarray(done), at);
    if (wrote <= 0) throw new Error("the disk took nothing");
    done += wrote;
  }
}

/** Patches the header from the length of the file, closes it and moves it out of `live/`. */
function finish(mediaFolder: string, id: string, fd: number): number {
  let dataBytes = 0;
  try {
    const fileBytes = fstatSync(fd).size;
    dataBytes = wholeDataBytes(fileBytes);
    ftruncateSync(fd, WAV_HEADER_BYTES + dataBytes);
    writeSync(fd, wavHeader(dataBytes), 0, WAV_HEADER_BYTES, 0);
  } finally {
    closeSync(fd);
  }
  renameSync(livePath(mediaFolder, id), join(mediaFolder, recordingPath(id)));
  return durationOf(dataBytes);
}

const livePath = (mediaFolder: string, id: string): string => join(mediaFolder, RECORDINGS_FOLDER, LIVE, `${id}${SUFFIX}`);

export type RepairedRecording = { readonly recording: string; readonly durationMs: number };

/**
 * Completes every recording that a crash left in `live/`. A file that cannot be repaired stays there and is named in
 * `failed`; it never stops the others.
 */
export function repairRecordings(mediaFolder: string): { readonly repaired: readonly RepairedRecording[]; readonly failed: readonly string[] } {
  const folder = join(mediaFolder, RECORDINGS_FOLDER, LIVE);
  const repaired: RepairedRecording[] = [];
  const failed: string[] = [];
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (!name.endsWith(SUFFIX)) continue;
    const recording = name.slice(0, -SUFFIX.length);
    try {
      repaired.push({ recording, durationMs: finish(mediaFolder, recording, openSync(join(folder, name), "r+")) });
    } catch {
      failed.push(recording);
    }
  }
  return { repaired, failed };
}
