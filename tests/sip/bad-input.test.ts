// Malformed SIP and RTP from a trunk's own address never disturb a call that is up, and the switch stays.
import { createSocket } from "node:dgram";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callBySipp } from "../support/sipp.ts";
import { rms } from "../support/sound.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";

const SHARED = join(import.meta.dirname, "../../../shared/reference");
const samples = (folder: string): Buffer[] => readdirSync(join(SHARED, folder)).filter((f) => !f.endsWith(".md")).map((f) => readFileSync(join(SHARED, folder, f)));

let sut: SwitchProcess;
beforeAll(async () => { sut = await startSwitch({ rtpPorts: "17500-17698" }); attend(sut); }, 30_000);
afterAll(() => sut.stop());

/** Random damage, the same in every run. */
function* mutated(seeds: readonly Buffer[], count: number): Generator<Buffer> {
  let x = 12_345;
  const random = (n: number): number => { x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0; return x % n; };
  for (let i = 0; i < count; i++) {
    const b = Buffer.from(seeds[random(seeds.length)]!);
    for (let k = 0; k < 1 + random(6) && b.length > 0; k++) b[random(b.length)] = random(256);
    yield b.subarray(0, random(5) === 0 ? random(b.length + 1) : b.length);
  }
}

async function spray(port: number, messages: Iterable<Buffer>): Promise<number> {
  const s = createSocket("udp4");
  let sent = 0;
  for (const m of messages) {
    if (m.length > 60_000) continue;
    await new Promise<void>((r) => { s.send(m, port, "127.0.0.1", () => r()); });
    sent += 1;
    if (sent % 200 === 0) await wait(5);
  }
  s.close();
  return sent;
}

describe.skipIf(!existsSync(SHARED))("malformed input (skipped without the samples beside the project)", () => {
  test("SEC-3: SIP torture, hostile samples and 5,000 mutations: the call that is up hears its music without a gap", async () => {
    const call = await callBySipp({ sipPort: sut.sipPort, to: "4000", from: "+12025550111", hz: 440 });
    await wait(1_500);
    const from = performance.now();
    const seeds = [...samples("sip-torture/rfc4475"), ...samples("wire/sip")];
    const sent = await spray(sut.sipPort, seeds) + await spray(sut.sipPort, mutated(seeds, 5_000));
    expect(sent).toBeGreaterThan(5_000);
    await wait(500);
    const until = performance.now();
    expect(call.phone.longestPause(from, until)).toBeLessThan(150);
    expect(rms(call.phone.heard(from, until))).toBeGreaterThan(100);
    expect(sut.alive()).toBe(true);
    await call.hangUp();
    expect(await call.ended, (await call.errors()).slice(-4_000)).toBe(0);
    const again = await callBySipp({ sipPort: sut.sipPort, to: "4000", from: "+12025550112", hz: 440 });
    await wait(1_000);
    expect(rms(again.phone.heard(again.startedAt, performance.now()))).toBeGreaterThan(100);
    await again.hangUp();
    expect(await again.ended).toBe(0);
  }, 90_000);

  test("SEC-3: RTP and RTCP of strangers and malformed packets reach nobody and stop nothing", async () => {
    const call = await callBySipp({ sipPort: sut.sipPort, to: "4000", from: "+12025550113", hz: 440 });
    await wait(1_000);
    const from = performance.now();
    const seeds = [...samples("wire/rtp"), ...samples("wire/rtcp"), ...samples("wire/stun")];
    for (let port = 17_500; port < 17_510; port++) await spray(port, mutated(seeds, 200));
    await wait(300);
    expect(call.phone.longestPause(from, performance.now())).toBeLessThan(150);
    expect(sut.alive()).toBe(true);
    await call.hangUp();
    expect(await call.ended).toBe(0);
  }, 60_000);
});
