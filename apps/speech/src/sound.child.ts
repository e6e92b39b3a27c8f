// The process in which uploaded sounds are read: nobody knows what is in them. Started by engine-process.ts, which kills it
// when it takes too long.
import { readFile } from "node:fs/promises";
import { answerTasks, writeSound } from "./child-tasks.ts";
import { MUSIC_LEVEL_DBFS, toLoudness } from "./telephone-audio.ts";
import { readUploadedSound } from "./uploaded-sound.ts";

/** All of this process. The longest sounds take three quarters of it. */
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;

function checkMemory(): void {
  if (process.memoryUsage.rss() > MAX_MEMORY_BYTES) throw new Error("the sound needs too much memory");
}

answerTasks(async (task) => {
  if (!("inPath" in task)) return { ok: false, detail: "this process converts sounds" };
  const sound = await readUploadedSound(await readFile(task.inPath), checkMemory);
  if (!sound.ok) return { ok: false, fault: sound.error.fault, detail: sound.error.detail };
  const audio = toLoudness(sound.value, MUSIC_LEVEL_DBFS);
  return audio === null ? { ok: false, fault: "silent", detail: "" } : writeSound(audio, task.outPath);
});
