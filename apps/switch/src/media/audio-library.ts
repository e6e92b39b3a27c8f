import { join } from "node:path";
import { ok, unreachable, type Result } from "@ringdesk/std";
import type { PlayItem, PlaySource } from "@ringdesk/contract/switch";
import { renderTone, TONES, type ToneName } from "@ringdesk/telecom/dsp";
import { encodeUlawSamples } from "@ringdesk/telecom/g711";
import type { MediaError } from "../media-plane.types.ts";
import { createFileCache, type FileCacheLimits } from "./file-cache.ts";
import type { LoadedItem } from "./player.ts";

/** A file of at most 35 minutes; 140 minutes of audio in memory. */
const LIMITS: FileCacheLimits = { fileBytes: 16_800_000, cacheBytes: 67_200_000 };
export const MUSIC_FOLDER = "music";
export const DEFAULT_MUSIC = "default";
const SAMPLES_PER_MS = 8;

export interface AudioLibrary {
  /** Everything that a play list needs, in memory. */
  readonly load: (items: readonly PlayItem[]) => Promise<Result<readonly LoadedItem[], MediaError>>;
  readonly cachedBytes: () => number;
}

/** Audio by the names that the control protocol uses: files, music, tones, silence. */
export function createAudioLibrary(mediaFolder: string, limits: FileCacheLimits = LIMITS): AudioLibrary {
  const files = createFileCache(mediaFolder, limits);
  const tones = new Map<ToneName, Uint8Array>();

  const tone = (name: ToneName): Uint8Array => {
    const bytes = tones.get(name) ?? encodeUlawSamples(renderTone(TONES[name]));
    tones.set(name, bytes);
    return bytes;
  };

  const music = async (name: string): Promise<Result<Uint8Array, MediaError>> => {
    const chosen = await files.read(join(MUSIC_FOLDER, `${name}.ulaw`));
    // Music that was removed must not leave a caller in silence.
    return chosen.ok || name === DEFAULT_MUSIC ? chosen : files.read(join(MUSIC_FOLDER, `${DEFAULT_MUSIC}.ulaw`));
  };

  const bytesOf = async (source: Exclude<PlaySource, { kind: "silence" }>): Promise<Result<Uint8Array, MediaError>> => {
    switch (source.kind) {
      case "file": return files.read(source.path);
      case "tone": return ok(tone(source.tone));
      case "music": return music(source.name);
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
    cachedBytes: files.cachedBytes,
  };
}
