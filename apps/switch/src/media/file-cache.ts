import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "@ringdesk/std";
import type { MediaError } from "../media-plane.types.ts";

export type FileCacheLimits = {
  /** Larger files are refused. */
  readonly fileBytes: number;
  /** What was not read for longest goes first. */
  readonly cacheBytes: number;
};

export interface FileCache {
  /** A file of `folder`, never empty. One that changed on disk is read again. */
  readonly read: (path: string) => Promise<Result<Uint8Array, MediaError>>;
  readonly cachedBytes: () => number;
}

type Entry = { readonly bytes: Uint8Array; readonly version: string };

/** Keeps files in memory, and reads each once however many ask for it at the same moment. */
export function createFileCache(folder: string, limits: FileCacheLimits): FileCache {
  const entries = new Map<string, Entry>();
  const reading = new Map<string, Promise<Result<Uint8Array, MediaError>>>();
  let cachedBytes = 0;

  const forget = (path: string): void => {
    cachedBytes -= entries.get(path)?.bytes.length ?? 0;
    entries.delete(path);
  };
  const keep = (path: string, entry: Entry): void => {
    forget(path);
    entries.set(path, entry);
    cachedBytes += entry.bytes.length;
    for (const oldest of entries.keys()) {
      if (cachedBytes <= limits.cacheBytes) break;
      forget(oldest);
    }
  };

  const readNow = async (path: string): Promise<Result<Uint8Array, MediaError>> => {
    const missing = err({ type: "file-missing", path } as const);
    const file = join(folder, path);
    try {
      const found = await stat(file);
      if (!found.isFile() || found.size === 0) return missing;
      if (found.size > limits.fileBytes) return err({ type: "file-too-large", path });
      const version = `${found.size}:${found.mtimeMs}`;
      const known = entries.get(path);
      const entry = known?.version === version ? known : { bytes: new Uint8Array(await readFile(file)), version };
      if (entry.bytes.length === 0) return missing;
      keep(path, entry);
      return ok(entry.bytes);
    } catch {
      return missing;
    }
  };

  return {
    read: (path) => {
      const running = reading.get(path);
      if (running !== undefined) return running;
      const started = readNow(path).finally(() => reading.delete(path));
      reading.set(path, started);
      return started;
    },
    cachedBytes: () => cachedBytes,
  };
}
