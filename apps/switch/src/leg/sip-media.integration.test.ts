import { createSocket, type Socket } from "node:dgram";
import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BridgeId, LegId } from "@ringdesk/std";
import { buildSenderReport, ntpMiddle, parseRtcp } from "@ringdesk/telecom/rtcp";
import { MASTER_BYTES } from "@ringdesk/telecom/srtp";
import { createPhone, strongestTone, type Phone } from "../testkit/phone.ts";
import { createTestPlane, eventually, type TestPlane } from "../testkit/plane.ts";
import { cipherFor } from "./wire-cipher.ts";

const REPORT_INTERVAL_MS = 150;
let setup: TestPlane;
const phones: { readonly close: () => void }[] = [];
beforeEach(async () => { setup = await createTestPlane({ reportIntervalMs: REPORT_INTERVAL_MS }); });
afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await setup.close();
});

const leg = (name: string): LegId => name as LegId;
const bridge = "bridge" as BridgeId;
const newKeys = (): { local: Uint8Array; remote: Uint8Array } => ({ local: randomBytes(MASTER_BYTES), remote: randomBytes(MASTER_BYTES) });
const portOf = async (name: string): Promise<number> => {
  const port = await setup.plane.createRtpLeg(leg(name));
  return port.ok ? port.value : 0;
};
const hears = (phone: Phone, hz: number): Promise<void> => eventually(() => strongestTone(phone.listen(), [440, 1_000, 1_500]) === hz);

describe("SRTP by SDES", () => {
  test("both ways to a leg of plain RTP, keys included, and on with the same counters after another offer", async () => {
    const keys = newKeys();
    const a = await setup.callFrom("a", "pcmu", { srtp: keys });
    const b = await setup.callFrom("b", "pcma");
    a.say(440);
    b.say(1_000);
    setup.plane.setBridge(bridge, [leg("a"), leg("b")]);
    await Promise.all([hears(a, 1_000), hears(b, 440)]);
    const before = a.heard.length;
    // The same keys again, as a session refresh brings them: nobody's counter may start anew.
    setup.plane.setRemote(leg("a"), { remoteAddress: "127.0.0.1", remotePort: a.port, law: "pcmu", dtmfPayloadType: 101, direction: "sendrecv", srtp: { local: Uint8Array.from(keys.local), remote: Uint8Array.from(keys.remote) } });
    await eventually(() => a.heard.length > before + 20);
    await Promise.all([hears(a, 1_000), hears(b, 440)]);
    expect(a.heard.slice(before).some((packet) => packet.marker)).toBe(false);
    a.send(101, 8_000, Uint8Array.of(5, 0x8a, 0, 240), true);
    expect(await setup.until("dtmf")).toMatchObject({ leg: "a", digit: "5" });
  });

  test("plain RTP, wrong keys and repeated packets have no effect, and the call goes on", async () => {
    const keys = newKeys();
    const a = await setup.callFrom("a", "pcmu", { srtp: keys });
    const port = await portOf("a");
    const stranger = await createPhone("pcmu");
    const forger = await createPhone("pcmu", newKeys());
    phones.push(stranger, forger);
    for (const one of [stranger, forger]) {
      one.dial(port);
      for (let n = 0; n < 50; n += 1) one.send(0, n * 160, new Uint8Array(160));
    }
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect(setup.plane.quality(leg("a"))?.packets).toBe(0);
    expect(setup.events.some((event) => event.type === "media-connected")).toBe(false);
    a.say(440);
    await setup.until("media-connected");
    // Nobody but the peer was ever believed, nor sent to.
    expect([stranger.heard.length, forger.heard.length]).toEqual([0, 0]);
    for (let n = 0; n < 50; n += 1) stranger.send(0, n * 160, new Uint8Array(160));
    const b = await setup.callFrom("b");
    setup.plane.setBridge(bridge, [leg("a"), leg("b")]);
    await hears(b, 440);
    expect(setup.plane.quality(leg("a"))?.lost).toBe(0);
  });
});

