import { describe, expect, test } from "vitest";
import { emptyRtpHeader, OutgoingStream, parseRtp, writeRtpHeader, type RtpHeader } from "./index.ts";

const start = { ssrc: 7, sequence: 65_530, timestamp: 0xffff_ff00 };
const read = (packet: Uint8Array): RtpHeader => {
  const header = emptyRtpHeader();
  expect(parseRtp(packet, header)).toBe(true);
  return { ...header };
};
const frame = (stream: OutgoingStream, nowMs: number, elapsed = 1): RtpHeader => {
  const packet = new Uint8Array(172);
  stream.frame(packet, 0, elapsed, nowMs);
  return read(packet);
};
const relayed = (stream: OutgoingStream, from: { sequence: number; timestamp: number; ssrc?: number; marker?: boolean }, nowMs: number, isEvent = false): RtpHeader | null => {
  const packet = new Uint8Array(172);
  writeRtpHeader(packet, 0, 8, from.marker ?? false, from.sequence, from.timestamp, from.ssrc ?? 99);
  const at = stream.relay(packet, read(packet), 0, isEvent, nowMs);
  return at === -1 ? null : read(packet.subarray(at));
};

describe("an outgoing stream", () => {
  test("local frames follow each other across both wraps, marked once", () => {
    const stream = new OutgoingStream(start);
    const headers = Array.from({ length: 10 }, (_, n) => frame(stream, n * 20));
    headers.forEach((header, n) => {
      expect(header).toMatchObject({ sequence: (65_531 + n) & 0xffff, timestamp: (0xffff_ff00 + n * 160) >>> 0, ssrc: 7, marker: n === 0 });
    });
  });

  test("from player to bridge and back stays one stream with the clock's timestamps", () => {
    const stream = new OutgoingStream({ ssrc: 7, sequence: 100, timestamp: 1_000 });
    frame(stream, 0);
    const a = relayed(stream, { sequence: 5_000, timestamp: 77 }, 30);
    const b = relayed(stream, { sequence: 5_001, timestamp: 237 }, 50);
    const c = frame(stream, 70);
    expect([a?.sequence, b?.sequence, c.sequence]).toEqual([102, 103, 104]);
    expect([a?.timestamp, b?.timestamp, c.timestamp]).toEqual([1_240, 1_400, 1_560]);
    expect([a?.marker, b?.marker, c.marker]).toEqual([true, false, true]);
    expect(a?.payloadType).toBe(0);
  });

  test("loss and reordering of the source are passed on as they are", () => {
    const stream = new OutgoingStream({ ssrc: 7, sequence: 0, timestamp: 0 });
    const sequences = [10, 11, 14, 13].map((sequence, n) => relayed(stream, { sequence, timestamp: sequence * 160 }, n * 20)?.sequence);
    expect(sequences).toEqual([1, 2, 5, 4]);
    expect(frame(stream, 90).sequence).toBe(6);
  });

  test("a packet from before the change of source is not sent", () => {
    const stream = new OutgoingStream({ ssrc: 7, sequence: 0, timestamp: 0 });
    relayed(stream, { sequence: 10, timestamp: 1_600 }, 0);
    expect(relayed(stream, { sequence: 9, timestamp: 1_440 }, 5)).toBeNull();
  });

  test("a new SSRC or a jump of the clock begins a new talk spurt in the same stream", () => {
    const stream = new OutgoingStream({ ssrc: 7, sequence: 0, timestamp: 0 });
    relayed(stream, { sequence: 10, timestamp: 0 }, 0);
    const other = relayed(stream, { sequence: 40_000, timestamp: 900_000, ssrc: 100 }, 20);
    const jumped = relayed(stream, { sequence: 40_001, timestamp: 5, ssrc: 100 }, 40);
    expect([other?.sequence, jumped?.sequence]).toEqual([2, 3]);
    expect([other?.timestamp, jumped?.timestamp]).toEqual([160, 320]);
    expect([other?.marker, jumped?.marker]).toEqual([true, true]);
  });

  test("a long telephone-event does not look like a jump, and audio after it is at the right time", () => {
    const stream = new OutgoingStream({ ssrc: 7, sequence: 0, timestamp: 0 });
    relayed(stream, { sequence: 1, timestamp: 160 }, 0);
    for (let n = 0; n < 150; n += 1) expect(relayed(stream, { sequence: 2 + n, timestamp: 320 }, 20 + 20 * n, true)?.timestamp).toBe(160);
    expect(frame(stream, 3_020).timestamp).toBe(160 + 24_000);
  });

  test("every packet of an event of ours carries one timestamp and only the first the marker", () => {
    const stream = new OutgoingStream({ ssrc: 7, sequence: 0, timestamp: 0 });
    frame(stream, 0);
    stream.beginEvent(20);
    const packets = [0, 1, 2].map(() => { const packet = new Uint8Array(16); stream.eventPacket(packet, 101); return read(packet); });
    expect(packets.map((p) => [p.sequence, p.timestamp, p.marker])).toEqual([[2, 160, true], [3, 160, false], [4, 160, false]]);
    expect(frame(stream, 180).timestamp).toBe(160 + 1_280);
  });
});
