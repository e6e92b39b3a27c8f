import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../testkit/plane.ts";
import type { FromWorker } from "./recorder.messages.ts";
import { WAV_HEADER_BYTES } from "./wav.ts";
import { createWriterThread, type WriterThread } from "./writer-thread.ts";

let folder: string;
let thread: WriterThread;
let told: FromWorker[];
let deaths: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringdesk-writer-"));
  told = [];
  deaths = 0;
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  thread = createWriterThread({ mediaFolder: folder, log, onMessage: (message) => void told.push(message), onDeath: () => { deaths += 1; } });
});
afterEach(async () => {
  await thread.close();
  rmSync(folder, { recursive: true, force: true });
});

const CHUNK_BYTES = 3_200;
/** Appends so many chunks, each filled with its number, more than are in memory at once. */
async function write(id: string, chunks: number): Promise<void> {
  for (let n = 0; n < chunks; n += 1) {
    const chunk = thread.take();
    chunk.bytes.fill(n % 251);
    expect(thread.append(id, chunk, CHUNK_BYTES)).toBe(true);
    if (n % 100 === 99) await eventually(() => told.flatMap((message) => (message.type === "written" ? message.chunks : [])).filter((one) => one.id === id).length === n + 1);
  }
}
async function completed(id: string): Promise<Buffer> {
  thread.post({ do: "complete", id });
  await eventually(() => told.some((message) => message.type === "completed" && message.id === id));
  return readFileSync(join(folder, `recordings/${id}.wav`)).subarray(WAV_HEADER_BYTES);
}
const expected = (chunks: number): Buffer => Buffer.concat(Array.from({ length: chunks }, (_, n) => Buffer.alloc(CHUNK_BYTES, n % 251)));

test("REC-4 what is appended is in the file, in order, while its memory goes round", async () => {
  thread.post({ do: "open", id: "a" });
  await write("a", 1_000);
  expect((await completed("a")).equals(expected(1_000))).toBe(true);
  expect(thread.waiting()).toBe(0);
});

test("a thread that dies is told, and the next one writes from the same memory", async () => {
  thread.post({ do: "open", id: "lost" });
  await write("lost", 300);
  const held = thread.take();
  // No such memory: the thread fails.
  thread.append("lost", { slot: 99_999, bytes: held.bytes }, 1);
  await eventually(() => deaths === 1);
  thread.post({ do: "open", id: "b" });
  await write("b", 600);
  expect((await completed("b")).equals(expected(600))).toBe(true);
});
