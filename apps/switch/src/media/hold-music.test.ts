import { expect, test } from "vitest";
import { goertzelPower, levelDbov } from "@ringdesk/telecom/dsp";
import { renderHoldMusic } from "./hold-music.ts";

const music = renderHoldMusic();

test("RTE-4 the hold music is a long loop at a level a little below speech, without clipping", () => {
  expect(music.length / 8_000).toBeGreaterThan(20);
  expect(levelDbov(music)).toBeGreaterThan(-28);
  expect(levelDbov(music)).toBeLessThan(-22);
  expect(music.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)).toBeLessThan(0.9 * 32_767);
});

test("no second of it is silent or far louder than the rest", () => {
  for (let at = 0; at + 8_000 <= music.length; at += 8_000) {
    const level = levelDbov(music.subarray(at, at + 8_000));
    expect(level).toBeGreaterThan(-36);
    expect(level).toBeLessThan(-18);
  }
});

test("nothing is above the telephone band", () => {
  const window = Float64Array.from({ length: 8_000 }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 8_000));
  const second = Float64Array.from(window, (weight, n) => weight * music[40_000 + n]!);
  let inside = 0;
  let above = 0;
  for (let hz = 50; hz < 3_400; hz += 2) inside += goertzelPower(second, hz);
  for (let hz = 3_500; hz < 3_990; hz += 2) above += goertzelPower(second, hz);
  expect(above / inside).toBeLessThan(1e-6);
});

test("its end joins its beginning without a click", () => {
  const steps = Array.from({ length: 4_000 }, (_, n) => Math.abs(music[n + 1]! - music[n]!));
  expect(Math.abs(music[0]! - music[music.length - 1]!)).toBeLessThanOrEqual(Math.max(...steps));
});
