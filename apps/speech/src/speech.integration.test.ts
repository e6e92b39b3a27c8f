import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { speechReply, type SpeechReply } from "@ringdesk/contract/speech";
import { decodeUlawBytes } from "@ringdesk/telecom/g711";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngineProcess } from "./engine-process.ts";
import { activeLevelDbfs, MUSIC_LEVEL_DBFS, SPEECH_LEVEL_DBFS, TELEPHONE_RATE_HZ } from "./telephone-audio.ts";

let folder: string;
let speech: ChildProcess;
let socket: Socket;
const waiting = new Map<string, (reply: SpeechReply) => void>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ringdesk-speech-"));
  for (const name of ["run", "media", "media/prompts"]) mkdirSync(join(folder, name));
  speech = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { PATH: process.env["PATH"], RINGDESK_DATA: folder }, stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await new Promise((resolve) => speech.once("message", resolve));
  socket = connect(join(folder, "run/speech.sock"));
  createInterface({ input: socket }).on("line", (line) => {
    const reply = speechReply.parse(JSON.parse(line));
    waiting.get(reply.id)?.(reply);
  });
});
afterAll(async () => {
  socket.destroy();
  const gone = new Promise((resolve) => speech.once("exit", resolve));
  speech.disconnect(); // as when the launcher is gone
  await gone;
  rmSync(folder, { recursive: true, force: true });
});

function ask(id: string, line: object): Promise<SpeechReply> {
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    socket.write(`${JSON.stringify({ id, ...line })}\n`);
  });
}
const out = (name: string): string => join(folder, "media/prompts", name);

test("speaks a greeting as telephone audio of plausible length and loudness", async () => {
  const reply = await ask("a", { locale: "en-US", text: "Thank you for calling.", outPath: out("a.ulaw") });
  expect(reply).toMatchObject({ ok: true, engine: "flite-rms" });
  const bytes = readFileSync(out("a.ulaw"));
  const seconds = bytes.length / TELEPHONE_RATE_HZ;
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThan(3);
  expect(reply.ok && reply.durationMs).toBe(Math.round(seconds * 1000));
  const level = activeLevelDbfs(Float32Array.from(decodeUlawBytes(bytes), (v) => v / 32_768)) ?? -100;
  expect(Math.abs(level - SPEECH_LEVEL_DBFS)).toBeLessThan(2);
});

test("an uploaded sound becomes telephone audio; what is none is told apart from a failure", async () => {
  const wav = new Uint8Array(44 + 32_000);
  const view = new DataView(wav.buffer);
  for (const [at, text] of [[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]] as const) wav.set(new TextEncoder().encode(text), at);
  for (const [at, value] of [[16, 16], [24, 16_000], [40, 32_000]] as const) view.setUint32(at, value, true);
  for (const [at, value] of [[20, 1], [22, 1], [34, 16]] as const) view.setUint16(at, value, true);
  for (let n = 0; n < 16_000; n += 1) view.setInt16(44 + 2 * n, Math.round(9_000 * Math.sin((2 * Math.PI * 500 * n) / 16_000)), true);
  writeFileSync(join(folder, "media/up"), wav);
  expect(await ask("c", { inPath: join(folder, "media/up"), outPath: out("c.ulaw") })).toMatchObject({ ok: true, durationMs: 1_000 });
  expect(readFileSync(out("c.ulaw")).length).toBe(8_000);
  writeFileSync(join(folder, "media/up"), "ID3 this is an MP3");
  expect(await ask("d", { inPath: join(folder, "media/up"), outPath: out("d.ulaw") })).toMatchObject({ ok: false, error: "unreadable", fault: "damaged", detail: "its tag is longer than the file" });
  expect(await ask("e", { inPath: "/etc/passwd", outPath: out("e.ulaw") })).toMatchObject({ ok: false, error: "path-refused" });
});

test("QUE-6 NUM-4 an uploaded MP3 becomes telephone audio with its tone, at the loudness of music; silence is refused", async () => {
  copyFileSync(join(import.meta.dirname, "fixtures/tone-1000-mono-vbr.mp3"), join(folder, "media/up.wav")); // its name is not what counts
  expect(await ask("m", { inPath: join(folder, "media/up.wav"), outPath: out("m.ulaw") })).toMatchObject({ ok: true, durationMs: 2_500 });
  const samples = Float32Array.from(decodeUlawBytes(readFileSync(out("m.ulaw"))), (v) => v / 32_768);
  expect(samples.length).toBe(20_000);
  expect(Math.abs((activeLevelDbfs(samples) ?? -100) - MUSIC_LEVEL_DBFS)).toBeLessThan(1);
  let changes = 0;
  for (let n = 4_001; n < 12_000; n += 1) if ((samples[n] ?? 0) >= 0 !== (samples[n - 1] ?? 0) >= 0) changes += 1;
  expect(Math.abs(changes - 2_000)).toBeLessThanOrEqual(2); // 1000 Hz for a second
  writeFileSync(join(folder, "media/up"), Buffer.concat([Buffer.from("RIFF\x24\x40\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\x40\0\0", "latin1"), Buffer.alloc(16_384)]));
  expect(await ask("s", { inPath: join(folder, "media/up"), outPath: out("s.ulaw") })).toMatchObject({ ok: false, error: "unreadable", fault: "silent" });
});