describe("RTCP of SIP legs", () => {
  const openPort = async (): Promise<Socket> => {
    const socket = createSocket("udp4");
    phones.push(socket);
    await new Promise<void>((resolve) => { socket.bind(0, "127.0.0.1", resolve); });
    return socket;
  };
  /** Answers each report 40 ms later, as a peer does, with a report of its own. */
  const answering = (socket: Socket, seen: { reports: ReturnType<typeof parseRtcp>[] }, protect = (bytes: Uint8Array): Uint8Array => bytes, open = (bytes: Uint8Array): Uint8Array | null => bytes): void => {
    socket.on("message", (bytes, from) => {
      const plain = open(bytes);
      const report = plain === null ? null : parseRtcp(plain);
      seen.reports.push(report);
      if (report?.senderReport === null || report === null) return;
      const echo = { ssrc: report.ssrc, fractionLost: 0, cumulativeLost: 0, extendedHighest: 0, jitterUnits: 0, lastSenderReport: report.senderReport, sinceSenderReportMs: 0 };
      const answer = protect(buildSenderReport({ ssrc: 77, atMs: 1_000, timestamp: 0, packets: 0, payloadBytes: 0, cname: "peer", received: echo }));
      const timer = setTimeout(() => socket.send(answer, from.port, from.address), 40);
      socket.once("close", () => clearTimeout(timer));
    });
  };

  test("sent to a port of its own: loss and jitter told, round trip measured, the peer's report echoed", async () => {
    const reports = await openPort();
    const seen = { reports: [] as ReturnType<typeof parseRtcp>[] };
    answering(reports, seen);
    const a = await setup.callFrom("a", "pcmu", { rtcp: reports.address().port });
    a.say(440);
    await eventually(() => (setup.plane.quality(leg("a"))?.roundTripMs ?? 0) > 0);
    expect(setup.plane.quality(leg("a"))?.roundTripMs).toBeGreaterThanOrEqual(39);
    expect(setup.plane.quality(leg("a"))?.roundTripMs).toBeLessThan(200);
    await eventually(() => seen.reports.at(-1)?.reports[0]?.lastSenderReport === ntpMiddle(1_000));
    expect(seen.reports.at(-1)).toMatchObject({ ssrc: a.heard[0]?.ssrc, reports: [{ fractionLost: 0, cumulativeLost: 0 }] });
  });

  test("on the RTP port when that was agreed, and protected where RTP is", async () => {
    const keys = newKeys();
    const socket = await openPort();
    const seen = { reports: [] as ReturnType<typeof parseRtcp>[] };
    const cipher = cipherFor({ local: keys.remote, remote: keys.local }, null);
    const port = await portOf("a");
    answering(socket, seen, (bytes) => Uint8Array.from(cipher.protect(bytes)), (bytes) => ((bytes[1]! & 0x7f) >= 64 ? cipher.open(bytes) : null));
    setup.plane.setRemote(leg("a"), { remoteAddress: "127.0.0.1", remotePort: socket.address().port, law: "pcmu", dtmfPayloadType: null, direction: "sendrecv", srtp: keys, rtcp: "mux" });
    const packet = new Uint8Array(172);
    packet[0] = 0x80;
    packet[11] = 1;
    socket.send(Uint8Array.from(cipher.protect(packet)), port, "127.0.0.1");
    await eventually(() => (setup.plane.quality(leg("a"))?.roundTripMs ?? 0) > 0);
    expect(seen.reports.some((report) => report !== null)).toBe(true);
  });
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));
test.skipIf(!hasIpv6)("RTP over IPv6 (skipped on a machine without it)", async () => {
  const plane = await createTestPlane({}, undefined, "::1");
  try {
    const port = await plane.plane.createRtpLeg(leg("a"));
    const socket = createSocket("udp6");
    phones.push(socket);
    await new Promise<void>((resolve) => { socket.bind(0, "::1", resolve); });
    let heard = 0;
    socket.on("message", () => { heard += 1; });
    plane.plane.setRemote(leg("a"), { remoteAddress: "0:0:0:0:0:0:0:1", remotePort: socket.address().port, law: "pcmu", dtmfPayloadType: null, direction: "sendrecv" });
    const packet = new Uint8Array(172);
    packet[0] = 0x80;
    socket.send(packet, port.ok ? port.value : 0, "::1");
    await plane.until("media-connected");
    await eventually(() => heard > 5);
  } finally {
    await plane.close();
  }
});
