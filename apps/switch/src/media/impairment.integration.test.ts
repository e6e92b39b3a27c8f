// What the mixer and the recorder make of a bad network. See docs/protocols/rtp.md for how it is measured.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BridgeId, LegId, RecordingId } from "@ringdesk/std";
import { linearToUlaw, ulawToLinear } from "@ringdesk/telecom/g711";
import { meanOpinionScore } from "@ringdesk/telecom/quality";
import { openImpairedPath, type ImpairedPath } from "../testkit/impaired-path.ts";
import type { Phone } from "../testkit/phone.ts";
import { createTestPlane, eventually, type TestPlane } from "../testkit/plane.ts";

const FRAME = 160;
const BLOCK = 80;
const FRAME_MS = 20;
const JITTER_MS = 30;
const CALLS = [1, 5, 10].map((lossPercent) => ({ lossPercent, delayMs: 90, jitterMs: JITTER_MS, seed: 7 * lossPercent }));
const FRAMES = 1_000;
/** The delay has to be learned: what is measured begins after so many packets. */
const LEARN_FRAMES = 150;
const MOST_MOS_LOST = 0.2;
/** Packets that arrive after one that was sent 4 packets later, at the very beginning of a relay. */
const OVERTAKEN = 4;

let setup: TestPlane;
beforeEach(async () => { setup = await createTestPlane(); });
afterEach(() => setup.close());

/** Something like speech that never repeats itself, as G.711 says it: noise through two resonances, in syllables. */
function speech(samples: number): Uint8Array {
  let [state, low, lower, high, higher] = [12_345, 0, 0, 0, 0];
  return Uint8Array.from({ length: samples }, (_, at) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const noise = state / 0x8000_0000 - 1;
    [low, lower] = [noise + 1.72 * low - 0.92 * lower, low];
    [high, higher] = [noise + 0.55 * high - 0.88 * higher, high];
    const syllable = 0.2 + 0.8 * Math.abs(Math.sin((2 * Math.PI * 2 * at) / 8_000));
    return linearToUlaw[Math.max(-30_000, Math.min(30_000, Math.round(900 * syllable * (low + high)))) + 32_768]!;
  });
}

/** Keys of all 10 ms blocks of `bytes`, at steps of 10 ms. */
function blocksOf(bytes: Uint8Array): Set<string> {
  const blocks = new Set<string>();
  for (let at = 0; at + BLOCK <= bytes.length; at += BLOCK) blocks.add(keyOf(bytes, at));
  return blocks;
}
const keyOf = (bytes: Uint8Array, at: number): string => Array.from(bytes.subarray(at, at + BLOCK), (byte) => ulawToLinear[byte]!).join();

/** Percent of the packets said, from LEARN_FRAMES on, of which neither 10 ms came out as they were said, sample for sample. */
function effectiveLoss(said: Uint8Array, heard: Uint8Array): number {
  // What comes out is cut into packets anywhere in the stream's life, and the delay moves by whole blocks: both phases are tried.
  const blocks = new Set([...blocksOf(heard), ...blocksOf(heard.subarray(BLOCK / 2))]);
  let lost = 0;
  for (let frame = LEARN_FRAMES; frame < FRAMES; frame += 1) if (!blocks.has(keyOf(said, frame * FRAME)) && !blocks.has(keyOf(said, frame * FRAME + BLOCK))) lost += 1;
  return (100 * lost) / (FRAMES - LEARN_FRAMES);
}

const score = (lossPercent: number): number => meanOpinionScore({ lossPercent, jitterMs: 0, roundTripMs: null });
const heardBy = (phone: Phone): Uint8Array => Uint8Array.from(phone.heard.flatMap((packet) => [...packet.payload]));

async function speakAll(phones: readonly Phone[], said: Uint8Array): Promise<void> {
  const started = performance.now();
  for (let frame = 0; frame < FRAMES;) {
    for (; frame < FRAMES && frame * FRAME_MS <= performance.now() - started; frame += 1) for (const phone of phones) phone.send(0, frame * FRAME, said.subarray(frame * FRAME, (frame + 1) * FRAME));
    await new Promise((resolve) => { setTimeout(resolve, 4); });
  }
}

test("REC-1 CALL-14 through 1, 5 and 10 % loss and 30 ms jitter mixer and recorder keep the opinion score within 0.2, and the relay loses nothing", { retry: 1 }, async () => {
  const said = speech(FRAMES * FRAME);
  const calls = await Promise.all(CALLS.map(async (network, n) => {
    const names = { customer: `c${n}`, agent: `a${n}`, boss: `s${n}` };
    const customer = await setup.callFrom(names.customer);
    const agent = await setup.callFrom(names.agent);
    const boss = await setup.callFrom(names.boss);
    const legs = { customer: names.customer as LegId, agent: names.agent as LegId, boss: names.boss as LegId };
    const port = await setup.plane.createRtpLeg(legs.customer);
    const path: ImpairedPath = await openImpairedPath(port.ok ? port.value : 0, network);
    customer.dial(path.port);
    setup.plane.setRemote(legs.customer, { remoteAddress: "127.0.0.1", remotePort: path.farPort, law: "pcmu", dtmfPayloadType: 101, direction: "sendrecv" });
    // The agent is relayed what the customer says; the supervisor hears it through the mixer; the recorder takes it down.
    const bridge = `b${n}` as BridgeId;
    setup.plane.setBridge(bridge, [legs.customer, legs.agent]);
    setup.plane.setBridge(bridge, [legs.customer, legs.agent, legs.boss], [{ leg: legs.customer, of: [legs.agent] }, { leg: legs.agent, of: [legs.customer] }]);
    setup.plane.startRecording(`r${n}` as RecordingId, legs.customer, legs.agent);
    return { network, customer, agent, boss, path, recording: `r${n}` as RecordingId };
  }));
  for (const { recording } of calls) await setup.until("recording-started", (event) => event.recording === recording);
  await speakAll(calls.map((call) => call.customer), said);
  await new Promise((resolve) => { setTimeout(resolve, 600); });
  for (const { network, agent, boss, path, recording } of calls) {
    setup.plane.stopRecording(recording);
    const stopped = await setup.until("recording-stopped", (event) => event.recording === recording);
    await eventually(() => path.taken() === FRAMES);
    const networkLoss = 100 * (1 - path.delivered() / path.taken());
    expect(Math.abs(networkLoss - network.lossPercent)).toBeLessThan(3);
    const left = readFileSync(join(setup.folder, stopped.path)).subarray(58).filter((_, at) => at % 2 === 0);
    const measured = { relay: agent.heard.filter((packet) => packet.payload.some((byte) => byte !== 0xff)).length, mixer: effectiveLoss(said, heardBy(boss)), recorder: effectiveLoss(said, left) };
    process.stdout.write(`loss ${networkLoss.toFixed(1)} %: relayed ${measured.relay} of ${path.delivered()}; lost after the mixer ${measured.mixer.toFixed(1)} %, MOS ${score(measured.mixer).toFixed(2)}; after the recorder ${measured.recorder.toFixed(1)} %, MOS ${score(measured.recorder).toFixed(2)}; by G.107 ${score(networkLoss).toFixed(2)}\n`);
    // What overtook the relay's first packet belongs before its beginning.
    expect(path.delivered() - measured.relay).toBeLessThanOrEqual(OVERTAKEN);
    expect(score(networkLoss) - score(measured.mixer)).toBeLessThan(MOST_MOS_LOST);
    expect(score(networkLoss) - score(measured.recorder)).toBeLessThan(MOST_MOS_LOST);
    path.close();
  }
});
