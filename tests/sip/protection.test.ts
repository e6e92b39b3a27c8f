// SEC-3: strangers cost nobody a call, and neighbours that overdo it only themselves.
import { fork } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRtpPhone, type RtpPhone } from "../support/rtp-phone.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { until } from "../support/product.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";
import { openRawCaller, type RawCall, type RawCaller } from "./raw-caller.ts";

const CALLS = 50;
const STRANGERS_PER_SECOND = 5_000;
/** 30 in full (PROTECTION_SECONDS=30); fewer show the same. */
const SECONDS = Number(process.env["PROTECTION_SECONDS"] ?? 10);
const PACKET_MS = 20;

let sut: SwitchProcess, caller: RawCaller;
const ended: string[] = [];
beforeAll(async () => {
  sut = await startSwitch({ rtpPorts: "12000-14998" });
  attend(sut);
  sut.onEvent((e) => { if (e.type === "leg.ended") ended.push(`${e.leg} ${e.cause}`); });
  caller = await openRawCaller(sut.sipPort);
}, 30_000);
afterAll(async () => { caller.close(); await sut.stop(); });

const rtpPortOf = (call: RawCall): number => Number(/m=audio (\d+)/.exec(call.answer)?.[1]);

/** A phone without a tone: says silence, counts what it hears. One timer moves all of them. */
interface Line { readonly socket: Socket; heard: number; to: number; seq: number }
async function openLine(): Promise<Line> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const line: Line = { socket, heard: 0, to: 0, seq: 0 };
  socket.on("message", () => { line.heard += 1; });
  return line;
}
function say(line: Line): void {
  const packet = Buffer.alloc(172, 0xff);
  packet.writeUInt32BE(0x8000_0000 + (line.seq & 0xffff), 0);
  packet.writeUInt32BE((line.seq * 160) >>> 0, 4);
  packet.writeUInt32BE(line.socket.address().port, 8);
  line.seq += 1;
  if (line.to > 0) line.socket.send(packet, line.to, "127.0.0.1");
}

describe("strangers", () => {
  test(`SEC-3 ${STRANGERS_PER_SECOND.toLocaleString("en")} packets a second from strangers for ${SECONDS} s beside ${CALLS} calls: no call is dropped, no reply sent, everybody hears on`, async () => {
    const lines = await Promise.all(Array.from({ length: CALLS }, openLine));
    const calls: RawCall[] = [];
    for (const line of lines) {
      const call = await caller.call("4000", line.socket.address().port);
      line.to = rtpPortOf(call);
      calls.push(call);
    }
    const begun = performance.now();
    let ticks = 0;
    const clock = setInterval(() => {
      for (; begun + ticks * PACKET_MS <= performance.now(); ticks += 1) for (const line of lines) say(line);
    }, 10);
    await wait(1_000);
    const before = { heard: lines.map((l) => l.heard), at: performance.now() };
    const child = fork(join(import.meta.dirname, "strangers.process.ts"), [String(sut.sipPort), String(STRANGERS_PER_SECOND), String(SECONDS)]);
    const [report] = await once(child, "message") as [{ sent: number; replies: number }];
    const expected = (performance.now() - before.at) / PACKET_MS;
    const share = lines.map((l, i) => (l.heard - before.heard[i]!) / expected);
    clearInterval(clock);
    process.stdout.write(`strangers: ${report.sent} datagrams, ${report.replies} replies; calls heard ${(100 * Math.min(...share)).toFixed(1)} to ${(100 * Math.max(...share)).toFixed(1)} % of their packets\n`);
    expect(report.sent).toBeGreaterThanOrEqual(STRANGERS_PER_SECOND * SECONDS * 0.99);
    expect(report.replies).toBe(0);
    expect(ended).toEqual([]);
    expect((await sut.command({ do: "snapshot" })).snapshot?.legs.filter((l) => l.state === "up")).toHaveLength(CALLS);
    expect(Math.min(...share)).toBeGreaterThan(0.97);
    for (const call of calls) await call.bye();
    for (const line of lines) line.socket.close();
  }, 120_000);
});

let bridges = 0;

