import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UPLOAD_LIMITS } from "@ringdesk/contract/speech";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFrames } from "./mp3-frames.ts";
import { readUploadedSound } from "./uploaded-sound.ts";

const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, "fixtures", name)));
const bytesOf = (...parts: readonly (Uint8Array | string)[]): Uint8Array => new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part))));
const [stereo, vbr, lowRate, opposite] = ["tone-440-stereo.mp3", "tone-1000-mono-vbr.mp3", "tone-700-8khz.mp3", "tone-600-opposite.mp3"].map(file) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** Amplitude of one frequency in the middle of samples at 8 kHz, by Goertzel's sum over whole periods of 1 Hz. */
function amplitude(samples: Float32Array, hz: number): number {
  const middle = samples.subarray(4_000, 12_000);
  let [re, im] = [0, 0];
  middle.forEach((sample, n) => {
    re += sample * Math.cos((2 * Math.PI * hz * n) / 8_000);
    im += sample * Math.sin((2 * Math.PI * hz * n) / 8_000);
  });
  return (2 * Math.hypot(re, im)) / middle.length;
}
async function read(bytes: Uint8Array): Promise<Float32Array> {
  const sound = await readUploadedSound(bytes);
  if (!sound.ok) throw new Error(`${sound.error.fault}: ${sound.error.detail}`);
  return sound.value;
}
async function fault(bytes: Uint8Array): Promise<string> {
  const sound = await readUploadedSound(bytes);
  return sound.ok ? "none" : `${sound.error.fault}: ${sound.error.detail}`;
}
/** `times` the frames of a file. */
const repeated = (bytes: Uint8Array, times: number): Uint8Array => bytesOf(...Array.from({ length: times }, () => bytes));

describe("QUE-6 NUM-4 the tone of an MP3 comes out, at its length", () => {
  test("of 44.1 kHz in stereo; what a telephone cannot carry is gone and does not fold back", async () => {
    const samples = await read(stereo);
    expect(samples.length / 8_000).toBeCloseTo(2.53, 1);
    expect(amplitude(samples, 440)).toBeCloseTo(0.19, 2); // half of 0.4, as the other side has the other tone, and the encoder takes 5 %
    for (const hz of [2_000, 880]) expect(amplitude(samples, hz)).toBeLessThan(0.001);
  });

  test("of 22 kHz, MPEG-2, one channel, variable bit rate, without what its encoder added", async () => {
    const samples = await read(vbr);
    expect(samples.length).toBe(20_000);
    expect(amplitude(samples, 1_000)).toBeCloseTo(0.05, 2);
  });

  test("of 8 kHz, MPEG-2.5", async () => {
    const samples = await read(lowRate);
    expect(samples.length / 8_000).toBeCloseTo(2.66, 1);
    expect(amplitude(samples, 700)).toBeCloseTo(0.5, 1);
  });

  test("of two sides that are opposites, which would cancel each other", async () => {
    expect(amplitude(await read(opposite), 600)).toBeGreaterThan(0.4);
  });
});

describe("QUE-6 NUM-5 tags are left out, whatever is in them", () => {
  const tag = (size: number): Uint8Array => bytesOf("ID3\x04\0\0", Uint8Array.of(0, 0, size >> 7, size & 0x7f), new Uint8Array(size).fill(0xff));
  test("at the beginning and at the end", async () => {
    const plain = (await read(stereo)).length;
    const ape = new Uint8Array(32);
    ape.set(new TextEncoder().encode("APETAGEX"));
    ape[12] = 132;
    for (const bytes of [bytesOf(tag(300), stereo), bytesOf(tag(300), tag(20), stereo), bytesOf(new Uint8Array(1_000), stereo), bytesOf(stereo, "TAG", new Uint8Array(125)), bytesOf(stereo, new Uint8Array(100).fill(0x20), ape)]) {
      expect(Math.abs((await read(bytes)).length - plain)).toBeLessThan(8_000 * 0.06); // a decoder may lose a frame or two where it finds its way again
    }
  });

  test("a tag that is longer than its file, and one without sound behind it, are damage", async () => {
    expect(await fault(bytesOf("ID3\x04\0\0\0\x7f\x7f\x7f", stereo))).toBe("damaged: its tag is longer than the file");
    expect(await fault(bytesOf("ID3\x04\0\0\xff\x7f\x7f\x7f", stereo))).toBe("damaged: its tag is longer than the file");
    expect(await fault(tag(300))).toBe("damaged: there is a tag and no sound behind it");
  });
});

