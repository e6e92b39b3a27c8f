import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { acquireLock } from "./lock.ts";
import { readBootId, readProcess } from "./proc.ts";
import { formatRecord, isSameProcess, readRecord, type ProcessRecord } from "./process-record.ts";

const me = readProcess(process.pid);
const mine: ProcessRecord = { pid: process.pid, startTicks: me?.startTicks ?? 0, bootId: readBootId(), program: "node", stopSignal: "SIGTERM" };
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringdesk-lock-"));
  path = join(folder, "launcher.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the lock of the data folder", () => {
  test("is taken, refused to a second, and free again after release", () => {
    const first = acquireLock(path, "node");
    expect(first.ok).toBe(true);
    expect(acquireLock(path, "node")).toEqual({ ok: false, error: { type: "folder-in-use", pid: process.pid } });
    if (first.ok) first.value.release();
    expect(acquireLock(path, "node").ok).toBe(true);
  });

  const stale: readonly (readonly [string, string])[] = [
    ["whose holder is gone", formatRecord({ ...mine, pid: 4_194_304 })],
    ["whose pid now belongs to a process that started at another time", formatRecord({ ...mine, startTicks: mine.startTicks - 1 })],
    ["of an earlier boot", formatRecord({ ...mine, bootId: "another" })],
    ["whose pid now runs another program", formatRecord({ ...mine, program: "no-such-program" })],
    ["that a crash cut short", `${process.pid}\n{"pid":`],
    ["that is empty", ""],
  ];
  for (const [what, text] of stale) test(`${what} is adopted`, () => {
    writeFileSync(path, text);
    expect(acquireLock(path, "node").ok).toBe(true);
    expect(readRecord(path)?.pid).toBe(process.pid);
  });

  test("release leaves a lock alone that is another's by now", () => {
    const lock = acquireLock(path, "node");
    const others = formatRecord({ ...mine, pid: 1 });
    writeFileSync(path, others);
    if (lock.ok) lock.value.release();
    expect(readFileSync(path, "utf8")).toBe(others);
  });
});

test("a zombie or a missing process is never the same process", () => {
  expect(isSameProcess(mine, null, mine.bootId)).toBe(false);
  expect(isSameProcess(mine, me, mine.bootId)).toBe(true);
});
