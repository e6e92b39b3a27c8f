// Spoken prompts with their cache on disk: a text is spoken once.
import { createHash } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "@ringdesk/std";
import type { Logger } from "pino";
import { newId } from "../kernel/index.ts";
import { durationOfBytes, promptKey, promptPath, spoken } from "./prompt.rules.ts";
import type { Prompt, Prompts, PromptUnavailable, Voice } from "./prompts.ports.ts";

export type PromptsDeps = {
  /** The media folder, absolute. */
  readonly media: string;
  readonly voice: Voice;
  readonly log: Logger;
};
type Spoken = Result<Prompt, PromptUnavailable>;

/** Several calls for one text at the same time speak it once. What could not be spoken is tried again at the next call. */
export function createPrompts(deps: PromptsDeps): Prompts {
  const underWay = new Map<string, Promise<Spoken>>();
  return {
    greeting: async (text, locale) => {
      if (spoken(text) === "") return err({ type: "prompt-unavailable", why: "empty", detail: "there is no text" });
      const key = createHash("sha256").update(promptKey(text, locale)).digest("hex");
      const running = underWay.get(key);
      if (running !== undefined) return running;
      const made = make(deps, promptPath(key), spoken(text), locale).finally(() => underWay.delete(key));
      underWay.set(key, made);
      return made;
    },
  };
}

async function make(deps: PromptsDeps, path: string, text: string, locale: string): Promise<Spoken> {
  const file = join(deps.media, path);
  try {
    const bytes = await sizeOf(file);
    if (bytes > 0) return ok({ path, durationMs: durationOfBytes(bytes) });
    await mkdir(join(deps.media, "prompts"), { recursive: true });
    // Spoken beside its place and renamed: the switch never plays half a prompt.
    const draft = join(deps.media, "prompts", `draft-${newId()}.ulaw`);
    const answer = await deps.voice.speak({ locale, text, outPath: draft });
    if (!answer.ok) {
      await rm(draft, { force: true });
      deps.log.warn({ why: answer.error.why, detail: answer.error.detail }, "a prompt was not spoken");
      return answer;
    }
    await rename(draft, file);
    return ok({ path, durationMs: answer.value.durationMs });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    deps.log.error({ detail }, "a prompt could not be stored");
    return err({ type: "prompt-unavailable", why: "disk", detail });
  }
}

/** Bytes of a file, 0 when there is none. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}
