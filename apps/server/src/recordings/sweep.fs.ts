// What crashes left in the folder of recordings, put in order at the start.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RecordingId } from "@ringdesk/std";
import { markPlain, markSealed, selectKnown } from "./keeping.pg.ts";
import { nameOf } from "./recording-audio.ts";
import type { StoredRecording } from "./recording.pg.ts";
import type { MoveDeps } from "./recording-move.ts";
import { DRAFT_SUFFIX, RECORDINGS_FOLDER } from "./recording.rules.ts";

/** Names that are looked up at once. */
const NAMES_AT_ONCE = 500;
const PLAIN_SUFFIX = ".wav";
const SEALED_SUFFIX = nameOf(PLAIN_SUFFIX, "any");

/**
 * Removes drafts, files of removed recordings, and originals whose copy is seen to be there; a recording that was missing, or whose
 * copy is not there, is what its file is. False when not all could be looked at. Rejects while the database is away.
 */
export async function sweep(deps: MoveDeps): Promise<boolean> {
  const folder = join(deps.media, RECORDINGS_FOLDER);
  const names = await readdir(folder).catch(() => null);
  if (names === null) return false;
  let isDone = true;
  const each = async (suffix: string, isOver: (stored: StoredRecording) => Promise<boolean | null>): Promise<void> => {
    const ids = names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length) as RecordingId);
    for (let at = 0; at < ids.length; at += NAMES_AT_ONCE) {
      for (const stored of await selectKnown(deps.db, ids.slice(at, at + NAMES_AT_ONCE))) {
        const over = await isOver(stored);
        if (over === null) isDone = false;
        if (over === true) await forget(join(folder, `${stored.recording.id}${suffix}`));
      }
    }
  };
  await each(PLAIN_SUFFIX, (stored) => isOver(deps, stored, markPlain, stored.place === "local" && stored.keyName === null));
  await each(SEALED_SUFFIX, (stored) => isOver(deps, stored, markSealed, stored.place === "local"));
  for (const draft of names.filter((name) => name.endsWith(DRAFT_SUFFIX))) await forget(join(folder, draft));
  return isDone;
}

/**
 * Whether a file is needed no more, because the recording was removed, or is seen to be where the table says. `isIt`: the table
 * says that it is this file. Null: the copy could not be looked at. When there is none, `mark` has this file be the recording.
 */
async function isOver({ db, shelves }: MoveDeps, stored: StoredRecording, mark: typeof markPlain, isIt: boolean): Promise<boolean | null> {
  const { recording: { id }, place, bucket, keyName, path, removedWhy } = stored;
  if (removedWhy !== null) return true;
  if (isIt) return false;
  if (place !== "missing") {
    const store = place === "local" ? shelves.local : shelves.s3?.bucket === bucket ? shelves.s3?.store : undefined;
    const copy = await store?.bytes(nameOf(path, keyName));
    if (copy === undefined) return false; // another bucket is set, and nothing can be said of that one
    if (copy.ok) return true;
    if (copy.error.type === "away") return null;
  }
  await mark(db, id);
  return false;
}

const forget = (path: string): Promise<void> => rm(path, { force: true }).catch(() => undefined); // tried again at the next start
