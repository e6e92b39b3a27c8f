import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linearToUlaw, ulawToLinear } from "../g711/index.ts";
import { HEADER_BYTES, type RtpHeader } from "../rtp/index.ts";
import { KEPT_DELAY, LIVE_DELAY, Playout, PLAYOUT_FRAME_SAMPLES, type PlayoutDelay } from "./playout.ts";
import { voice } from "./voice.fake.ts";

const FRAME_MS = 20;

/** What G.711 can say exactly; its length is no multiple of a block, so that repetitions are not mistaken for each other. */
const wordy = voice(40_007).map((value) => ulawToLinear[linearToUlaw[value + 32_768]!]!);

type Arrival = { readonly atMs: number; readonly index: number };

/** A sender of `frames` packets of `voice`, delivered as `delivery` says, and what came out: frames with the instant of each. */
function play(delay: PlayoutDelay, frames: number, delivery: (index: number) => number | null, clockRatio = 1): { readonly out: Int16Array; readonly playout: Playout; readonly said: Int16Array } {
  const said = Int16Array.from({ length: frames * PLAYOUT_FRAME_SAMPLES }, (_, at) => wordy[at % wordy.length]!);
  const arrivals: Arrival[] = [];
  for (let index = 0; index < frames; index += 1) {
    const delayMs = delivery(index);
    if (delayMs !== null) arrivals.push({ atMs: 1_000 + index * FRAME_MS * clockRatio + delayMs, index });
  }
  arrivals.sort((a, b) => a.atMs - b.atMs);
  const playout = new Playout(delay);
  const out: number[] = [];
  const frame = new Int16Array(PLAYOUT_FRAME_SAMPLES);
  let next = 0;
  for (let nowMs = 1_003; nowMs < 1_003 + frames * FRAME_MS * clockRatio + 400; nowMs += FRAME_MS) {
    for (; next < arrivals.length && arrivals[next]!.atMs <= nowMs; next += 1) {
      const { index, atMs } = arrivals[next]!;
      const packet = new Uint8Array(HEADER_BYTES + PLAYOUT_FRAME_SAMPLES);
      for (let n = 0; n < PLAYOUT_FRAME_SAMPLES; n += 1) packet[HEADER_BYTES + n] = linearToUlaw[said[index * PLAYOUT_FRAME_SAMPLES + n]! + 32_768]!;
      playout.put(packet, header(index * PLAYOUT_FRAME_SAMPLES), ulawToLinear, atMs);
    }
    playout.take(frame, nowMs);
    out.push(...frame);
  }
  return { out: Int16Array.from(out), playout, said };
}
const header = (timestamp: number, ssrc = 7): RtpHeader => ({ payloadType: 0, marker: false, sequence: 0, timestamp: (0xffff_ff00 + timestamp) >>> 0, ssrc, payloadStart: HEADER_BYTES, payloadEnd: HEADER_BYTES + PLAYOUT_FRAME_SAMPLES });

/** Which share of 10 ms blocks that were said can be found again, sample by sample, anywhere in what came out. */
function intact(said: Int16Array, out: Int16Array): number {
  const BLOCK = 80;
  const keyOf = (samples: Int16Array, at: number): string => samples.subarray(at, at + BLOCK).join();
  const heard = new Set<string>();
  for (let at = 0; at + BLOCK <= out.length; at += BLOCK) heard.add(keyOf(out, at));
  let found = 0;
  for (let at = 0; at + BLOCK <= said.length; at += BLOCK) if (heard.has(keyOf(said, at))) found += 1;
  return found / (said.length / BLOCK);
}

/** Deterministic noise, 0 to 1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

/** Of mean 0 and deviation 1, cut at three deviations. */
const normal = (random: () => number): number => Math.max(-3, Math.min(3, Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())));

