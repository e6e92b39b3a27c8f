import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync, existsSync, writeSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { alawToUlaw } from "@ringdesk/telecom/g711";
import type { RtpHeader } from "@ringdesk/telecom/rtp";
import { createRecordingFiles, repairRecordings } from "./recording-files.ts";
import { RecordingTrack } from "./recording-track.ts";
import { WAV_HEADER_BYTES, wavHeader } from "./wav.ts";

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "ringdesk-recording-")); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const second = (): Uint8Array => new Uint8Array(16_000).fill(0x55);

describe("the file of a recording", () => {
  test("grows in live/ with an open-ended header and ends complete in its place", () => {
    const files = createRecordingFiles(folder);
    expect(files.open("r").ok).toBe(true);
    expect(files.append("r", second()).ok).toBe(true);
    expect(readFileSync(join(folder, "recordings/live/r.wav")).readUInt32LE(54)).toBe(0xffff_ffff);
    expect(files.complete("r")).toEqual({ durationMs: 1_000 });
    const file = readFileSync(join(folder, "recordings/r.wav"));
    expect([file.length, file.readUInt32LE(4), file.readUInt32LE(46), file.readUInt32LE(54)]).toEqual([16_058, 16_050, 8_000, 16_000]);
    expect(existsSync(join(folder, "recordings/live/r.wav"))).toBe(false);
  });

  test("REC-4 a full disk ends the recording with what was written, and the file is whole", () => {
    let room = 20_000;
    const files = createRecordingFiles(folder, {
      open: (path) => openSync(path, "wx+"),
      write: (fd, bytes) => {
        const taken = Math.min(room, bytes.length);
        if (taken === 0) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
        room -= taken;
        return writeSync(fd, bytes, 0, taken);
      },
    });
    files.open("r");
    files.append("r", second());
    expect(files.append("r", second())).toMatchObject({ ok: false, durationMs: Math.round((20_000 - WAV_HEADER_BYTES) / 16) });
    expect(files.append("r", second()).ok).toBe(true);
    const file = readFileSync(join(folder, "recordings/r.wav"));
    expect(file.readUInt32LE(54)).toBe(file.length - WAV_HEADER_BYTES);
  });

  test("an id that exists already is refused", () => {
    const files = createRecordingFiles(folder);
    files.open("r");
    expect(files.open("r").ok).toBe(false);
    files.complete("r");
    expect(files.open("r").ok).toBe(false);
  });

  test("REC-4 what a crash left is repaired: odd bytes, a bare header, an empty file", () => {
    mkdirSync(join(folder, "recordings/live"), { recursive: true });
    const left = (name: string, bytes: Uint8Array): void => writeFileSync(join(folder, "recordings/live", name), bytes);
    left("odd.wav", Uint8Array.of(...wavHeader(null), ...second().subarray(0, 8_001)));
    left("bare.wav", wavHeader(null));
    left("empty.wav", new Uint8Array(0));
    const { repaired, failed } = repairRecordings(folder);
    expect(new Map(repaired.map((one) => [one.recording, one.durationMs]))).toEqual(new Map([["odd", 500], ["bare", 0], ["empty", 0]]));
    expect(failed).toEqual([]);
    for (const { recording } of repaired) {
      const file = readFileSync(join(folder, `recordings/${recording}.wav`));
      expect(file.toString("latin1", 0, 4)).toBe("RIFF");
      expect(file.readUInt32LE(54)).toBe(file.length - WAV_HEADER_BYTES);
    }
    expect(repairRecordings(folder).repaired).toEqual([]);
  });
});

describe("a track", () => {
  const header = (timestamp: number, ssrc = 1): RtpHeader => ({ payloadType: 0, marker: false, sequence: 0, timestamp: timestamp >>> 0, ssrc, payloadStart: 0, payloadEnd: 160 });
  const frame = (value: number): Uint8Array => new Uint8Array(160).fill(value);
  /** Ticks `frames` times from `firstMs` on, hearing in each frame what `say` says. Returns the middle byte of each frame that was written, by channel. */
  const record = (frames: number, say: (track: RecordingTrack, n: number, nowMs: number) => void): { readonly left: number[]; readonly right: number[] } => {
    const chunks: Uint8Array[] = [];
    const track = new RecordingTrack({ take: () => ({ slot: 0, bytes: new Uint8Array(3_200) }), onChunk: (chunk, length) => { chunks.push(chunk.bytes.subarray(0, length)); } });
    for (let n = 0; n < frames; n += 1) {
      const nowMs = 5_000 + n * 20;
      say(track, n, nowMs - 19);
      track.tick(nowMs, 1);
    }
    track.drain();
    const bytes = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
    const channel = (side: number): number[] => Array.from({ length: bytes.length / 320 }, (_, n) => bytes[n * 320 + 160 + side]!);
    return { left: channel(0), right: channel(1) };
  };
  const SILENCE = 0xff;

  test("is as long as it ran, and what is said at the same time stands at the same place", () => {
    const { left, right } = record(50, (track, n, nowMs) => {
      track.left.hear(frame(1 + n), header(0xffff_ff00 + n * 160), "pcmu", nowMs);
      if (n >= 20) track.right.hear(frame(131 + n), header(n * 160, 2), "pcmu", nowMs);
    });
    expect(left.length).toBe(50);
    expect(left.slice(1)).toEqual(Array.from({ length: 49 }, (_, n) => 2 + n));
    expect(right.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => SILENCE));
    expect(right.slice(21)).toEqual(Array.from({ length: 29 }, (_, n) => 152 + n));
  });

  test("reordering is put right, and a lost packet does not move what follows", () => {
    const { left } = record(50, (track, n, nowMs) => {
      const sent = n % 10 === 3 ? n + 1 : n % 10 === 4 ? n - 1 : n;
      if (n % 10 !== 7) track.left.hear(frame(1 + sent), header(sent * 160), "pcmu", nowMs);
    });
    left.forEach((value, n) => { if (n > 0 && n % 10 !== 7) expect(value).toBe(1 + n); });
  });

  test("two senders with clocks half a percent apart stay within a quarter of a second of each other", () => {
    let sent = 0;
    const { left } = record(15_000, (track, n, nowMs) => {
      for (; sent <= n * 1.005; sent += 1) track.left.hear(frame(sent % 120), header(sent * 160), "pcmu", nowMs);
    });
    const lag = (sent - 1 - left.at(-1)! + 120 * 1_000) % 120;
    expect(Math.min(lag, 120 - lag)).toBeLessThanOrEqual(12);
  });

  test("A-law is recorded as µ-law", () => {
    const { left } = record(20, (track, n, nowMs) => track.left.hear(frame(n < 10 ? 0xd5 : 0x2a), header(n * 160), "pcma", nowMs));
    // A-law has no zero: its silence is the smallest positive step of µ-law.
    expect([left[5], left[15]]).toEqual([0xfe, alawToUlaw[0x2a]]);
  });

  test("a pause is left out, and nothing said in it is recorded", () => {
    const { left } = record(60, (track, n, nowMs) => {
      if (n === 20) track.pause();
      if (n === 40) track.resume();
      track.left.hear(frame(1 + n), header(n * 160), "pcmu", nowMs);
    });
    expect(left.length).toBe(40);
    expect(left.slice(1, 20)).toEqual(Array.from({ length: 19 }, (_, n) => 2 + n));
    expect(left.slice(21)).toEqual(Array.from({ length: 19 }, (_, n) => 42 + n));
  });
});
