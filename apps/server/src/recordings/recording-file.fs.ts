// The files of recordings on the local disk.
import { open, readFile, rename, stat, writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { err, ok, type Result } from "@ringdesk/std";
import { z } from "zod";
import { newId } from "../kernel/index.ts";
import { countPeaks, durationOfData, MAX_HEADER_BYTES, readWavHeader } from "./peaks.rules.ts";
import type { Peaks } from "./recordings.ports.ts";

export type FileUnreadable = { readonly type: "recording-unreadable"; readonly detail: string };

const READ_BYTES = 65_536;
const keptPeaks = z.object({ durationMs: z.number(), customer: z.array(z.number()), agent: z.array(z.number()) });

/** The size of a file in bytes. */
export async function fileBytes(path: string): Promise<Result<number, FileUnreadable>> {
  return attempt(async () => (await stat(path)).size);
}

/** The waveform of a recording: counted once, kept beside the file. */
export async function peaksOf(path: string): Promise<Result<Peaks, FileUnreadable>> {
  const beside = `${path.replace(/\.wav$/, "")}.peaks.json`;
  const kept = await readKept(beside);
  if (kept !== null) return ok(kept);
  const counted = await attempt(() => count(path));
  if (!counted.ok) return counted;
  if (typeof counted.value === "string") return err({ type: "recording-unreadable", detail: counted.value });
  const draft = `${beside}.${newId()}`;
  // A full disk does not keep anybody from seeing the waveform.
  await attempt(async () => {
    await writeFile(draft, JSON.stringify(counted.value));
    await rename(draft, beside);
  });
  return ok(counted.value);
}

async function readKept(path: string): Promise<Peaks | null> {
  try {
    const parsed = keptPeaks.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // not counted yet, or cut short: counted again
  }
}

/** A word when the file is no recording of ours. */
async function count(path: string): Promise<Peaks | string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const head = new Uint8Array(Math.min(size, MAX_HEADER_BYTES));
    await file.read(head, 0, head.length, 0);
    const layout = readWavHeader(head, size);
    if (typeof layout === "string") return layout;
    const counter = countPeaks(layout.dataBytes);
    const buffer = new Uint8Array(READ_BYTES);
    const end = layout.dataStart + layout.dataBytes;
    for (let at = layout.dataStart; at < end;) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(READ_BYTES, end - at), at);
      if (bytesRead === 0) break;
      counter.add(buffer.subarray(0, bytesRead));
      at += bytesRead;
      await nextTurn(); // a recording of hours must not keep others waiting
    }
    return { durationMs: durationOfData(layout.dataBytes), ...counter.result() };
  } finally {
    await file.close();
  }
}

async function attempt<T>(run: () => Promise<T>): Promise<Result<T, FileUnreadable>> {
  try {
    return ok(await run());
  } catch (error) {
    return err({ type: "recording-unreadable", detail: error instanceof Error ? error.message : String(error) });
  }
}
