import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { meanOpinionScore } from "../quality/index.ts";
import { buildSenderReport, ntpMiddle, parseRtcp, roundTripMs } from "./index.ts";

const corpus = fileURLToPath(new URL("../../../../../shared/reference/wire/rtcp", import.meta.url));
const accepted = new Set(["000-sr.bin", "two-reports.bin", "rr-loss255.bin"]);

test("what is built can be read, and the round trip comes out of the echo", () => {
  const sentAt = 1_700_000_000_123;
  const bytes = buildSenderReport({ ssrc: 0xfeed_f00d, atMs: sentAt, timestamp: 160, packets: 5, payloadBytes: 800, cname: "ringdesk", received: { ssrc: 9, fractionLost: 12, cumulativeLost: 300, extendedHighest: 70_000, jitterUnits: 16 } });
  expect(bytes.length % 4).toBe(0);
  const report = parseRtcp(bytes);
  expect(report).toMatchObject({ ssrc: 0xfeed_f00d, senderReport: ntpMiddle(sentAt), goodbye: false });
  expect(report?.reports).toEqual([{ ssrc: 9, fractionLost: 12, cumulativeLost: 300, jitterUnits: 16, lastSenderReport: 0, delaySinceLastSenderReport: 0 }]);
  const answering = buildSenderReport({ ssrc: 1, atMs: sentAt, timestamp: 0, packets: 0, payloadBytes: 0, cname: "x", received: { ssrc: 9, fractionLost: 0, cumulativeLost: 0, extendedHighest: 0, jitterUnits: 0, lastSenderReport: 0xdead_beef, sinceSenderReportMs: 1_500 } });
  expect(parseRtcp(answering)?.reports[0]).toMatchObject({ lastSenderReport: 0xdead_beef, delaySinceLastSenderReport: 1.5 * 65_536 });
  const echo = { lastSenderReport: ntpMiddle(sentAt), delaySinceLastSenderReport: 65_536 };
  expect(roundTripMs(echo, sentAt + 1_040)).toBeCloseTo(40, 0);
  expect(roundTripMs({ ...echo, lastSenderReport: 0 }, sentAt)).toBeNull();
  expect(roundTripMs(echo, sentAt + 1_000_000)).toBeNull();
});

test("any bytes are read or refused, never thrown at", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(200, 201), (bytes, type) => {
    if (bytes.length > 4) { bytes[0] = 0x80 | (bytes[0]! & 0x1f); bytes[1] = type; bytes[2] = 0; }
    parseRtcp(bytes);
  }), { numRuns: 2_000 });
});

test.skipIf(!existsSync(corpus))("answers the corpus as its manifest says (skipped where the corpus is absent)", () => {
  for (const file of readdirSync(corpus)) {
    const report = parseRtcp(new Uint8Array(readFileSync(`${corpus}/${file}`)));
    expect([file, report !== null]).toEqual([file, accepted.has(file)]);
    for (const block of report?.reports ?? []) {
      const score = meanOpinionScore({ lossPercent: (100 * block.fractionLost) / 256, jitterMs: block.jitterUnits / 8, roundTripMs: roundTripMs(block, 1_700_000_000_000) });
      expect(score >= 1 && score <= 4.5).toBe(true);
    }
  }
});
