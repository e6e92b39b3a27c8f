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

test.each([
  ["8-bit", wav(1, 1, 8, Uint8Array.of(128, 192, 0))],
  ["24-bit", wav(1, 1, 24, Uint8Array.of(0, 0, 0, 0, 0, 0x40, 0, 0, 0x80))],
  ["stereo mixed to one", wav(1, 2, 16, Uint8Array.of(0, 0x20, 0, 0xe0, 0, 0x40, 0, 0x40, 0, 0x80, 0, 0x80))],
  ["an extensible header", wav(0xfffe, 1, 16, Uint8Array.of(0, 0, 0, 0x40, 0, 0x80))],
])("reads %s", (_, bytes) => {
  expect(readWav(bytes)).toEqual({ ok: true, value: { rateHz: 16_000, samples: Float32Array.of(0, 0.5, -1) } });
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