test("uploads and greetings that come together are all answered", async () => {
  copyFileSync(join(import.meta.dirname, "fixtures/tone-440-stereo.mp3"), join(folder, "media/up"));
  const uploads = Array.from({ length: 4 }, (_, i) => ask(`u${i}`, { inPath: join(folder, "media/up"), outPath: out(`u${i}.ulaw`) }));
  expect(await ask("g", { locale: "en-US", text: "Welcome", outPath: out("g.ulaw") })).toMatchObject({ ok: true });
  expect((await Promise.all(uploads)).map((reply) => reply.ok)).toEqual([true, true, true, true]);
});

test("text is data: it reaches no shell and no option of the engine", async () => {
  const reply = await ask("b", { locale: "en-US", text: `-o ${out("evil.wav")} $(touch ${out("evil")})`, outPath: out("b.ulaw") });
  expect(reply.ok).toBe(true);
  expect(() => readFileSync(out("evil"))).toThrow();
  expect(() => readFileSync(out("evil.wav"))).toThrow();
});

test("requests that come together are all answered", async () => {
  const replies = await Promise.all(Array.from({ length: 5 }, (_, i) => ask(`c${i}`, { locale: "en-CA", text: `Number ${i}`, outPath: out(`c${i}.ulaw`) })));
  expect(replies.map((reply) => reply.ok)).toEqual([true, true, true, true, true]);
});

test("refuses with a reason", async () => {
  const error = async (id: string, line: object) => {
    const reply = await ask(id, { locale: "en-US", text: "Hello", outPath: out("d.ulaw"), ...line });
    return reply.ok ? null : reply.error;
  };
  expect(await error("d1", { locale: "fr-FR" })).toBe("no-voice");
  expect(await error("d2", { text: "  " })).toBe("text-empty");
  expect(await error("d3", { text: "x".repeat(2_001) })).toBe("text-too-long");
  expect(await error("d4", { outPath: join(folder, "elsewhere.ulaw") })).toBe("path-refused");
  expect(await error("d5", { outPath: `${folder}/media/../escape.ulaw` })).toBe("path-refused");
  expect(await error("d6", { outPath: out("missing/d.ulaw") })).toBe("failed");
  expect(await error("", { id: 7 })).toBe("malformed");
});

describe("an engine that misbehaves", () => {
  const engine = (code: string, taskTimeoutMs: number) => {
    const program = join(folder, `engine-${Math.random()}.mjs`);
    writeFileSync(program, code);
    return createEngineProcess(program, { taskTimeoutMs, idleTimeoutMs: 10_000 });
  };

  test("is killed when it hangs, and the next task gets a new one", async () => {
    const hung = engine(`process.on("message", (task) => { if (task.text === "hang") for (;;); process.send({ ok: true, durationMs: 1 }); });`, 300);
    expect(await hung.perform({ text: "hang", outPath: "" })).toEqual({ ok: false, detail: "timed-out" });
    expect(await hung.perform({ text: "speak", outPath: "" })).toEqual({ ok: true, durationMs: 1 });
    hung.stop();
  });

  test("has a process for each task where tasks may leave something behind", async () => {
    const program = join(folder, "each.mjs");
    writeFileSync(program, `process.on("message", () => process.send({ ok: true, durationMs: process.pid }));`);
    const each = createEngineProcess(program, { taskTimeoutMs: 30_000, idleTimeoutMs: 0 });
    const [first, second] = [await each.perform({ text: "x", outPath: "" }), await each.perform({ text: "x", outPath: "" })];
    expect(first.ok && second.ok && first.durationMs !== second.durationMs).toBe(true);
    each.stop();
  });

  test("fails one task when it crashes", async () => {
    const crashing = engine(`process.on("message", (task) => process.exit(3));`, 5_000);
    expect(await crashing.perform({ text: "x", outPath: "" })).toEqual({ ok: false, detail: "the engine ended (3)" });
    crashing.stop();
  });
});
