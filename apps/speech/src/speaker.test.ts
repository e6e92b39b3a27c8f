import { expect, test } from "vitest";
import type { EngineOutcome, EngineProcess } from "./engine-process.ts";
import { createSpeaker, MAX_WAITING } from "./speaker.ts";

const process = (outcome: Promise<EngineOutcome>): EngineProcess => ({ perform: () => outcome, stop: () => {} });
const upload = (id: string) => ({ id, inPath: "/media/up", outPath: "/media/music/m.ulaw" });

test("an upload that takes long keeps no greeting waiting; too many uploads are turned away", async () => {
  const speaker = createSpeaker({ voice: process(Promise.resolve({ ok: true, durationMs: 900 })), sounds: process(new Promise(() => {})) }, "/media", () => {});
  for (let n = 0; n < MAX_WAITING; n += 1) void speaker.convert(upload(`u${n}`));
  expect(await speaker.speak({ id: "g", locale: "en-US", text: "Welcome", outPath: "/media/prompts/g.ulaw" })).toEqual({ id: "g", ok: true, durationMs: 900, engine: "flite-rms" });
  expect(await speaker.convert(upload("late"))).toEqual({ id: "late", ok: false, error: "busy" });
});

test("NUM-5 a fault of the sound is told; one of the machine is logged", async () => {
  const logged: string[] = [];
  const ask = (outcome: EngineOutcome) =>
    createSpeaker({ voice: process(Promise.resolve(outcome)), sounds: process(Promise.resolve(outcome)) }, "/media", ({ error }) => logged.push(error)).convert(upload("u"));
  expect(await ask({ ok: false, fault: "not-a-sound", detail: "a PNG picture" })).toEqual({ id: "u", ok: false, error: "unreadable", fault: "not-a-sound", detail: "a PNG picture" });
  expect(logged).toEqual([]);
  expect(await ask({ ok: false, detail: "timed-out" })).toEqual({ id: "u", ok: false, error: "timed-out" });
  expect(await ask({ ok: false, detail: "the engine ended (SIGSEGV)" })).toEqual({ id: "u", ok: false, error: "failed" });
  expect(logged).toEqual(["timed-out", "failed"]);
});
