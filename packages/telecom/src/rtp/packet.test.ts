import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyRtpHeader, isRtcp, parseRtp, sequenceDistance, writeRtpHeader } from "./index.ts";

const corpus = fileURLToPath(new URL("../../../../../shared/reference/wire/rtp", import.meta.url));
const accepted = new Set(["seq-wrap.bin", "dtmf-short.bin", "dtmf-end-dup.bin", "srtp-garbage.bin"]);

describe("parseRtp", () => {
  test("reads what writeRtpHeader wrote", () => {
    const packet = new Uint8Array(172);
    writeRtpHeader(packet, 0, 101, true, 65_535, 0xffff_fff0, 0xdead_beef);
    const header = emptyRtpHeader();
    expect(parseRtp(packet, header)).toBe(true);
    expect(header).toEqual({ payloadType: 101, marker: true, sequence: 65_535, timestamp: 0xffff_fff0, ssrc: 0xdead_beef, payloadStart: 12, payloadEnd: 172 });
  });

  test("skips CSRCs and extension and leaves padding out", () => {
    const packet = new Uint8Array(12 + 8 + 8 + 160 + 4);
    writeRtpHeader(packet, 0, 0, false, 1, 2, 3);
    packet[0] = 0x80 | 0x20 | 0x10 | 2;
    packet[20 + 3] = 1;
    packet[packet.length - 1] = 4;
    const header = emptyRtpHeader();
    expect(parseRtp(packet, header)).toBe(true);
    expect([header.payloadStart, header.payloadEnd]).toEqual([28, 188]);
  });

  test("never throws and never points outside the packet, whatever arrives", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const header = emptyRtpHeader();
      if (!parseRtp(bytes, header)) return true;
      return header.payloadStart >= 12 && header.payloadStart <= header.payloadEnd && header.payloadEnd <= bytes.length;
    }), { numRuns: 2_000 });
  });

  test.skipIf(!existsSync(corpus))("answers the corpus as its manifest says (skipped where the corpus is absent)", () => {
    for (const file of readdirSync(corpus)) {
      const bytes = new Uint8Array(readFileSync(`${corpus}/${file}`));
      expect([file, parseRtp(bytes, emptyRtpHeader())]).toEqual([file, accepted.has(file)]);
      if (file === "pt72.bin") expect(isRtcp(bytes)).toBe(true);
    }
  });
});

test("sequence numbers are compared on their circle", () => {
  expect(sequenceDistance(2, 65_534)).toBe(4);
  expect(sequenceDistance(65_534, 2)).toBe(-4);
});
