import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSynced } from "./file-bytes.fs.ts";

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), "file-bytes-")); });
afterAll(() => rm(folder, { recursive: true, force: true }));

async function* parts(...lengths: number[]): AsyncGenerator<Uint8Array> {
  for (const [at, length] of lengths.entries()) yield new Uint8Array(length).fill(at + 1);
}

test("REC-3 all parts are written, one after the other", async () => {
  const path = join(folder, "whole");
  await writeSynced(path, parts(3, 70_000, 1));
  expect(await readFile(path)).toEqual(Buffer.concat([Buffer.alloc(3, 1), Buffer.alloc(70_000, 2), Buffer.alloc(1, 3)]));
});

test("REC-3 a disk that takes only the first half of a write, and then no more, is no success", async () => {
  const path = join(folder, "half");
  const program = `import { writeSynced } from ${JSON.stringify(new URL("file-bytes.fs.ts", import.meta.url).href)};
    await writeSynced(${JSON.stringify(path)}, (async function* () { yield new Uint8Array(10_000); })()).then(() => console.log("taken for written"), (e) => console.log(e.code));`;
  // The limit of a process stands for the end of the disk: both give a short write first and an error after it. 8 blocks are 4 KB.
  const said = await new Promise<string>((resolve, reject) => {
    execFile("sh", ["-c", 'ulimit -f 8; exec "$0" --input-type=module --eval "$1"', process.execPath, program], (error, stdout) => { if (error === null) resolve(stdout.trim()); else reject(error); });
  });
  expect([said, (await stat(path)).size]).toEqual(["EFBIG", 4_096]);
});
