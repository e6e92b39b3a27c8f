import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createAudioLibrary } from "./audio-library.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringdesk-library-"));
  mkdirSync(join(folder, "music"));
});
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const file = (path: string) => [{ source: { kind: "file", path }, times: 1 }] as const;

test("a file is read once, and again when it changed", async () => {
  const library = createAudioLibrary(folder);
  writeFileSync(join(folder, "a.ulaw"), Uint8Array.of(1, 2, 3));
  const [first, same] = await Promise.all([library.load(file("a.ulaw")), library.load(file("a.ulaw"))]);
  expect(first.ok && same.ok && first.value[0]!.bytes === same.value[0]!.bytes).toBe(true);
  writeFileSync(join(folder, "a.ulaw"), Uint8Array.of(4, 5, 6));
  utimesSync(join(folder, "a.ulaw"), 1, 1);
  const changed = await library.load(file("a.ulaw"));
  expect(changed.ok && [...changed.value[0]!.bytes!]).toEqual([4, 5, 6]);
});

test("memory is bounded, and files too large, empty or missing are refused", async () => {
  const library = createAudioLibrary(folder, { fileBytes: 100, cacheBytes: 150 });
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, `${name}.ulaw`), new Uint8Array(60));
  for (const name of ["a", "b", "c"]) await library.load(file(`${name}.ulaw`));
  expect(library.cachedBytes()).toBe(120);
  writeFileSync(join(folder, "big.ulaw"), new Uint8Array(101));
  writeFileSync(join(folder, "empty.ulaw"), new Uint8Array(0));
  expect(await library.load(file("big.ulaw"))).toEqual({ ok: false, error: { type: "file-too-large", path: "big.ulaw" } });
  expect(await library.load(file("empty.ulaw"))).toEqual({ ok: false, error: { type: "file-missing", path: "empty.ulaw" } });
  expect(await library.load(file("none.ulaw"))).toEqual({ ok: false, error: { type: "file-missing", path: "none.ulaw" } });
  expect(await library.load(file("music"))).toEqual({ ok: false, error: { type: "file-missing", path: "music" } });
});

test("music that is gone is replaced by the default; tones and silence need no file", async () => {
  const library = createAudioLibrary(folder);
  writeFileSync(join(folder, "music/default.ulaw"), Uint8Array.of(9));
  const loaded = await library.load([
    { source: { kind: "music", name: "gone" }, times: "forever" }, { source: { kind: "tone", tone: "ringback" }, times: 1 }, { source: { kind: "silence", ms: 40 }, times: 1 },
  ]);
  expect(loaded.ok && loaded.value.map((item) => item.samples)).toEqual([1, 48_000, 320]);
});
