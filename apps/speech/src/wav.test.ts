import fc from "fast-check";
import { expect, test } from "vitest";
import { readWav } from "./wav.ts";

function wav(format: number, channels: number, bits: number, data: Uint8Array, dataSize: number = data.length): Uint8Array {
  const bytes = new Uint8Array(44 + data.length);
  const view = new DataView(bytes.buffer);
  const tag = (at: number, text: string): void => bytes.set(new TextEncoder().encode(text), at);
  tag(0, "RIFF"); tag(8, "WAVE"); tag(12, "fmt "); tag(36, "data");
  view.setUint32(16, 16, true); view.setUint16(20, format, true); view.setUint16(22, channels, true);
  view.setUint32(24, 16_000, true); view.setUint16(34, bits, true); view.setUint32(40, dataSize, true);
  bytes.set(data, 44);
  return bytes;
}

test("reads 16-bit mono", () => {
  const got = readWav(wav(1, 1, 16, Uint8Array.of(0, 0, 0, 0x40)));
  expect(got).toEqual({ ok: true, value: { rateHz: 16_000, samples: Float32Array.of(0, 0.5) } });
});

test("a length that the engine did not know is cut to what is there", () => {
  const got = readWav(wav(1, 1, 16, Uint8Array.of(0, 0), 0xffff_ffff));
  expect(got.ok && got.value.samples.length).toBe(1);
});

/** A header of 40 bytes says at its end what an extensible form is. */
function extensible(form: number, data: Uint8Array, headerBytes = 40): Uint8Array {
  const plain = wav(0xfffe, 1, 16, new Uint8Array(0));
  const bytes = new Uint8Array(20 + headerBytes + 8 + data.length);
  bytes.set(plain.subarray(0, 36));
  const view = new DataView(bytes.buffer);
  view.setUint32(16, headerBytes, true);
  if (headerBytes >= 40) view.setUint16(20 + 24, form, true);
  bytes.set(new TextEncoder().encode("data"), 20 + headerBytes);
  view.setUint32(24 + headerBytes, data.length, true);
  bytes.set(data, 28 + headerBytes);
  return bytes;
}

test.each([
  ["8-bit", wav(1, 1, 8, Uint8Array.of(128, 192, 0))],
  ["24-bit", wav(1, 1, 24, Uint8Array.of(0, 0, 0, 0, 0, 0x40, 0, 0, 0x80))],
  ["stereo mixed to one", wav(1, 2, 16, Uint8Array.of(0, 0x20, 0, 0xe0, 0, 0x40, 0, 0x40, 0, 0x80, 0, 0x80))],
  ["two sides that are opposites, of which one is taken", wav(1, 2, 16, Uint8Array.of(0, 0, 0, 0, 0, 0x40, 0, 0xc0, 0, 0x80, 0xff, 0x7f))],
  ["an extensible header", extensible(1, Uint8Array.of(0, 0, 0, 0x40, 0, 0x80))],
  ["32-bit float, of which nothing is louder than full scale", wav(3, 1, 32, new Uint8Array(Float32Array.of(Number.NaN, 0.5, -Infinity).buffer))],
])("reads %s", (_, bytes) => {
  expect(readWav(bytes)).toEqual({ ok: true, value: { rateHz: 16_000, samples: Float32Array.of(0, 0.5, -1) } });
});

test("reads µ-law and A-law", () => {
  for (const [form, bytes] of [[7, [0xff, 0x80]], [6, [0xd5, 0xaa]]] as const) {
    const read = readWav(wav(form, 1, 8, Uint8Array.from(bytes)));
    expect(read.ok && Math.abs(read.value.samples[0] ?? 1) < 0.001 && (read.value.samples[1] ?? 0) > 0.97).toBe(true);
  }
});

test("what is wrong with a file is said", () => {
  const faultOf = (bytes: Uint8Array, longestMs?: number) => {
    const read = readWav(bytes, longestMs);
    return read.ok ? null : [read.error.fault, read.error.detail];
  };
  expect(faultOf(new Uint8Array(4))).toEqual(["not-a-sound", ""]);
  expect(faultOf(wav(85, 2, 16, new Uint8Array(4)))).toEqual(["unknown-form", "form 85, 2 channels, 16 bits, 16000 Hz"]);
  expect(faultOf(extensible(1, new Uint8Array(4), 18))).toEqual(["damaged", "its header is cut short"]);
  expect(faultOf(extensible(2, new Uint8Array(4)))).toEqual(["unknown-form", "form 2, 1 channels, 16 bits, 16000 Hz"]);
  expect(faultOf(wav(1, 1, 16, new Uint8Array(64_000)), 1_999)).toEqual(["too-long", "0.1 minutes"]);
  expect(faultOf(wav(1, 1, 16, new Uint8Array(64_000)), 2_000)).toBe(null);
});

test("refuses other formats", () => {
  for (const bytes of [wav(3, 1, 16, new Uint8Array(2)), wav(1, 9, 16, new Uint8Array(2)), wav(1, 0, 16, new Uint8Array(2)), wav(1, 1, 32, new Uint8Array(4)), new Uint8Array(4)])
    expect(readWav(bytes).ok).toBe(false);
});

test("never throws, whatever the bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
    const bytes = wav(1, 1, 16, new Uint8Array(8));
    bytes.set(noise.subarray(0, bytes.length - 12), 12);
    readWav(bytes);
    readWav(noise);
  }));
});
