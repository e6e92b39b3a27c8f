import { decodeUlawBytes } from "@ringdesk/telecom/g711";
import { describe, expect, test } from "vitest";
import { resample } from "./resample.ts";
import { activeLevelDbfs, SPEECH_LEVEL_DBFS, TELEPHONE_RATE_HZ, toTelephone } from "./telephone-audio.ts";

const tone = (hz: number, rateHz: number, seconds: number, amplitude: number): Float32Array =>
  Float32Array.from({ length: rateHz * seconds }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / rateHz));
const rms = (x: Float32Array): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
const middle = (x: Float32Array): Float32Array => x.subarray(x.length >> 2, (x.length * 3) >> 2);

describe("resample", () => {
  for (const [from, hz] of [[16_000, 1_000], [22_050, 1_000], [48_000, 3_000], [16_000, 300]] as const)
    test(`${hz} Hz passes unchanged from ${from} Hz to 8 kHz`, () => {
      const out = middle(resample(tone(hz, from, 1, 0.5), from, 8_000, 3_400));
      expect(20 * Math.log10(rms(out) / (0.5 / Math.SQRT2))).toBeCloseTo(0, 1);
    });

  for (const hz of [4_000, 4_500, 6_000, 7_900])
    test(`${hz} Hz does not fold into the band`, () => {
      const out = middle(resample(tone(hz, 16_000, 1, 0.5), 16_000, 8_000, 3_400));
      expect(20 * Math.log10(rms(out) / 0.5)).toBeLessThan(-70);
    });

  test("keeps the length in time", () => {
    expect(resample(new Float32Array(22_051), 22_050, 8_000, 3_400).length).toBe(8_001);
  });
});

describe("toTelephone", () => {
  const level = (bytes: Uint8Array): number => activeLevelDbfs(Float32Array.from(decodeUlawBytes(bytes), (v) => v / 32_768)) ?? 0;

  for (const amplitude of [0.02, 0.2, 0.9])
    test(`a voice at ${amplitude} of full scale comes out at the speech level, pauses left out`, () => {
      const voice = new Float32Array(48_000);
      voice.set(tone(500, 16_000, 1, amplitude), 8_000);
      const bytes = toTelephone({ rateHz: 16_000, samples: voice });
      expect(bytes?.length).toBe(3 * TELEPHONE_RATE_HZ);
      expect(level(bytes ?? new Uint8Array())).toBeGreaterThan(SPEECH_LEVEL_DBFS - 1.5);
      expect(level(bytes ?? new Uint8Array())).toBeLessThan(SPEECH_LEVEL_DBFS + 0.5);
    });

  test("silence is not speech", () => {
    expect(toTelephone({ rateHz: 16_000, samples: new Float32Array(16_000) })).toBeNull();
  });
});
