// Sounds that admins upload: what is in them is found out by the speech process, from a file of their own.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UPLOAD_LIMITS } from "@ringdesk/contract/speech";
import { err, ok, type Result } from "@ringdesk/std";
import { newId } from "../kernel/index.ts";
import type { SoundConverter, SoundRefused } from "./prompts.ports.ts";
import { refusalWords, wavOfUlaw } from "./sound.rules.ts";

/** Below the media folder: sounds on their way. It is emptied at each start. */
const FOLDER = "uploads";

/** The error is for the admin who uploads. */
type Taken<T> = Promise<Result<T, { readonly type: "sound-refused"; readonly words: string }>>;

export interface Sounds {
  /** Makes a sound playable and puts it at `path`, absolute below the media folder; all of it or nothing. */
  readonly keep: (sound: Uint8Array, path: string) => Taken<{ readonly durationMs: number }>;
  /** What callers would hear, as a WAV. Nothing is kept. */
  readonly preview: (sound: Uint8Array) => Taken<{ readonly durationMs: number; readonly wav: Uint8Array }>;
  /** What was kept at `path`, as a WAV; null when it is not there. */
  readonly hear: (path: string) => Promise<Uint8Array | null>;
}

/** `media` is the media folder, absolute. */
export async function createSounds({ media, convert }: SoundConverter & { readonly media: string }): Promise<Sounds> {
  const folder = join(media, FOLDER);
  await rm(folder, { recursive: true, force: true });

  /** Converts, and lets `use` have the result while it is there. */
  async function converted<T>(sound: Uint8Array, use: (path: string, durationMs: number) => Promise<T>): Taken<T> {
    const no = (refused: SoundRefused) => err({ type: "sound-refused", words: refusalWords(refused) } as const);
    if (sound.length > UPLOAD_LIMITS.bytes) return no({ type: "sound-refused", fault: "too-large", detail: "" });
    const inPath = join(folder, newId());
    const outPath = `${inPath}.ulaw`;
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(inPath, sound);
      const done = await convert({ inPath, outPath });
      return done.ok ? ok(await use(outPath, done.value.durationMs)) : no(done.error);
    } finally {
      await Promise.all([inPath, outPath, `${outPath}.part`].map((path) => rm(path, { force: true })));
    }
  }
  return {
    keep: (sound, path) => converted(sound, async (made, durationMs) => {
      await mkdir(dirname(path), { recursive: true });
      await rename(made, path);
      return { durationMs };
    }),
    preview: (sound) => converted(sound, async (made, durationMs) => ({ durationMs, wav: wavOfUlaw(await readFile(made)) })),
    hear: async (path) => {
      try {
        return wavOfUlaw(await readFile(path));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
        throw error;
      }
    },
  };
}
