// The process in which texts are spoken: an engine that hangs or crashes takes nothing else along. Started by engine-process.ts.
import { answerTasks, writeSound } from "./child-tasks.ts";
import { speakWithFlite } from "./flite.ts";
import { toTelephone } from "./telephone-audio.ts";

answerTasks(async (task) => {
  if (!("text" in task)) return { ok: false, detail: "this process speaks" };
  const speech = await speakWithFlite(task.text);
  if (!speech.ok) return { ok: false, detail: speech.error.detail };
  const audio = toTelephone(speech.value);
  return audio === null ? { ok: false, detail: "the engine was silent" } : writeSound(audio, task.outPath);
});
