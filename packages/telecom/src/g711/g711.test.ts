import { expect, test } from "vitest";
import { ALAW_SILENCE, alawToLinear, alawToUlaw, decodeUlawBytes, encodeUlawSamples, linearToAlaw, linearToUlaw, transcodeInPlace, ULAW_SILENCE, ulawToAlaw, ulawToLinear } from "./index.ts";

test("known points of both laws (ITU-T G.711 tables 1 and 2)", () => {
  expect([ulawToLinear[0x80], ulawToLinear[0x00], ulawToLinear[0xff], ulawToLinear[0x7f]]).toEqual([32_124, -32_124, 0, 0]);
  expect([alawToLinear[0xaa], alawToLinear[0x2a], alawToLinear[0xd5], alawToLinear[0x55]]).toEqual([32_256, -32_256, 8, -8]);
  expect([linearToUlaw[32_768], linearToAlaw[32_768]]).toEqual([ULAW_SILENCE, ALAW_SILENCE]);
});

test("every byte survives decoding and encoding, except the second zero of µ-law", () => {
  for (let byte = 0; byte < 256; byte += 1) {
    expect(linearToUlaw[ulawToLinear[byte]! + 32_768]).toBe(byte === 0x7f ? 0xff : byte);
    expect(linearToAlaw[alawToLinear[byte]! + 32_768]).toBe(byte);
  }
});

test("no sample is off by more than half a step of its segment", () => {
  for (let sample = -32_000; sample < 32_000; sample += 13) {
    const most = Math.max(16, Math.abs(sample) / 16);
    expect(Math.abs(ulawToLinear[linearToUlaw[sample + 32_768]!]! - sample)).toBeLessThanOrEqual(most);
    expect(Math.abs(alawToLinear[linearToAlaw[sample + 32_768]!]! - sample)).toBeLessThanOrEqual(most);
  }
});

test("transcoding there and back keeps the signal within one step", () => {
  for (let byte = 0; byte < 256; byte += 1) {
    const there = ulawToLinear[alawToUlaw[ulawToAlaw[byte]!]!]!;
    expect(Math.abs(there - ulawToLinear[byte]!)).toBeLessThanOrEqual(Math.max(32, Math.abs(ulawToLinear[byte]!) / 12));
  }
  const bytes = Uint8Array.of(1, 2, 3, 4);
  transcodeInPlace(bytes, 1, 3, ulawToAlaw);
  expect([...bytes]).toEqual([1, ulawToAlaw[2], ulawToAlaw[3], 4]);
});

test("sample arrays round trip", () => {
  const samples = Int16Array.of(0, 1_000, -1_000, 32_767, -32_768);
  const back = decodeUlawBytes(encodeUlawSamples(samples));
  samples.forEach((sample, at) => expect(Math.abs(back[at]! - sample)).toBeLessThanOrEqual(700));
});
