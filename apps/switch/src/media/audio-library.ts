import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, unreachable, type Result } from "@ringdesk/std";
import type { PlayItem, PlaySource } from "@ringdesk/contract/switch";
import { renderTone, TONES, type ToneName } from "@ringdesk/telecom/dsp";
import { encodeUlawSamples } from "@ringdesk/telecom/g711";
import type { MediaError } from "../media-plane.types.ts";
import type { LoadedItem } from "./player.ts";

/** Longest file that is played: 35 minutes. */
export const MAX_FILE_BYTES = 16_800_000;
/** Files kept in memory; what was not played for longest goes first. */
export const CACHE_BYTES = 67_200_000;
export const MUSIC_FOLDER = "music";
export const DEFAULT_MUSIC = "default";
const SAMPLES_PER_MS = 8;

export interface AudioLibrary {
  /** Everything that a play list needs, in memory. */
  readonly load: (items: readonly PlayItem[]) => Promise<Result<readonly LoadedItem[], MediaError>>;
  readonly cachedBytes: () => number;
}

type Cached = { readonly bytes: Uint8Array; readonly version: string };

/**
 * Reads audio of the media folder once and keeps it. A file that changed on disk is read again; plays that run keep what they
 * have. A file is read once even when many legs ask for it at the same moment.
 */
export function createAudioLibrary(mediaFolder: string, limits: { readonly fileBytes: number; readonly cacheBytes: number } = { fileBytes: MAX_FILE_BYTES, cacheBytes: CACHE_BYTES }): AudioLibrary {
  const cache = new Map<string, Cached>();
  const reading = new Map<string, Promise<Result<Uint8Array, MediaError>>>();
  const tones = new Map<ToneName, Uint8Array>();
  let cachedBytes = 0;

  const forget = (path: string): void => {
    cachedBytes -= cache.get(path)?.bytes.length ?? 0;
    cache.delete(path);
  };
  const keep = (path: string, entry: Cached): void => {
    forget(path);
    cache.set(path, entry);
    cachedBytes += entry.bytes.length;
    for (const oldest of cache.keys()) {
      if (cachedBytes <= limits.cacheBytes) break;
      forget(oldest);
    }
  };

  const readNow = async (path: string): Promise<Result<Uint8Array, MediaError>> => {
    const file = join(mediaFolder, path);
    try {
      const { size, mtimeMs, isFile } = await stat(file).then((found) => ({ size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile() }));
      if (!isFile || size === 0) return err({ type: "file-missing", path });
      if (size > limits.fileBytes) return err({ type: "file-too-large", path });
      const version = `${size}:${mtimeMs}`;
      const known = cache.get(path);
      const entry = known?.version === version ? known : { bytes: new Uint8Array(await readFile(file)), version };
      if (entry.bytes.length === 0) return err({ type: "file-missing", path });
      keep(path, entry);
      return ok(entry.bytes);
    } catch {
      return err({ type: "file-missing", path });
    }
  };
  const readOnce = (path: string): Promise<Result<Uint8Array, MediaError>> => {
    const running = reading.get(path);
    if (running !== undefined) return running;
    const started = readNow(path).finally(() => reading.delete(path));
    reading.set(path, started);
    return started;
  };

  const tone = (name: ToneName): Uint8Array => {
    const bytes = tones.get(name) ?? encodeUlawSamples(renderTone(TONES[name]));
    tones.set(name, bytes);
    return bytes;
  };

  const bytesOf = async (source: Exclude<PlaySource, { kind: "silence" }>): Promise<Result<Uint8Array, MediaError>> => {
    switch (source.kind) {
      case "file": return readOnce(source.path);
      case "tone": return ok(tone(source.tone));
      case "music": {
        const chosen = await readOnce(join(MUSIC_FOLDER, `${source.name}.ulaw`));
        // Music that was removed must not leave a caller in silence.
        return chosen.ok || source.name === DEFAULT_MUSIC ? chosen : readOnce(join(MUSIC_FOLDER, `${DEFAULT_MUSIC}.ulaw`));
      }
      default: return unreachable(source);
    }
  };

  return {
    load: async (items) => {
      const loaded: LoadedItem[] = [];
      for (const { source, times } of items) {
        if (source.kind === "silence") {
          loaded.push({ bytes: null, samples: source.ms * SAMPLES_PER_MS, times });
          continue;
        }
        const bytes = await bytesOf(source);
        if (!bytes.ok) return bytes;
        loaded.push({ bytes: bytes.value, samples: bytes.value.length, times });
      }
      return ok(loaded);
    },
    cachedBytes: () => cachedBytes,
  };
}
