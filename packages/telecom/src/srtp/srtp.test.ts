import { createCipheriv, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeRtpHeader } from "../rtp/index.ts";
import { buildSenderReport, parseRtcp } from "../rtcp/index.ts";
import { applyKeyOnce, KeyStream } from "./key-stream.ts";
import { deriveKeys, type NewAes } from "./keys.ts";
import { ReplayWindow } from "./replay-window.ts";
import { SRTP_OVERHEAD_BYTES, SrtpReceiver, SrtpSender } from "./session.ts";
import { HmacSha1 } from "./sha1.ts";

const newAes: NewAes = (key) => {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
};
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const master = hex("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6");
const other = hex("00112233445566778899aabbccddeeff 0EC675AD498AFEEBB6960B3AABE6");

const audio = (sequence: number, ssrc = 0x1234_5678, length = 160): Uint8Array => {
  const packet = new Uint8Array(12 + length).fill(sequence & 0xff);
  writeRtpHeader(packet, 0, 0, false, sequence & 0xffff, (sequence * 160) >>> 0, ssrc);
  return packet;
};
const sealed = (sender: SrtpSender, packet: Uint8Array): Uint8Array => {
  const into = new Uint8Array(packet.length + SRTP_OVERHEAD_BYTES);
  return into.slice(0, sender.protect(packet, into));
};
/** The plain packet, or null when it was dropped. */
const opened = (receiver: SrtpReceiver, packet: Uint8Array): Uint8Array | null => {
  const bytes = packet.slice();
  const length = receiver.unprotect(bytes);
  return length === -1 ? null : bytes.slice(0, length);
};

describe("the vectors of RFC 3711", () => {
  test("appendix B.3: session keys", () => {
    const captured: string[] = [];
    const keys = deriveKeys(master, "rtp", (key) => {
      captured.push(hexOf(key));
      return newAes(key);
    });
    expect(captured[1]).toBe("c61e7a93744f39ee10734afe3ff7a087");
    expect(hexOf(keys.salt.subarray(0, 14))).toBe("30cbbc08863d8c85d49db34a9ae1");
    expect(hexOf(keys.authKey)).toBe("cebe321f6ff7716b6fd4ab49af256a156d38baa4");
  });

  test("appendix B.2: key stream of AES in counter mode", () => {
    const salt = new Uint8Array(16);
    salt.set(hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
    const keys = { aes: newAes(hex("2B7E151628AED2A6ABF7158809CF4F3C")), salt, authKey: new Uint8Array(20) };
    const once = new Uint8Array(48);
    applyKeyOnce(keys, 0, once, 0, 48, 0);
    expect(hexOf(once)).toBe("e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0");
    const ahead = new Uint8Array(48);
    new KeyStream(keys, 0).apply(ahead, 0, 48, 0);
    expect(ahead).toEqual(once);
  });

  test("HMAC-SHA1 says what the platform's says, at every length and key", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(0xffff_ffff), (bytes, key, suffix) => {
      const tail = Buffer.alloc(4);
      tail.writeUInt32BE(suffix);
      expect(hexOf(new HmacSha1(key).code(bytes, bytes.length, suffix))).toBe(createHmac("sha1", key).update(bytes).update(tail).digest("hex"));
    }), { numRuns: 300 });
  });
});

describe("a protected stream", () => {
  test("arrives as it was sent, over the wrap of the sequence number, with loss and reordering", () => {
    const sender = new SrtpSender(master, newAes);
    const receiver = new SrtpReceiver(master, newAes);
    const wire = Array.from({ length: 400 }, (_, n) => ({ plain: audio(65_400 + n), bytes: sealed(sender, audio(65_400 + n)) }));
    const delivered = wire.filter((_, n) => n % 7 !== 3);
    for (let n = 10; n + 5 < delivered.length; n += 20) [delivered[n], delivered[n + 5]] = [delivered[n + 5]!, delivered[n]!];
    for (const { plain, bytes } of delivered) {
      expect(bytes.subarray(12, 172)).not.toEqual(plain.subarray(12));
      expect(opened(receiver, bytes)).toEqual(plain);
    }
  });

  test("SSRC changes, extensions and long payloads arrive too", () => {
    const sender = new SrtpSender(master, newAes);
    const receiver = new SrtpReceiver(master, newAes);
    for (const packet of [audio(1, 1), audio(2, 2), audio(3, 1, 480), audio(9, 3, 0)]) {
      const bytes = sealed(sender, packet);
      expect(opened(receiver, bytes)).toEqual(packet);
    }
    const extended = new Uint8Array(40);
    writeRtpHeader(extended, 0, 0, false, 3, 0, 8);
    extended[0] = 0x90;
    extended[15] = 2;
    const bytes = sealed(sender, extended);
    expect(bytes.subarray(0, 24)).toEqual(extended.subarray(0, 24));
    expect(opened(receiver, bytes)).toEqual(extended);
  });

  test("a packet that was seen before is dropped, and so is one from before the window", () => {
    const sender = new SrtpSender(master, newAes);
    const receiver = new SrtpReceiver(master, newAes);
    const wire = Array.from({ length: 100 }, (_, n) => sealed(sender, audio(n)));
    for (const bytes of wire.slice(1)) expect(opened(receiver, bytes)).not.toBeNull();
    for (const bytes of wire) expect(opened(receiver, bytes)).toBeNull();
  });

  test("what is not authentic is dropped and changes nothing: one bit, another key, plain RTP, any bytes", () => {
    const sender = new SrtpSender(master, newAes);
    const receiver = new SrtpReceiver(master, newAes);
    const first = sealed(sender, audio(1));
    for (let bit = 0; bit < first.length * 8; bit += 5) {
      const forged = first.slice();
      forged[bit >> 3]! ^= 1 << (bit & 7);
      expect(opened(receiver, forged)).toBeNull();
    }
    expect(opened(receiver, sealed(new SrtpSender(other, newAes), audio(1)))).toBeNull();
    expect(opened(receiver, audio(1))).toBeNull();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(receiver.unprotect(bytes)).toBe(-1);
    }), { numRuns: 500 });
    expect(opened(receiver, first)).toEqual(audio(1));
  });

  test("reports are protected by their own keys and index, each once", () => {
    const sender = new SrtpSender(master, newAes);
    const receiver = new SrtpReceiver(master, newAes);
    for (let n = 0; n < 3; n += 1) {
      const report = buildSenderReport({ ssrc: 7, atMs: 1_000, timestamp: 8_000, packets: n, payloadBytes: 0, cname: "x", received: null });
      const bytes = sealed(sender, report);
      expect(parseRtcp(bytes.subarray(0, report.length))?.senderReport).not.toEqual(parseRtcp(report)?.senderReport);
      expect(opened(receiver, bytes)).toEqual(report);
      expect(opened(receiver, bytes)).toBeNull();
    }
  });

  test("the replay window holds what a set would hold", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }), (indexes) => {
      const window = new ReplayWindow();
      const seen = new Set<number>();
      for (const index of indexes) {
        const highest = Math.max(-1, ...seen);
        expect(window.admits(index)).toBe(!seen.has(index) && index > highest - 64);
        if (!window.admits(index)) continue;
        window.mark(index);
        seen.add(index);
      }
    }));
  });
});
