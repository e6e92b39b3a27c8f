// What the child processes have in common: a task comes as a message, its answer goes back as one.
import { rename, writeFile } from "node:fs/promises";
import type { EngineAnswer, EngineTask } from "./engine-process.ts";
import { TELEPHONE_RATE_HZ } from "./telephone-audio.ts";

/** Performs tasks as they come; the process ends with its parent. */
export function answerTasks(perform: (task: EngineTask) => Promise<EngineAnswer>): void {
  process.on("disconnect", () => process.exit());
  process.on("message", (task: EngineTask) => {
    perform(task).then(
      (answer) => process.send?.(answer),
      (error: unknown) => process.send?.({ ok: false, detail: error instanceof Error ? error.message : String(error) } satisfies EngineAnswer),
    );
  });
}

/** Writes telephone audio; whoever plays it sees the whole file or none. */
export async function writeSound(audio: Uint8Array, path: string): Promise<EngineAnswer> {
  const part = `${path}.part`;
  await writeFile(part, audio, { flush: true });
  await rename(part, path);
  return { ok: true, durationMs: Math.round((audio.length * 1_000) / TELEPHONE_RATE_HZ) };
}
