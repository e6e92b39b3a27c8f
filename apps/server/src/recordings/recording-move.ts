// Moves finished recordings from where the switch wrote them to where they belong, and deletes what is left of those that are removed.
import { rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { err, ok, type Result } from "@ringdesk/std";
import type { Database } from "../platform/index.ts";
import { diskFault } from "./disk-store.fs.ts";
import { bytesOfFile, writeSynced } from "./file-bytes.fs.ts";
import { markMissing, markMoved } from "./keeping.pg.ts";
import { homeOf, nameOf, type Shelves } from "./recording-audio.ts";
import type { StoredRecording } from "./recording.pg.ts";
import { draftPath, isRecordingPath, livePath } from "./recording.rules.ts";
import type { StoreFault } from "./recordings.errors.ts";
import { sealedBytes } from "./sealed.rules.ts";
import { waveformPath } from "./waveform.fs.ts";

export type MoveDeps = { readonly db: Database; readonly media: string; readonly shelves: Shelves };
export type Away = Extract<StoreFault, { readonly type: "away" }>;
type Moved = Promise<Result<void, Away>>;

/**
 * Moves one recording. The copy is complete before the table says so, and the original goes after that: what a crash leaves is
 * swept at the next start. A recording whose file is not there is marked as missing.
 */
export async function moveHome(deps: MoveDeps, stored: StoredRecording): Moved {
  const { db, media, shelves } = deps;
  const home = homeOf(shelves);
  const { recording: { id }, path, keyName } = stored;
  if (!isRecordingPath(path)) return ok(await markMissing(db, stored));
  const from = nameOf(path, keyName);
  const bytes = stored.bytes === null ? await shelves.local.bytes(from) : ok(stored.bytes);
  if (!bytes.ok) return notThere(deps, stored, bytes.error);
  const seals = home.sealed && keyName === null;
  const key = seals ? shelves.keyring.current : keyName;
  const to = nameOf(path, key);
  const store = home.bucket !== null && shelves.s3 !== null ? shelves.s3.store : shelves.local;
  const draft = join(media, draftPath(path));
  if (seals) {
    const sealed = await seal(shelves, stored, { from: join(media, from), draft, bytes: bytes.value });
    if (!sealed.ok) return notThere(deps, stored, sealed.error);
  }
  const put = await store.put(to, seals ? draft : join(media, from));
  if (!put.ok) {
    await rm(draft, { force: true }).catch(() => undefined);
    return notThere(deps, stored, put.error);
  }
  const isKept = await markMoved(db, id, { bucket: home.bucket, bytes: bytes.value, keyName: key });
  for (const each of [draft, join(media, from)]) await rm(each, { force: true }).catch(() => undefined); // swept at the next start
  if (isKept) return ok(undefined);
  const undone = await store.remove(to);
  return !undone.ok && undone.error.type === "away" ? err(undone.error) : ok(undefined);
}

/** A file that is not there is missing, unless the switch still has it, or the whole folder is not there. */
async function notThere({ db, media }: MoveDeps, stored: StoredRecording, fault: StoreFault): Moved {
  if (fault.type === "away") return err(fault);
  if (await isThere(join(media, livePath(stored.path)))) return ok(undefined);
  const folder = dirname(join(media, stored.path));
  return await isThere(folder) ? ok(await markMissing(db, stored)) : err(noFolder(folder));
}

const isThere = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);
const noFolder = (folder: string): Away => ({ type: "away", detail: `The folder ${folder} is not there.`, forAll: true });

/** Writes the sealed recording to `draft`, complete and synced, or not at all. */
async function seal({ keyring }: Shelves, { recording: { id } }: StoredRecording, { from, draft, bytes }: { readonly from: string; readonly draft: string; readonly bytes: number }): Promise<Result<void, StoreFault>> {
  try {
    await writeSynced(draft, keyring.seal(id, bytesOfFile(from)));
    if ((await stat(draft)).size === sealedBytes(bytes)) return ok(undefined);
    await rm(draft, { force: true });
    return err({ type: "away", detail: "A recording changed while it was encrypted.", forAll: false });
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    return err(diskFault(error));
  }
}

/** Deletes all that is left of a recording, wherever that may be. What is not there is not taken for deleted while the folder is not there. */
export async function deleteAudio({ media, shelves }: Pick<MoveDeps, "media" | "shelves">, { path }: StoredRecording): Moved {
  if (!isRecordingPath(path)) return ok(undefined);
  const folder = dirname(join(media, path));
  if (!await isThere(folder)) return err(noFolder(folder));
  // Of what was just being moved a copy may be there that the table does not know of.
  const kept = [path, nameOf(path, "any")];
  for (const name of [...kept, draftPath(path), livePath(path), waveformPath(path)]) {
    const gone = await shelves.local.remove(name);
    if (!gone.ok && gone.error.type === "away") return err(gone.error);
  }
  for (const name of shelves.s3 === null ? [] : kept) {
    const gone = await shelves.s3?.store.remove(name);
    if (gone?.ok === false && gone.error.type === "away") return err(gone.error);
  }
  return ok(undefined);
}
