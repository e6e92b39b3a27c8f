import { expect, test } from "vitest";
import { linearToAlaw, linearToUlaw } from "../g711/index.ts";
import { alawEnergy, levelDbov, LevelGauge, renderTone, SILENCE_DBOV, toneAmplitude, TONES, ulawEnergy, type ToneName } from "./index.ts";

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

test("CALL-5 the level of G.711 is that of the sound, in either law, within half a decibel", () => {
  for (const [encode, energies] of [[linearToUlaw, ulawEnergy], [linearToAlaw, alawEnergy]] as const) {
    const gauge = new LevelGauge();
    for (const dbov of [-3.01, -10, -20, -30, -40, -50]) {
      const amplitude = 32_767 * Math.SQRT2 * 10 ** (dbov / 20);
      const bytes = Uint8Array.from(sine(400, Math.min(32_635, amplitude), 1_600), (sample) => encode[sample + 32_768]!);
      // In packets of 20 ms, as it arrives.
      for (let at = 0; at < bytes.length; at += 160) gauge.add(bytes, at, at + 160, energies);
      expect(Math.abs(gauge.take() - dbov)).toBeLessThanOrEqual(0.5);
      expect(levelDbov(Float64Array.from(bytes, (byte) => Math.sqrt(energies[byte]!)))).toBeCloseTo(dbov, 0);
    }
    expect(gauge.take()).toBe(SILENCE_DBOV);
  }
});

test("CALL-5 digital silence is the lowest level there is, and each taking begins anew", () => {
  const gauge = new LevelGauge();
  gauge.add(new Uint8Array(160).fill(0xff), 0, 160, ulawEnergy);
  expect(gauge.take()).toBe(SILENCE_DBOV);
  gauge.add(new Uint8Array(160).fill(0x80), 0, 160, ulawEnergy);
  gauge.add(new Uint8Array(160).fill(0x00), 0, 160, ulawEnergy);
  expect(Object.is(gauge.take(), 0)).toBe(true);
  expect(gauge.take()).toBe(SILENCE_DBOV);
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
