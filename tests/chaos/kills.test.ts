// kill -9 of each process in the middle of a call between SIPp and Chromium.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listen, openPerson, type Person } from "../support/browser.ts";
import { accept, noCall, phaseIs, press, ringing, setStatus, signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { deskOf, endedCall, markAllDone, recordingAudio } from "../support/records.ts";
import { callBySipp, type SippCall } from "../support/sipp.ts";
import { dominant, longestGapMs, readWav } from "../support/sound.ts";
import { wait } from "../support/wait.ts";

const AGENT_HZ = 900, CUSTOMER_HZ = 440;
let product: Product, agent: Person, api: ApiClient;

beforeAll(async () => {
  product = await startProduct();
  agent = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  await signIn(agent.page, product.agents[0]!);
  api = await product.signIn(product.agents[0]!);
}, 120_000);
afterAll(async () => { await agent?.close(); await product?.stop(); });

/** A call that is answered and talking. */
async function talking(from: string): Promise<SippCall> {
  await markAllDone(api);
  await setStatus(agent.page, "Available");
  const call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from, hz: CUSTOMER_HZ });
  await ringing(agent.page, 30_000);
  await accept(agent.page);
  await phaseIs(agent.page, "talking");
  await wait(1_500);
  return call;
}

/** Runs `deed` while both sides are listened to, and expects that neither missed 100 ms. */
async function withoutAGap(call: SippCall, deed: () => Promise<void>): Promise<void> {
  const ears = await listen(agent.page);
  await wait(500);
  const from = performance.now();
  await deed();
  const until = performance.now();
  const atAgent = (await ears.stop()).subarray(4_000);
  expect(call.phone.longestPause(from, until), "pause between packets at the customer, ms").toBeLessThan(100);
  expect(longestGapMs(call.phone.heard(from, until)), "silence at the customer, ms").toBeLessThan(100);
  expect(longestGapMs(atAgent), "silence at the agent, ms").toBeLessThan(100);
  expect(Math.abs(dominant(call.phone.heard(until - 1_000, until)) - AGENT_HZ)).toBeLessThanOrEqual(4);
  expect(Math.abs(dominant(atAgent.subarray(-8_000)) - CUSTOMER_HZ)).toBeLessThanOrEqual(4);
}

async function recordingIs(from: string, seconds: number): Promise<void> {
  const call = await endedCall(api, from);
  const wav = readWav(await recordingAudio(api, call.recordings[0]!.id));
  expect(wav.seconds).toBeGreaterThan(seconds);
  expect(Math.abs(dominant(wav.channels[0]!.subarray(8_000, 20_000)) - CUSTOMER_HZ)).toBeLessThanOrEqual(4);
  expect(Math.abs(dominant(wav.channels[1]!.subarray(8_000, 20_000)) - AGENT_HZ)).toBeLessThanOrEqual(4);
}

describe("kill -9", () => {
  test("CALL-13: of the server: audio goes on, the desktop shows the same call and ends it, timeline and recording are complete", async () => {
    const from = "+12025552001";
    const call = await talking(from);
    const before = (await deskOf(api)).call!;
    await withoutAGap(call, async () => {
      await product.kill("server");
      await wait(1_000);
      await product.ready();
      await until("the desk to show the call again", async () => (await deskOf(api)).call?.id === before.id, 20_000);
      await wait(1_000);
    });
    await phaseIs(agent.page, "talking");
    expect((await deskOf(api)).call?.talkingSince).toBe(before.talkingSince);
    await press(agent.page, "End");
    await noCall(agent.page);
    expect(await call.ended, await call.errors()).toBe(0);
    const ended = await endedCall(api, from);
    expect(ended).toMatchObject({ outcome: "answered", endedBy: "agent" });
    expect(ended.recordings).toHaveLength(1);
    expect(ended.recordings[0]!.state).toBe("complete");
    await recordingIs(from, 4);
  }, 120_000);

  test("OPS-1: of PostgreSQL: the call goes on, and nothing of it is lost", async () => {
    const from = "+12025552002";
    const call = await talking(from);
    await withoutAGap(call, async () => {
      await product.kill("postgres");
      await press(agent.page, "Mute");
      await press(agent.page, "Unmute");
      await wait(2_500);
    });
    await press(agent.page, "Hold");
    await phaseIs(agent.page, "held");
    await press(agent.page, "Resume");
    await phaseIs(agent.page, "talking");
    await wait(1_000);
    await call.hangUp();
    await noCall(agent.page);
    expect(await endedCall(api, from, 30_000)).toMatchObject({ outcome: "answered", endedBy: "customer", holds: 1 });
    await recordingIs(from, 4);
  }, 120_000);

  test("REC-4 CALL-13: of the switch: the caller is lost, the record is not: interrupted, and the recording plays", async () => {
    const from = "+12025552003";
    const call = await talking(from);
    await wait(2_000);
    await product.kill("switch");
    const ended = await endedCall(api, from, 30_000);
    expect(ended).toMatchObject({ outcome: "interrupted", endedBy: "system" });
    expect(ended.recordings[0]!.state).toBe("partial");
    await recordingIs(from, 2.5);
    await noCall(agent.page);
    call.kill();
    // The next call is answered as if nothing had been.
    await talking("+12025552004").then((next) => next.hangUp());
    await noCall(agent.page);
  }, 120_000);
});
