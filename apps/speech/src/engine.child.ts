// The process in which engines run: one that hangs or crashes takes nothing else along. Started by engine-process.ts.
import { rename, writeFile } from "node:fs/promises";
import type { EngineAnswer, EngineTask } from "./engine-process.ts";
import { speakWithFlite } from "./flite.ts";
import { TELEPHONE_RATE_HZ, toTelephone } from "./telephone-audio.ts";

async function perform(task: EngineTask): Promise<EngineAnswer> {
  const speech = await speakWithFlite(task.text);
  if (!speech.ok) return { ok: false, detail: speech.error.detail };
  const audio = toTelephone(speech.value);
  if (audio === null) return { ok: false, detail: "the engine was silent" };
  const part = `${task.outPath}.part`;
  await writeFile(part, audio, { flush: true });
  await rename(part, task.outPath); // whoever plays it sees the whole file or none
  return { ok: true, durationMs: Math.round((audio.length * 1000) / TELEPHONE_RATE_HZ) };
}

process.on("disconnect", () => process.exit());
process.on("message", (task: EngineTask) => {
  perform(task).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ ok: false, detail: error instanceof Error ? error.message : String(error) } satisfies EngineAnswer),
  );
});
