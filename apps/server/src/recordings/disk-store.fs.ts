// Recordings in a folder of this machine.
import { open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "@ringdesk/std";
import type { StoreFault } from "./recordings.errors.ts";
import type { RecordingStore } from "./recordings.ports.ts";

/** `folder` is absolute, and names stand below it. Files that are put must be on the same disk. */
export function createDiskStore(folder: string): RecordingStore {
  const at = (name: string): string => join(folder, name);
  return {
    put: (name, path) => attempt(() => rename(path, at(name))),
    bytes: (name) => attempt(async () => (await stat(at(name))).size),
    read: (name, first, last) => attempt(async () => {
      const file = await open(at(name), "r");
      return file.createReadStream({ start: first, end: last }); // closes the file with itself
    }),
    remove: (name) => attempt(() => rm(at(name), { force: true })),
  };
}

async function attempt<T>(run: () => Promise<T>): Promise<Result<T, StoreFault>> {
  try {
    return ok(await run());
  } catch (error) {
    const fault = error as NodeJS.ErrnoException;
    return err(fault.code === "ENOENT" ? { type: "not-there" } : { type: "away", detail: `The disk: ${fault.message}` });
  }
}