describe("playout", () => {
  test("a steady network is heard whole, 20 to 60 ms after it was said", () => {
    const { out, said, playout } = play(LIVE_DELAY, 500, () => 0);
    // Only the last packet, which nothing follows, may be cut, and a quiet block or two while the delay settles.
    expect(intact(said, out)).toBeGreaterThan(0.99);
    expect(playout.latePackets).toBe(0);
    expect(out.findIndex((value) => value !== 0) / 8).toBeLessThanOrEqual(61);
  });

  test("what is reordered within the delay is put in order, over the wrap of the timestamp", () => {
    const { out, said } = play(KEPT_DELAY, 200, (index) => (index % 5 === 0 ? 50 : 0));
    // The very first block is faded in.
    expect(intact(said, out)).toBe(1 - 1 / 400);
  });

  test("normal jitter of 30 ms loses about one packet in a hundred, with an average packet held back for at most 120 ms", () => {
    for (const seed of [1, 2, 3]) {
      const random = noise(seed);
      const { playout } = play(LIVE_DELAY, 3_000, () => 90 + 30 * normal(random));
      expect(playout.latePackets / 3_000).toBeLessThan(0.015);
    }
  });

  test("the delay is short again when the network is steady again", () => {
    const random = noise(4);
    const { out, playout } = play(LIVE_DELAY, 6_000, (index) => (index < 500 ? 80 * random() : 0));
    expect(playout.latePackets).toBeLessThan(30);
    const lastSaid = 6_000 * FRAME_MS;
    const lastHeard = (out.findLastIndex((value) => Math.abs(value) > 300) + 1) / 8;
    // After the last packet its concealment is heard for up to 60 ms.
    expect(lastHeard - lastSaid).toBeLessThan(60 + 60);
  });

  test("a loss is concealed and everything else stays as it was said", () => {
    const { out, said, playout } = play(KEPT_DELAY, 400, (index) => (index % 20 === 10 ? null : 0));
    expect(out.length).toBeGreaterThan(said.length);
    // Each loss costs its two blocks, and the beginning of the next one, which is blended.
    expect(intact(said, out)).toBeGreaterThan(1 - (3 / 2) * 0.05 - 0.01);
    expect(playout.concealedBlocks / playout.takenBlocks).toBeLessThan(0.15);
  });

  test("clocks that are half a percent apart never run out of each other", () => {
    for (const ratio of [0.995, 1.005]) {
      const { out, said, playout } = play(KEPT_DELAY, 2_500, () => 0, ratio);
      expect(playout.latePackets).toBeLessThan(10);
      expect(intact(said, out)).toBeGreaterThan(0.97);
    }
  });

  test("another SSRC and a sender whose timestamps start anew are heard at once", () => {
    const playout = new Playout(LIVE_DELAY);
    const frame = new Int16Array(PLAYOUT_FRAME_SAMPLES);
    const packet = new Uint8Array(HEADER_BYTES + PLAYOUT_FRAME_SAMPLES).fill(0x20);
    let nowMs = 1_000;
    const heardAfter = (timestamp: number, ssrc: number): number => {
      for (let n = 0; n < 20; n += 1, nowMs += FRAME_MS) {
        playout.put(packet, header(timestamp + n * PLAYOUT_FRAME_SAMPLES, ssrc), ulawToLinear, nowMs);
        playout.take(frame, nowMs + 5);
        if (frame[100] === ulawToLinear[0x20]) return n;
      }
      return Number.POSITIVE_INFINITY;
    };
    expect(heardAfter(0, 1)).toBeLessThanOrEqual(3);
    playout.take(frame, nowMs);
    expect(heardAfter(900_000, 2)).toBeLessThanOrEqual(3);
    for (let n = 0; n < 20; n += 1, nowMs += FRAME_MS) playout.take(frame, nowMs);
    expect(frame.every((value) => value === 0)).toBe(true);
    expect(heardAfter(50, 2)).toBeLessThanOrEqual(3);
  });

  test("no order of packets and no timestamps make it throw or hold on to more than a second", () => {
    fc.assert(fc.property(fc.array(fc.record({ timestamp: fc.integer({ min: 0, max: 0xffff_ffff }), near: fc.integer({ min: -3, max: 5 }), ssrc: fc.constantFrom(1, 2), length: fc.integer({ min: 0, max: 480 }), far: fc.boolean() }), { maxLength: 60 }), (packets) => {
      const playout = new Playout(LIVE_DELAY);
      const frame = new Int16Array(PLAYOUT_FRAME_SAMPLES);
      let timestamp = 0;
      packets.forEach((one, n) => {
        timestamp = one.far ? one.timestamp : timestamp + one.near * 160;
        playout.put(new Uint8Array(600).fill(0x11), { ...header(timestamp, one.ssrc), payloadEnd: HEADER_BYTES + one.length }, ulawToLinear, n * 17);
        playout.take(frame, n * 17);
      });
      for (let n = 0; n < 60; n += 1) playout.take(frame, 2_000 + n * 20);
      expect(frame.every((value) => value === 0)).toBe(true);
    }), { numRuns: 200 });
  });
});
