// Moves finished recordings from where the switch wrote them to where they belong, and deletes what is left of those that are removed.
import { open, readdir, rm } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { err, ok, type RecordingId, type Result } from "@ringdesk/std";
import type { Database } from "../platform/index.ts";
import { markGone, markMoved, selectNotPlain, type Home } from "./keeping.pg.ts";
import { nameOf, type Shelves } from "./recording-audio.ts";
import type { StoredRecording } from "./recording.pg.ts";
import { isRecordingPath } from "./recording.rules.ts";
import type { StoreFault } from "./recordings.errors.ts";
import { waveformPath } from "./waveform.fs.ts";

const FOLDER = "recordings";
const DRAFT = ".draft";
/** Names that are looked up at once. */
const NAMES_AT_ONCE = 500;

export type MoveDeps = { readonly db: Database; readonly media: string; readonly shelves: Shelves; readonly home: Home };
export type Away = Extract<StoreFault, { readonly type: "away" }>;

/**
 * Moves one recording. The copy is complete before the table says so, and the original goes after that: what a crash leaves is
 * swept at the next start. A recording whose file is not there is marked as gone.
 */
export async function moveHome({ db, media, shelves, home }: MoveDeps, stored: StoredRecording): Promise<Result<void, Away>> {
  const { recording: { id }, path, keyName } = stored;
  if (!isRecordingPath(path)) return ok(await markGone(db, id));
  const from = nameOf(path, keyName);
  const bytes = stored.bytes === null ? await shelves.local.bytes(from) : ok(stored.bytes);
  if (!bytes.ok) return bytes.error.type === "not-there" ? ok(await markGone(db, id)) : err(bytes.error);
  const seals = home.sealed && keyName === null;
  const key = seals ? shelves.keyring.current : keyName;
  const to = nameOf(path, key);
  const store = home.place === "s3" && shelves.s3 !== null ? shelves.s3 : shelves.local;
  const draft = join(media, `${path}${DRAFT}`);
  if (seals) {
    const sealed = await writeDraft(draft, shelves.keyring.seal(id, createReadStream(join(media, from))));
    if (!sealed.ok) return sealed;
  }
  const put = await store.put(to, seals ? draft : join(media, from));
  if (!put.ok) {
    await rm(draft, { force: true }).catch(() => undefined);
    return put.error.type === "not-there" ? ok(await markGone(db, id)) : err(put.error);
  }
  const isKept = await markMoved(db, id, { place: home.place, bytes: bytes.value, keyName: key });
  for (const each of [draft, join(media, from)]) await rm(each, { force: true }).catch(() => undefined); // swept at the next start
  if (isKept) return ok(undefined);
  const undone = await store.remove(to);
  return !undone.ok && undone.error.type === "away" ? err(undone.error) : ok(undefined);
}

/** Deletes all that is left of a recording. */
export async function deleteAudio({ db, shelves }: Pick<MoveDeps, "db" | "shelves">, { recording: { id }, path, place, keyName }: StoredRecording): Promise<Result<void, Away>> {
  if (isRecordingPath(path)) {
    for (const name of [path, nameOf(path, "any"), `${path}${DRAFT}`, waveformPath(path)]) {
      const gone = await shelves.local.remove(name);
      if (!gone.ok && gone.error.type === "away") return err(gone.error);
    }
    if (place === "s3" && shelves.s3 === null) return err({ type: "away", detail: "Recordings to be deleted are in an S3 bucket, and RINGDESK_S3_BUCKET is not set any more." });
    // Of what was just being moved a copy may be there that the table does not know of.
    for (const name of new Set([nameOf(path, keyName), path, nameOf(path, "any")])) {
      const gone = await shelves.s3?.remove(name);
      if (gone?.ok === false && gone.error.type === "away") return err(gone.error);
    }
  }
  return ok(await markGone(db, id));
}

/** Removes drafts, and originals of what stands elsewhere, that a crash left behind. */
export async function sweep({ db, media }: Pick<MoveDeps, "db" | "media">): Promise<void> {
  const names = await readdir(join(media, FOLDER)).catch(() => []);
  const forget = (name: string): Promise<void> => rm(join(media, FOLDER, name), { force: true });
  for (const draft of names.filter((name) => name.endsWith(DRAFT))) await forget(draft);
  const plain = names.filter((name) => name.endsWith(".wav"));
  for (let at = 0; at < plain.length; at += NAMES_AT_ONCE) {
    const ids = plain.slice(at, at + NAMES_AT_ONCE).map((name) => name.slice(0, -".wav".length) as RecordingId);
    for (const id of await selectNotPlain(db, ids)) await forget(`${id}.wav`);
  }
}

/** Written and synced, or not there. */
async function writeDraft(path: string, bytes: AsyncIterable<Uint8Array>): Promise<Result<void, Away>> {
  try {
    const file = await open(path, "w", 0o600);
    try {
      for await (const part of bytes) await file.write(part);
      await file.sync();
    } finally {
      await file.close();
    }
    return ok(undefined);
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined);
    return err({ type: "away", detail: `The disk: ${(error as Error).message}` });
  }
}
