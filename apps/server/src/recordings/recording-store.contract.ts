// What every store of recordings does.
import { createHash } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newId } from "../kernel/index.ts";
import { allOf } from "./pieces.ts";
import type { RecordingStore } from "./recordings.ports.ts";

const BYTES = 200_000;
const digest = (bytes: Uint8Array): string => `${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`;
const content = Uint8Array.from({ length: BYTES }, (_, at) => at % 251);

export function recordingStoreContract(open: () => RecordingStore, folder: () => string): void {
  const put = async (bytes: Uint8Array, name = `recordings/${newId()}.wav`): Promise<string> => {
    const path = join(folder(), `${newId()}.draft`);
    await writeFile(path, bytes);
    expect(await open().put(name, path)).toEqual({ ok: true, value: undefined });
    return name;
  };
  const read = async (name: string, first: number, last: number): Promise<unknown> => {
    const got = await open().read(name, first, last);
    return got.ok ? digest(await allOf(got.value)) : got.error;
  };

  test("REC-3 what was put is read whole and in parts", async () => {
    const name = await put(content);
    expect(await open().bytes(name)).toEqual({ ok: true, value: BYTES });
    expect(await read(name, 0, BYTES - 1)).toBe(digest(content));
    for (const [first, last] of [[0, 0], [65_535, 65_536], [BYTES - 1, BYTES - 1], [1_000, 150_000]] as const) {
      expect(await read(name, first, last)).toBe(digest(content.subarray(first, last + 1)));
    }
  });
  test("REC-3 what is put again replaces what was there", async () => {
    const name = await put(content);
    await put(content.subarray(0, 10), name);
    expect(await open().bytes(name)).toEqual({ ok: true, value: 10 });
  });
  test("REC-3 what was removed, or never was, is not there", async () => {
    const name = await put(content);
    for (let times = 0; times < 2; times += 1) expect(await open().remove(name)).toEqual({ ok: true, value: undefined });
    expect(await open().bytes(name)).toEqual({ ok: false, error: { type: "not-there" } });
    expect(await read(name, 0, 9)).toEqual({ type: "not-there" });
    expect(await open().put(name, join(await mkdtemp(join(tmpdir(), "rd-none-")), "nothing"))).toEqual({ ok: false, error: { type: "not-there" } });
  });
}
