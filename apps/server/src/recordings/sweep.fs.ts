// What crashes left in the folder of recordings, put in order at the start.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RecordingId } from "@ringdesk/std";
import { markPlain, selectKnown } from "./keeping.pg.ts";
import { nameOf } from "./recording-audio.ts";
import type { StoredRecording } from "./recording.pg.ts";
import type { MoveDeps } from "./recording-move.ts";
import { DRAFT_SUFFIX, RECORDINGS_FOLDER } from "./recording.rules.ts";

/** Names that are looked up at once. */
const NAMES_AT_ONCE = 500;
const SUFFIX = ".wav";

/**
 * Removes drafts, files of removed recordings, and originals whose copy is seen to be there; a recording that was missing, or whose
 * copy is not there, is what its file is. Rejects while the database is away.
 */
export async function sweep(deps: MoveDeps): Promise<void> {
  const folder = join(deps.media, RECORDINGS_FOLDER);
  const names = await readdir(folder).catch(() => []);
  const plain = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length) as RecordingId);
  for (let at = 0; at < plain.length; at += NAMES_AT_ONCE) {
    for (const stored of await selectKnown(deps.db, plain.slice(at, at + NAMES_AT_ONCE))) {
      if (await isOver(deps, stored)) await forget(join(folder, `${stored.recording.id}${SUFFIX}`));
    }
  }
  for (const draft of names.filter((name) => name.endsWith(DRAFT_SUFFIX))) await forget(join(folder, draft));
}

/** Whether the file that the switch wrote is needed no more. */
async function isOver({ db, shelves }: MoveDeps, stored: StoredRecording): Promise<boolean> {
  const { recording: { id }, place, bucket, keyName, path, removedWhy } = stored;
  if (removedWhy !== null) return true;
  if (place === "local" && keyName === null) return false;
  if (place === "missing") {
    await markPlain(db, id);
    return false;
  }
  const store = place === "local" ? shelves.local : shelves.s3?.bucket === bucket ? shelves.s3?.store : undefined;
  const copy = await store?.bytes(nameOf(path, keyName));
  if (copy?.ok === false && copy.error.type === "not-there") await markPlain(db, id);
  return copy?.ok === true;
}

const forget = (path: string): Promise<void> => rm(path, { force: true }).catch(() => undefined); // tried again at the next start
