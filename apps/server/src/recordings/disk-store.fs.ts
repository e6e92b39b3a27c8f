// Recordings in a folder of this machine.
import { rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { err, ok, type Result } from "@ringdesk/std";
import { syncFolder } from "../platform/index.ts";
import { bytesOfFile } from "./file-bytes.fs.ts";
import type { StoreFault } from "./recordings.errors.ts";
import type { RecordingStore } from "./recordings.ports.ts";

/** `folder` is absolute, and names stand below it. Files that are put must be on the same disk, and synced. */
export function createDiskStore(folder: string): RecordingStore {
  const at = (name: string): string => join(folder, name);
  return {
    put: (name, path) => attempt(async () => {
      await rename(path, at(name));
      await syncFolder(dirname(at(name)));
    }),
    bytes: (name) => attempt(async () => (await stat(at(name))).size),
    read: (name, first, last) => attempt(async () => {
      await stat(at(name));
      return bytesOfFile(at(name), first, last); // opened when it is read, so that nobody need close what nobody reads
    }),
    remove: (name) => attempt(() => rm(at(name), { force: true })),
  };
}

async function attempt<T>(run: () => Promise<T>): Promise<Result<T, StoreFault>> {
  try {
    return ok(await run());
  } catch (error) {
    return err(diskFault(error));
  }
}

/** What the disk refused, as a value. */
export function diskFault(error: unknown): StoreFault {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? { type: "not-there" } : { type: "away", detail: `The disk: ${message}`, forAll: false };
}
