// The waveforms of recordings: counted once from the audio, and kept in a file on the local disk.
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { err, ok, type Result } from "@ringdesk/std";
import { z } from "zod";
import { newId } from "../kernel/index.ts";
import { countPeaks, durationOfData, MAX_HEADER_BYTES, readWavHeader } from "./peaks.rules.ts";
import { allOf } from "./pieces.ts";
import { SealBroken } from "./recording-seal.ts";
import type { RecordingError } from "./recordings.errors.ts";
import type { Audio, Peaks } from "./recordings.ports.ts";

const keptPeaks = z.object({ durationMs: z.number(), customer: z.array(z.number()), agent: z.array(z.number()) });

/** The file of a waveform whose recording is kept at `path`. */
export const waveformPath = (path: string): string => `${path.replace(/\.wav$/, "")}.peaks.json`;

/** The waveform at `path`, or else counted from the audio and kept there, if `isKept` says afterwards that the recording still is. */
export async function peaksOf(path: string, open: () => Promise<Result<Audio, RecordingError>>, isKept: () => Promise<boolean>): Promise<Result<Peaks, RecordingError>> {
  const kept = await readKept(path);
  if (kept !== null) return ok(kept);
  const audio = await open();
  if (!audio.ok) return audio;
  const counted = await count(audio.value).catch((error: unknown) => err({ type: error instanceof SealBroken ? "recording-unreadable" as const : "recording-store-away" as const, detail: String(error) }));
  if (!counted.ok) return counted;
  const draft = `${path}.${newId()}`;
  // A full disk does not keep anybody from seeing the waveform.
  await writeFile(draft, JSON.stringify(counted.value)).then(() => rename(draft, path)).catch(() => rm(draft, { force: true })).catch(() => undefined);
  if (!await isKept()) await rm(path, { force: true });
  return counted;
}

async function readKept(path: string): Promise<Peaks | null> {
  try {
    const parsed = keptPeaks.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // not counted yet, or cut short: counted again
  }
}

async function count(audio: Audio): Promise<Result<Peaks, RecordingError>> {
  const none = (detail: string) => err({ type: "recording-unreadable" as const, detail });
  if (audio.bytes === 0) return none("no-wave");
  const head = await audio.read(0, Math.min(audio.bytes, MAX_HEADER_BYTES) - 1);
  if (!head.ok) return head;
  const layout = readWavHeader(await allOf(head.value), audio.bytes);
  if (typeof layout === "string") return none(layout);
  const counter = countPeaks(layout.dataBytes);
  if (layout.dataBytes > 0) {
    const data = await audio.read(layout.dataStart, layout.dataStart + layout.dataBytes - 1);
    if (!data.ok) return data;
    for await (const part of data.value) {
      counter.add(part);
      await nextTurn(); // a recording of hours must not keep others waiting
    }
  }
  return ok({ durationMs: durationOfData(layout.dataBytes), ...counter.result() });
}
