import { describe, expect, test } from "vitest";
import { BLOCK_SAMPLES, Concealer } from "./concealment.ts";
import { bandDistanceDb, voice } from "./voice.fake.ts";

const FRAME_BLOCKS = 2;

/** Feeds `input` block by block, concealing those that `lost` names. */
function run(input: Int16Array, lost: (block: number) => boolean): Int16Array {
  const concealer = new Concealer();
  const out = input.slice();
  for (let block = 0; (block + 1) * BLOCK_SAMPLES <= out.length; block += 1) {
    if (lost(block)) concealer.conceal(out, block * BLOCK_SAMPLES);
    else concealer.hear(out, block * BLOCK_SAMPLES);
  }
  return out;
}
const energy = (samples: Int16Array): number => samples.reduce((sum, value) => sum + value * value, 0);
const errorShare = (out: Int16Array, input: Int16Array): number => energy(out.map((value, at) => value - input[at]!)) / energy(input);

describe("concealment", () => {
  test("what arrives without loss is left alone", () => {
    const input = voice(8_000);
    expect(run(input, () => false)).toEqual(input);
  });

  test("a tone goes on through a lost packet as if nothing had been lost", () => {
    const tone = Int16Array.from({ length: 4_000 }, (_, at) => 8_000 * Math.sin((2 * Math.PI * 440 * at) / 8_000));
    const from = 20 * BLOCK_SAMPLES;
    const out = run(tone, (block) => block >= 20 && block < 20 + FRAME_BLOCKS).subarray(from, from + FRAME_BLOCKS * BLOCK_SAMPLES);
    expect(errorShare(out, tone.subarray(from, from + out.length))).toBeLessThan(0.1);
  });

  test("a long loss fades to silence within 60 ms and stays silent", () => {
    const out = run(voice(8_000), (block) => block >= 40);
    const level = (block: number): number => energy(out.subarray(block * BLOCK_SAMPLES, (block + 1) * BLOCK_SAMPLES));
    expect(level(44)).toBeLessThan(level(39));
    expect(energy(out.subarray(46 * BLOCK_SAMPLES))).toBe(0);
  });

  test("a lost packet of a voice sounds like the voice: its spectrum is within a few dB, where silence is far off", () => {
    const input = voice(32_000);
    for (const every of [100, 20, 10]) {
      const lost = (block: number): boolean => (block >> 1) % every === every - 1;
      const out = run(input, lost);
      const nothing = new Int16Array(input.length);
      const frames = Array.from({ length: input.length / 160 }, (_, n) => n).filter((n) => n % every === every - 1).map((n) => n * 160);
      const mean = (other: Int16Array): number => frames.reduce((sum, at) => sum + bandDistanceDb(input, other, at), 0) / frames.length;
      expect(mean(out)).toBeLessThan(4);
      expect(mean(nothing)).toBeGreaterThan(12);
    }
  });

  test("the joints of a concealed voice are no steeper than the voice itself", () => {
    const input = voice(32_000);
    const steepest = (samples: Int16Array): number => samples.reduce((most, value, at) => Math.max(most, at === 0 ? 0 : Math.abs(value - samples[at - 1]!)), 0);
    const out = run(input, (block) => (block * 7_919) % 23 === 0);
    expect(steepest(out)).toBeLessThan(1.6 * steepest(input));
  });
});