describe("NUM-5 what is no MP3 by its content is refused with the reason", () => {
  test.each([
    ["nothing", new Uint8Array(0), "empty: "],
    ["a picture", bytesOf("\x89PNG\r\n\x1a\n", new Uint8Array(500)), "not-a-sound: a PNG picture"],
    ["an M4A", bytesOf("\0\0\0\x20ftypM4A ", new Uint8Array(500)), "not-a-sound: an MP4 or M4A file"],
    ["text", bytesOf("this is my music"), "not-a-sound: "],
    ["zeros", new Uint8Array(100_000), "not-a-sound: "],
    ["AAC, whose frames begin like those of an MP3", repeated(Uint8Array.of(0xff, 0xf1, 0x50, 0x80, 2, 0x7f, 0xfc, 0, 0, 0, 0, 0, 0, 0, 0, 0), 50), "not-a-sound: "],
    ["a free bit rate", stereo.map((byte, at) => (stereo[at - 2] === 0xff && (stereo[at - 1] ?? 0) >> 5 === 7 ? byte & 0x0f : byte)), "not-a-sound: "],
    ["two rates", bytesOf(stereo, lowRate), "damaged: its sample rate changes"],
    ["half of a file that says how long it is", vbr.subarray(0, vbr.length / 2), "damaged: it is cut short"],
    ["a file full of something else", bytesOf(stereo, new Uint8Array(10_000)), "damaged: much of it is no sound"],
    ["too much of it", repeated(stereo, Math.ceil(UPLOAD_LIMITS.mp3Bytes / stereo.length) + 1), "too-large: "],
    ["more than any sound may have", new Uint8Array(UPLOAD_LIMITS.bytes + 1), "too-large: "],
    ["a small file that plays too long", repeated(lowRate, Math.ceil(UPLOAD_LIMITS.longestMs / 2_600)), "too-long: 10.3 minutes"],
  ])("%s", async (_, bytes, expected) => {
    expect(await fault(bytes)).toBe(expected);
  });

  test("one that needs too much memory is given up", async () => {
    await expect(readUploadedSound(stereo, () => { throw new Error("too much"); })).rejects.toThrow("too much");
  });

  test("a file that ends inside a frame and does not say how long it is, plays to there", async () => {
    expect((await read(stereo.subarray(0, 8_000))).length / 8_000).toBeCloseTo(1.3, 1);
  });

  test("frames whose inside is random are refused or played, and end no process", async () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      let state = seed;
      const junk = stereo.map((byte, at) => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return at % 156 < 36 || at < 400 ? byte : state >>> 24;
      });
      const sound = await readUploadedSound(junk);
      if (sound.ok) expect(sound.value.every(Number.isFinite)).toBe(true);
    }
  });

  test("reading frames never throws, whatever the bytes, and says no more than is there", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat({ max: stereo.length - 400 }), (noise, at) => {
      const changed = stereo.slice();
      changed.set(noise, at);
      for (const bytes of [changed, noise, changed.subarray(0, at)]) {
        const frames = readFrames(bytes, UPLOAD_LIMITS.longestMs);
        if (frames.ok) expect(frames.value.frames * 24).toBeLessThanOrEqual(bytes.length);
      }
    }));
  });

  test("four million bytes that nearly are frames are looked through at once", () => {
    const hostile = new Uint8Array(4_000_000).fill(0xff);
    expect(readFrames(bytesOf(stereo, hostile), UPLOAD_LIMITS.longestMs)).toMatchObject({ ok: false, error: { fault: "damaged" } });
  });
});