describe("RTP of strangers", () => {
  const INTRUDER = 0x2a;
  /** How many packets of the intruder the phone got to hear. */
  const intrusions = (phone: RtpPhone): number => {
    const bytes = phone.bytes(0, Infinity);
    let packets = 0;
    for (let at = 0; at + 160 <= bytes.length; at += 160) if (bytes.subarray(at, at + 160).every((b) => b === INTRUDER)) packets += 1;
    return packets;
  };
  const intrude = async (port: number, address: string, count: number, ssrc: number, from = 0): Promise<void> => {
    const socket = createSocket("udp4").bind(from, address);
    await once(socket, "listening");
    for (let i = 0; i < count; i++) {
      const packet = Buffer.alloc(172, INTRUDER);
      packet.writeUInt32BE(0x8000_0000 + i, 0);
      packet.writeUInt32BE(i * 160, 4);
      packet.writeUInt32BE(ssrc, 8);
      socket.send(packet, port, "127.0.0.1");
      await wait(5);
    }
    socket.close();
  };

  /** Two calls that hear each other; the attendant's music is over. */
  const bridged = async (...rtpPorts: readonly [number, number]): Promise<readonly [RawCall, RawCall]> => {
    const legs: string[] = [];
    const off = sut.onEvent((e) => { if (e.type === "play.reached") legs.push(e.leg); });
    const calls = [await caller.call("4000", rtpPorts[0]), await caller.call("4000", rtpPorts[1])] as const;
    await until("music in both calls", async () => legs.length === 2);
    off();
    bridges += 1;
    await sut.command({ do: "bridge.set", bridge: `bridge-${bridges}`, legs });
    return calls;
  };

  test("the packets of this test are heard when the phone itself sends them", async () => {
    const [a, b] = [await openLine(), await openRtpPhone(620)];
    const { port } = a.socket.address();
    const [first, second] = await bridged(port, b.port);
    b.talkTo(rtpPortOf(second));
    await new Promise<void>((r) => { a.socket.close(r); });
    await intrude(rtpPortOf(first), "127.0.0.1", 50, 9, port);
    await wait(200);
    expect(intrusions(b)).toBeGreaterThan(40);
    await first.bye();
    await second.bye();
    b.close();
  }, 20_000);

  for (const [when, speaksFirst] of [["while the phone speaks", true], ["before the phone has said a word", false]] as const) {
    test(`SEC-3 ${when}: at most 5 packets of 100 pass to the other side`, async () => {
      const [a, b] = [await openRtpPhone(440), await openRtpPhone(620)];
      const [first, second] = await bridged(a.port, b.port);
      b.talkTo(rtpPortOf(second));
      if (speaksFirst) {
        a.talkTo(rtpPortOf(first));
        await wait(500);
      }
      await intrude(rtpPortOf(first), "127.0.0.33", 50, 7);
      await intrude(rtpPortOf(first), "127.0.0.1", 50, 8);
      await wait(200);
      const passed = intrusions(b);
      process.stdout.write(`RTP of a stranger ${when}: ${passed} of 100 packets passed\n`);
      expect(passed).toBeLessThanOrEqual(5);
      await first.bye();
      await second.bye();
      for (const phone of [a, b]) phone.close();
    }, 20_000);
  }
});

describe("a neighbour that overdoes it", () => {
  test("SEC-3 INVITEs beyond the rate get 503 with Retry-After; a call that is up goes on, and calls are taken again at once", async () => {
    const phone = await openRtpPhone(440);
    const held = await caller.call("4000", phone.port);
    phone.talkTo(rtpPortOf(held));
    const flood = await openRawCaller(sut.sipPort);
    const begun = performance.now();
    for (let i = 0; i < 2_000; i++) {
      flood.send(flood.request("INVITE", 1, { call: `flood-${i}`, user: "4711", branch: `flood${i}` }));
      if (i % 20 === 19) await wait(9);
    }
    await wait(500);
    const done = performance.now();
    const refused = flood.got.filter((g) => g.startsWith("SIP/2.0 503") && g.includes("\r\nRetry-After: 5\r\n")).length;
    process.stdout.write(`flood: 2,000 INVITEs in ${Math.round(done - begun)} ms, ${refused} got 503, the longest pause in the call was ${Math.round(phone.longestPause(begun, done))} ms\n`);
    expect(refused).toBeGreaterThan(1_000);
    expect(phone.longestPause(begun, done)).toBeLessThan(500);
    flood.close();
    await wait(1_000);
    await (await caller.call("4000")).bye();
    await held.bye();
    phone.close();
  }, 30_000);
});
