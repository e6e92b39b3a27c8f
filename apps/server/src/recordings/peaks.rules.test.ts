import { describe, expect, test } from "vitest";
import { countPeaks, MAX_PEAKS, readWavHeader } from "./peaks.rules.ts";
import { wavFile } from "./wav.fake.ts";

describe("the header of a recording", () => {
  const file = wavFile(new Uint8Array(1_600));
  test("is read, and the data go to the end of the file whatever it says", () => {
    expect(readWavHeader(file, file.length)).toEqual({ dataStart: 58, dataBytes: 1_600 });
    const unclosed = wavFile(new Uint8Array(1_601), 0xffff_ffff);
    expect(readWavHeader(unclosed, unclosed.length)).toEqual({ dataStart: 58, dataBytes: 1_600 }); // half a stereo sample is cut off
  });
  test("of other files is refused, and cut-off ones end nowhere", () => {
    expect(readWavHeader(new Uint8Array(0), 0)).toBe("no-wave");
    expect(readWavHeader(new TextEncoder().encode("<html><body>"), 100)).toBe("no-wave");
    for (let cut = 12; cut < 58; cut += 1) expect(readWavHeader(file.slice(0, cut), cut), `${cut}`).toBe("no-data");
    const mono = file.slice();
    mono[22] = 1;
    expect(readWavHeader(mono, mono.length)).toBe("not-ours");
  });
});

describe("the waveform", () => {
  const LOUDEST = 0x80; // ITU-T G.711 table 2a: the largest positive value; 0x8f is 4191 of its 8031
  const SILENCE = 0xff;
  test("keeps the channels apart", () => {
    const bytes = Uint8Array.from({ length: 32_000 }, (_, i) => (i % 2 === 0 && i < 16_000 ? LOUDEST : SILENCE));
    const counter = countPeaks(bytes.length);
    counter.add(bytes);
    const { customer, agent } = counter.result();
    expect([customer.length, agent.length]).toEqual([MAX_PEAKS, MAX_PEAKS]);
    expect([...new Set(agent)]).toEqual([0]);
    expect([customer[0], customer[499], customer[500]]).toEqual([1, 1, 0]);
  });
  test("is the same in whatever portions the file is read", () => {
    const bytes = Uint8Array.from({ length: 10_001 }, (_, i) => (i * 37) & 0xff);
    const whole = countPeaks(bytes.length);
    whole.add(bytes);
    const pieces = countPeaks(bytes.length);
    for (let at = 0; at < bytes.length; at += 333) pieces.add(bytes.subarray(at, at + 333));
    expect(pieces.result()).toEqual(whole.result());
  });
  test("of a short or empty recording has as many values as samples", () => {
    const counter = countPeaks(6);
    counter.add(Uint8Array.of(0x00, 0xff, 0xff, 0x00, 0x8f, 0xff));
    expect(counter.result()).toEqual({ customer: [1, 0, 0.522], agent: [0, 1, 0] });
    expect(countPeaks(0).result()).toEqual({ customer: [], agent: [] });
  });
});
