import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { err, ok, type Result } from "@ringdesk/std";

/** Where things lie. All paths are absolute and exist. */
export type DataFolder = {
  readonly root: string;
  /** Lock and pid files. */
  readonly run: string;
  /** Sockets between the processes: `run`, or a short folder elsewhere when that path is too long. */
  readonly sockets: string;
  readonly logs: string;
};
export type DataFolderProblem = { readonly type: "data-folder-refused"; readonly path: string; readonly reason: string };

/** Longest path of a socket that every system takes, in bytes (sun_path of macOS; Linux has four more). */
export const MAX_SOCKET_PATH_BYTES = 103;
const LONGEST_SOCKET_NAME = "switch.sock";
const PRIVATE = 0o700;
/** Root's data folder: the user that PostgreSQL runs as must be able to pass through, and sees nothing. */
const PASSABLE = 0o711;
const SUBFOLDERS = ["run", "logs", "journal", "media", "media/prompts", "media/recordings", "media/music"] as const;

/** Creates what is missing of the data folder. `path` may be relative to the working folder. */
export function openDataFolder(path: string): Result<DataFolder, DataFolderProblem> {
  const root = resolve(path);
  const refused = (reason: string) => err({ type: "data-folder-refused" as const, path: root, reason });
  try {
    mkdirSync(root, { recursive: true, mode: PRIVATE });
    const uid = process.getuid?.() ?? 0;
    const owner = statSync(root).uid;
    if (owner !== uid && uid !== 0) return refused(`it belongs to the user with the id ${owner}: start Ringdesk as that user, or choose another folder`);
    chmodSync(root, uid === 0 ? PASSABLE : PRIVATE);
    for (const name of SUBFOLDERS) mkdirSync(join(root, name), { recursive: true, mode: PRIVATE });
    const sockets = socketFolder(join(root, "run"), LONGEST_SOCKET_NAME);
    if (!sockets.ok) return refused(sockets.error);
    return ok({ root, run: join(root, "run"), sockets: sockets.value, logs: join(root, "logs") });
  } catch (error) {
    return refused(describeFileError(error));
  }
}

/**
 * `preferred` when a socket named `longestName` fits there, otherwise a private folder under the system's
 * temporary one whose name follows from `preferred`. Refuses a folder that somebody else has put there.
 */
export function socketFolder(preferred: string, longestName: string, owner?: number): Result<string, string> {
  if (Buffer.byteLength(join(preferred, longestName)) <= MAX_SOCKET_PATH_BYTES) return ok(preferred);
  const short = join(tmpdir(), `ringdesk-${createHash("sha256").update(preferred).digest("hex").slice(0, 12)}`);
  mkdirSync(short, { recursive: true, mode: PRIVATE });
  const facts = lstatSync(short);
  const uid = process.getuid?.() ?? 0;
  const isOurs = facts.isDirectory() && (facts.uid === uid || facts.uid === owner) && (facts.mode & 0o077) === 0;
  if (!isOurs) return err(`its path is too long for sockets, and ${short} is not ours to use instead: remove it or choose a shorter path`);
  return ok(short);
}

/** A system error in words; the code when we have none. */
export function describeFileError(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  const words: Record<string, string> = {
    EACCES: "this user may not write there", EPERM: "this user may not write there", EROFS: "that file system is read-only",
    ENOSPC: "the disk is full", ENOTDIR: "a part of the path is a file", EEXIST: "it is a file, not a folder", ENAMETOOLONG: "the path is too long",
  };
  return words[code] ?? code;
}
