// RFC 4475 and the hostile samples against a whole switch: the outcome that their manifests expect, and after each a switch that
// answers OPTIONS within 100 ms and takes a call.
import { createSocket } from "node:dgram";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";
import { openRawCaller, type RawCaller } from "./raw-caller.ts";

const SHARED = join(import.meta.dirname, "../../../shared/reference");
const present = existsSync(join(SHARED, "wire/manifest.json"));
if (!present) process.stderr.write("torture.test.ts: skipped, no ../shared/reference beside this checkout\n");
interface Torture { readonly file: string; readonly title: string; readonly class: string; readonly allowed: readonly string[] }
interface Wire { readonly file: string; readonly expect: string }
const torture: readonly Torture[] = present ? JSON.parse(readFileSync(join(SHARED, "sip-torture/manifest.json"), "utf8")).messages : [];
const wire: readonly Wire[] = present ? JSON.parse(readFileSync(join(SHARED, "wire/manifest.json"), "utf8")) : [];
const ofKind = (kind: string): readonly Wire[] => wire.filter((w) => w.file.startsWith(`${kind}/`));

/** How long the answer to a hostile message may take; those that get none cost a test this much. */
const ANSWER_MS = 150;
const ALIVE_MS = 100;

let sut: SwitchProcess, good: RawCaller;
const dialled: string[] = [];
/** A switch for each group: what one leaves behind (transactions live for half a minute) would answer for the next. */
function withSwitch(): void {
  beforeAll(async () => {
    sut = await startSwitch({ rtpPorts: "16000-16498" });
    attend(sut);
    sut.onEvent((e) => { if (e.type === "leg.incoming") dialled.push(e.leg); });
    good = await openRawCaller(sut.sipPort);
  }, 30_000);
  afterAll(async () => { good.close(); await sut.stop(); });
}

/** The switch lives, and whoever is in order is served. */
async function expectWellBeing(): Promise<void> {
  // The better of two: the machine may be busy with other things.
  expect(Math.min(await good.options(), await good.options())).toBeLessThan(ALIVE_MS);
  const call = await good.call("4000");
  await call.bye();
  expect(sut.alive()).toBe(true);
}

/** What the switch says to the bytes: its final status, `process` for a call that reached the server, `drop` for silence. */
async function outcomeOf(bytes: Uint8Array, transport: "udp" | "tcp"): Promise<{ readonly outcome: string; readonly answers: readonly string[]; readonly calls: number }> {
  const caller = await openRawCaller(sut.sipPort, { transport });
  const before = dialled.length;
  caller.send(bytes);
  const answer = await caller.message("answer", (g) => /^SIP\/2\.0 [2-6]/.test(g), ANSWER_MS).catch(() => null);
  if (answer === null) await wait(10);
  const calls = dialled.length - before;
  const answers = [...caller.got];
  caller.close();
  return { outcome: calls > 0 ? "process" : answer === null ? "drop" : answer.slice(8, 11), answers, calls };
}

for (const transport of ["udp", "tcp"] as const) describe.skipIf(!present)(`RFC 4475 against the switch, ${transport}`, () => {
  withSwitch();
  for (const entry of torture) test(`${entry.file.slice(8)}: ${entry.title} → ${entry.allowed.join(" or ")}`, async () => {
    const { outcome, calls } = await outcomeOf(readFileSync(join(SHARED, "sip-torture", entry.file)), transport);
    // wsinv has a To tag: the ordinary answer to it is that its dialog is not here.
    expect(entry.file.includes("wsinv") ? ["481"] : entry.allowed).toContain(outcome);
    if (entry.class === "malformed" && !entry.allowed.includes("process")) expect(calls).toBe(0);
    await expectWellBeing();
  }, 20_000);
});

