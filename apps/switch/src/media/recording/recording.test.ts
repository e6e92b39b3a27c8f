import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync, existsSync, writeSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RtpHeader } from "@ringdesk/telecom/rtp";
import { ChannelTimeline, PLACE_AHEAD_SAMPLES } from "./channel-timeline.ts";
import { createRecordingFiles, repairRecordings } from "./recording-files.ts";
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

describe("a channel", () => {
  const header = (timestamp: number, ssrc = 1): RtpHeader => ({ payloadType: 0, marker: false, sequence: 0, timestamp: timestamp >>> 0, ssrc, payloadStart: 0, payloadEnd: 160 });
  const frame = (value: number): Uint8Array => new Uint8Array(160).fill(value);
  const read = (channel: ChannelTimeline, frames: number): number[] => {
    const out = new Uint8Array(320 * frames);
    for (let n = 0; n < frames; n += 1) channel.read(out, n * 320, 160);
    return Array.from({ length: frames }, (_, n) => out[n * 320 + 80]!);
  };
  const ahead = PLACE_AHEAD_SAMPLES / 160;
  const lead = Array.from({ length: ahead }, () => 0xff);

  test("loss leaves silence and reordering is put right, also over the wrap of the timestamp", () => {
    const channel = new ChannelTimeline();
    for (const n of [0, 2, 1, 4]) channel.hear(frame(n + 1), header(0xffff_ff00 + n * 160), "pcmu");
    expect(read(channel, ahead + 6)).toEqual([...lead, 1, 2, 3, 0xff, 5, 0xff]);
  });

  test("another SSRC, a jump of the sender's clock, and a sender that lags are anchored at the present", () => {
    const channel = new ChannelTimeline();
    channel.hear(frame(1), header(0), "pcmu");
    read(channel, 10);
    channel.hear(frame(2), header(500_000, 2), "pcmu");
    expect(read(channel, ahead + 1)).toEqual([...lead, 2]);
    channel.hear(frame(3), header(900_000, 2), "pcmu");
    expect(read(channel, ahead + 1)).toEqual([...lead, 3]);
    read(channel, 50);
    const heard = [4, 5, 6, 7, 8].map((value, n) => { channel.hear(frame(value), header(900_160 + n * 160, 2), "pcmu"); return read(channel, 1); }).flat();
    expect(heard).toEqual([0xff, 0xff, 0xff, 0xff, 0xff]);
    expect(read(channel, ahead)).toEqual([...lead.slice(1), 8]);
  });

  test("two senders with clocks half a percent apart stay within a quarter of a second of each other", () => {
    const fast = new ChannelTimeline();
    let sent = 0;
    let last = -1;
    for (let tick = 0; tick < 30_000; tick += 1) {
      for (; sent <= tick * 1.005; sent += 1) fast.hear(frame(sent % 251), header(sent * 160), "pcmu");
      last = read(fast, 1)[0]!;
    }
    const lag = (sent - 1 - last + 251 * 1_000) % 251;
    expect(last).not.toBe(0xff);
    expect(lag).toBeLessThanOrEqual(14);
  });

  test("A-law is recorded as µ-law", () => {
    const channel = new ChannelTimeline();
    // A-law has no zero: its silence is the smallest positive step of µ-law.
    channel.hear(frame(0xd5), header(0), "pcma");
    expect(read(channel, ahead + 1).at(-1)).toBe(0xfe);
    channel.reset();
    channel.hear(frame(0x2a), header(0), "pcma");
    expect(read(channel, ahead + 1).at(-1)).toBeLessThan(4);
  });
});
