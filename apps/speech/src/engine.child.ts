// The process in which engines run: one that hangs or crashes takes nothing else along. Started by engine-process.ts.
import { readFile, rename, writeFile } from "node:fs/promises";
import type { EngineAnswer, EngineTask } from "./engine-process.ts";
import { speakWithFlite } from "./flite.ts";
import { MUSIC_LEVEL_DBFS, TELEPHONE_RATE_HZ, toTelephone } from "./telephone-audio.ts";
import { readWav } from "./wav.ts";

async function perform(task: EngineTask): Promise<EngineAnswer> {
  const audio = "text" in task ? await spoken(task.text) : await converted(task.inPath);
  if (!(audio instanceof Uint8Array)) return audio;
  const part = `${task.outPath}.part`;
  await writeFile(part, audio, { flush: true });
  await rename(part, task.outPath); // whoever plays it sees the whole file or none
  return { ok: true, durationMs: Math.round((audio.length * 1000) / TELEPHONE_RATE_HZ) };
}

async function spoken(text: string): Promise<Uint8Array | EngineAnswer> {
  const speech = await speakWithFlite(text);
  if (!speech.ok) return { ok: false, detail: speech.error.detail };
  return toTelephone(speech.value) ?? { ok: false, detail: "the engine was silent" };
}

async function converted(path: string): Promise<Uint8Array | EngineAnswer> {
  const sound = readWav(await readFile(path));
  if (!sound.ok) return { ok: false, unreadable: true, detail: sound.error.detail };
  return toTelephone(sound.value, MUSIC_LEVEL_DBFS) ?? { ok: false, unreadable: true, detail: "nothing to hear" };
}

process.on("disconnect", () => process.exit());
process.on("message", (task: EngineTask) => {
  perform(task).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ ok: false, detail: error instanceof Error ? error.message : String(error) } satisfies EngineAnswer),
  );
});