for (const transport of ["udp", "tcp"] as const) describe.skipIf(!present)(`SEC-3 hostile SIP against the switch, ${transport}`, () => {
  withSwitch();
  for (const { file, expect: expected } of ofKind("sip")) test(`${file} → ${expected}`, async () => {
    const { outcome, answers } = await outcomeOf(readFileSync(join(SHARED, "wire", file)), transport);
    const allowed = expected.match(/\b(\d{3}|process|drop)\b/g)?.filter((word) => word !== "100") ?? [];
    // Where the manifest speaks of what must not happen, the message is an ordinary call, or an answer to nothing.
    if (/reply to packet source|one log line|header ignored/.test(expected)) allowed.push("process");
    if (expected.includes("close on TCP") && transport === "tcp") allowed.push("drop");
    if (expected.startsWith("never answer a challenge")) allowed.push("drop");
    expect(allowed).toContain(outcome);
    expect(answers.filter((a) => /^[A-Z]+ sip:/.test(a))).toEqual([]);
    await expectWellBeing();
  }, 20_000);
});

describe.skipIf(!present)("SEC-3 hostile SDP against the switch", () => {
  withSwitch();
  for (const { file, expect: expected } of ofKind("sdp").filter((e) => !/browser|ICE/.test(e.expect))) test(`${file} → ${expected}`, async () => {
    const body = readFileSync(join(SHARED, "wire", file), "utf8");
    const call = `sdp-${file.replaceAll(/\W/g, "")}`;
    const caller = await openRawCaller(sut.sipPort);
    caller.send(caller.request("INVITE", 1, { call, body }));
    const answer = await caller.final(call, "1 INVITE").catch(() => "SIP/2.0 none");
    const status = answer.slice(8, 11);
    const allowed: string[] = expected.match(/\b(\d{3}|process)\b/g) ?? [];
    if (allowed.includes("process") || expected.includes("no RTP")) allowed.push("200");
    expect(allowed).toContain(status);
    if (status === "200") {
      const to = `;tag=${/;tag=([^;\r]+)\r\nCall-ID/.exec(answer)?.[1] ?? ""}`;
      caller.send(caller.request("ACK", 1, { call, to }));
      caller.send(caller.request("BYE", 2, { call, to }));
      await caller.final(call, "2 BYE");
    }
    caller.close();
    await expectWellBeing();
  }, 20_000);
});

describe.skipIf(!present)("SEC-3 hostile RTP, RTCP, STUN and DTLS during a call", () => {
  withSwitch();
  test("every sample at the RTP port and the browsers' port: nothing is answered beyond its size, the call goes on", async () => {
    const held = await good.call("4000");
    const rtpPort = Number(/m=audio (\d+)/.exec(held.answer)?.[1]);
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    let answered = 0;
    socket.on("message", (b) => { answered += b.length; });
    let sent = 0;
    for (const kind of ["rtp", "rtcp", "stun", "dtls"]) for (const file of readdirSync(join(SHARED, "wire", kind))) {
      const bytes = readFileSync(join(SHARED, "wire", kind, file));
      for (const port of [rtpPort, rtpPort + 1, sut.webrtcPort]) { socket.send(bytes, port, "127.0.0.1"); sent += bytes.length; }
      await wait(2);
    }
    await wait(300);
    socket.close();
    expect(answered).toBeLessThanOrEqual(3 * sent);
    expect(sut.alive()).toBe(true);
    await held.bye();
    await expectWellBeing();
  }, 20_000);

  test("20,000 damaged datagrams at all ports: the switch stays, and serves", async () => {
    const seeds = ["rtp", "rtcp", "stun", "dtls"].flatMap((kind) => readdirSync(join(SHARED, "wire", kind)).map((f) => readFileSync(join(SHARED, "wire", kind, f))));
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    let x = 20_261_122;
    const random = (n: number): number => { x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0; return Math.floor((x / 2 ** 32) * n); };
    const held = await good.call("4000");
    const rtpPort = Number(/m=audio (\d+)/.exec(held.answer)?.[1]);
    for (let i = 0; i < 20_000; i++) {
      const bytes = Buffer.from(seeds[random(seeds.length)]!);
      for (let k = random(5); k >= 0 && bytes.length > 0; k--) bytes[random(bytes.length)] = random(256);
      socket.send(bytes.subarray(0, random(6) === 0 ? random(bytes.length) : 1_400), [rtpPort, rtpPort + 1, sut.webrtcPort][random(3)]!, "127.0.0.1");
      if (i % 100 === 0) await wait(5);
    }
    socket.close();
    await held.bye();
    await expectWellBeing();
  }, 60_000);
});
