import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { LegId, RecordingId } from "@ringdesk/std";
import { ulawToLinear } from "@ringdesk/telecom/g711";
import { strongestTone } from "../../testkit/phone.ts";
import { createTestPlane } from "../../testkit/plane.ts";

test("REC-4 a recording whose process is killed is whole up to the last moment at the next start", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringdesk-crash-"));
  const child = spawn(process.execPath, [fileURLToPath(new URL("../../testkit/record-until-killed.ts", import.meta.url)), folder], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await new Promise((resolve) => { child.stdout.once("data", resolve); });
    await new Promise((resolve) => { setTimeout(resolve, 2_000); });
    const exited = new Promise((resolve) => { child.once("exit", resolve); });
    child.kill("SIGKILL");
    await exited;
    // A write that the crash cut in the middle of a sample.
    appendFileSync(join(folder, "recordings/live/crashed.wav"), Uint8Array.of(0x55));
    const next = await createTestPlane({}, folder);
    const [repaired] = next.events;
    expect(repaired).toMatchObject({ type: "recording-stopped", recording: "crashed", why: "repaired", path: "recordings/crashed.wav" });
    const durationMs = repaired?.type === "recording-stopped" ? repaired.durationMs : 0;
    expect(durationMs).toBeGreaterThan(1_500);
    const file = readFileSync(join(folder, "recordings/crashed.wav"));
    expect([file.readUInt32LE(54), (file.length - 58) % 2]).toEqual([file.length - 58, 0]);
    const left = Int16Array.from({ length: (file.length - 58) / 2 }, (_, n) => ulawToLinear[file[58 + 2 * n]!]!);
    expect(strongestTone(left.subarray(-4_000), [440, 1_000])).toBe(440);
    await next.close();
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a recordings folder that cannot be read does not keep the switch from starting, nor calls from being made", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringdesk-unreadable-"));
  mkdirSync(join(folder, "recordings"));
  writeFileSync(join(folder, "recordings/live"), "in the way");
  const setup = await createTestPlane({}, folder);
  await setup.callFrom("a");
  setup.plane.startRecording("r" as RecordingId, "a" as LegId, null);
  expect(await setup.until("recording-stopped")).toMatchObject({ recording: "r", why: "failed" });
  await setup.close();
  rmSync(folder, { recursive: true, force: true });
});
