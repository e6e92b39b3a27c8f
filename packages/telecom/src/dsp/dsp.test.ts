import { expect, test } from "vitest";
import { levelDbov, renderTone, SILENCE_DBOV, toneAmplitude, TONES, type ToneName } from "./index.ts";

const sine = (hz: number, amplitude: number, samples = 800): Int16Array => Int16Array.from({ length: samples }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / 8_000));

test("Goertzel measures the amplitude of a tone and nothing at another", () => {
  expect(toneAmplitude(sine(440, 5_000), 440)).toBeCloseTo(5_000, -1);
  expect(toneAmplitude(sine(440, 5_000), 1_000)).toBeLessThan(20);
  expect(toneAmplitude([], 440)).toBe(0);
});

test("levels are in dBov", () => {
  expect(levelDbov(sine(400, 32_767))).toBeCloseTo(-3.01, 1);
  expect(levelDbov(new Int16Array(160))).toBe(SILENCE_DBOV);
});

test("the tones have their frequencies and cadence, and begin and end at rest", () => {
  for (const name of Object.keys(TONES) as ToneName[]) {
    const shape = TONES[name];
    const samples = renderTone(shape);
    expect(samples.length).toBe((shape.onMs + shape.offMs) * 8);
    for (const frequency of shape.frequenciesHz) expect(toneAmplitude(samples.subarray(0, shape.onMs * 8), frequency)).toBeGreaterThan(shape.amplitude * 0.95);
    expect(levelDbov(samples.subarray(shape.onMs * 8))).toBe(SILENCE_DBOV);
    expect(Math.abs(samples[0]!)).toBeLessThan(200);
    expect(Math.abs(samples[shape.onMs * 8 - 1]!)).toBeLessThan(400);
  }
});
