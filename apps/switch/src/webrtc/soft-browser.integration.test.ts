import { createSocket } from "node:dgram";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BridgeId, LegId } from "@ringdesk/std";
import { ulawToLinear } from "@ringdesk/telecom/g711";
import { strongestTone, type Heard } from "../testkit/phone.ts";
import { createTestPlane, eventually, type TestPlane } from "../testkit/plane.ts";
import { createSoftBrowser, type SoftBrowser } from "../testkit/soft-browser.ts";

const agent = "agent" as LegId;
const caller = "caller" as LegId;
const TONES = [440, 620, 1_000];

let setup: TestPlane;
let browsers: SoftBrowser[];
beforeEach(async () => {
  setup = await createTestPlane();
  browsers = [];
});
afterEach(async () => {
  for (const browser of browsers) browser.close();
  await setup.close();
});

const samples = (heard: readonly Heard[]): Int16Array => Int16Array.from(heard.flatMap((packet) => [...packet.payload].map((byte) => ulawToLinear[byte]!)));

async function connect(leg: LegId, hz: number): Promise<SoftBrowser> {
  const browser = await createSoftBrowser(`${leg}-${browsers.length}`);
  browsers.push(browser);
  const answer = await setup.plane.connectBrowser(leg, browser.offerSdp);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  browser.answer(answer.value);
  browser.say(hz);
  return browser;
}

test("RTP and SRTP are bridged both ways, and a browser without a bridge hears silence", async () => {
  const { plane, callFrom, until } = setup;
  const phone = await callFrom("caller");
  phone.say(440);
  const browser = await connect(agent, 1_000);
  await until("media-connected", (event) => event.leg === agent);
  await eventually(() => browser.heard.length > 10);
  expect(samples(browser.heard).every((sample) => sample === 0)).toBe(true);
  plane.setBridge("bridge" as BridgeId, [caller, agent]);
  const [before, beforePhone] = [browser.heard.length, phone.heard.length];
  await eventually(() => browser.heard.length > before + 60 && phone.heard.length > beforePhone + 60);
  expect(strongestTone(samples(browser.heard.slice(-30)), TONES)).toBe(440);
  expect(strongestTone(phone.listen().slice(-4_800), TONES)).toBe(1_000);
  expect(new Set(browser.heard.map((packet) => packet.ssrc)).size).toBe(1);
  browser.heard.slice(1).forEach((packet, n) => expect(packet.sequence).toBe((browser.heard[n]!.sequence + 1) & 0xffff));
});

test("CALL-9 a browser alone in a bridge hears itself when that is asked for", async () => {
  const browser = await connect(agent, 620);
  await setup.until("media-connected");
  setup.plane.setBridge("echo" as BridgeId, [agent], [{ leg: agent, of: [agent] }]);
  const before = browser.heard.length;
  await eventually(() => browser.heard.length > before + 60);
  expect(strongestTone(samples(browser.heard.slice(-30)), TONES)).toBe(620);
  setup.plane.closeBridge("echo" as BridgeId);
  const closed = browser.heard.length;
  await eventually(() => browser.heard.length > closed + 40);
  expect(samples(browser.heard.slice(-20)).every((sample) => sample === 0)).toBe(true);
});

test("CALL-12 a connection that ends is noticed, and a new one of the same leg goes on in the same bridge", async () => {
  const { plane, callFrom, until } = setup;
  const phone = await callFrom("caller");
  phone.say(440);
  const first = await connect(agent, 1_000);
  plane.setBridge("bridge" as BridgeId, [caller, agent]);
  await until("media-connected", (event) => event.leg === agent);
  await eventually(() => first.heard.length > 10);
  const closedAt = performance.now();
  first.close();
  // This peer leaves without the DTLS farewell that browsers send: silence tells.
  expect(["closed", "silent"]).toContain((await until("media-lost")).why);
  expect(performance.now() - closedAt).toBeLessThan(2_600);
  expect(plane.snapshot().legs.find((leg) => leg.leg === agent)?.media).toBe("lost");
  const second = await connect(agent, 620);
  await eventually(() => second.heard.length > 40 && strongestTone(phone.listen().slice(-3_200), TONES) === 620);
  expect(strongestTone(samples(second.heard.slice(-20)), TONES)).toBe(440);
  expect(second.heard[0]?.ssrc).toBe(first.heard[0]?.ssrc);
  expect(setup.events.filter((event) => event.type === "media-connected" && event.leg === agent).length).toBe(2);
});

test("CALL-12 a browser that falls silent is noticed within 2 s, and back as soon as it is heard again", async () => {
  const browser = await connect(agent, 1_000);
  await setup.until("media-connected");
  const hushedAt = performance.now();
  browser.hush();
  expect(await setup.until("media-lost")).toMatchObject({ leg: agent, why: "silent" });
  expect(performance.now() - hushedAt).toBeLessThan(2_600);
  setup.events.length = 0;
  browser.say(1_000);
  await setup.until("media-connected");
});

test("a peer whose certificate is not the one of its SDP is refused by DTLS", async () => {
  const browser = await createSoftBrowser("forger");
  browsers.push(browser);
  const forged = browser.offerSdp.replace(/(a=fingerprint:sha-256 )(..)/, (_, name: string, first: string) => `${name}${first === "00" ? "11" : "00"}`);
  const answer = await setup.plane.connectBrowser(agent, forged);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  browser.answer(answer.value);
  browser.say(1_000);
  expect((await setup.until("media-lost")).why).toBe("failed");
  expect(setup.events.some((event) => event.type === "media-connected")).toBe(false);
  expect(browser.heard.length).toBe(0);
});

test("a refused offer makes no leg, and leaves an existing connection as it is", async () => {
  const { plane } = setup;
  expect(await plane.connectBrowser(agent, "v=0")).toMatchObject({ ok: false, error: { type: "sdp-refused" } });
  expect(plane.snapshot().legs).toEqual([]);
  const browser = await connect(agent, 1_000);
  await setup.until("media-connected");
  expect((await plane.connectBrowser(agent, "v=0")).ok).toBe(false);
  const before = browser.heard.length;
  await eventually(() => browser.heard.length > before + 10);
});

test("several browsers share one UDP port", async () => {
  const all = [await connect("one" as LegId, 440), await connect("two" as LegId, 620), await connect("three" as LegId, 1_000)];
  await eventually(() => all.every((browser) => browser.heard.length > 5));
  await eventually(() => setup.plane.snapshot().legs.every((leg) => leg.media === "up" && leg.quality.packets > 5));
  expect(new Set(all.map((browser) => browser.heard[0]?.ssrc)).size).toBe(3);
});

const wire = fileURLToPath(new URL("../../../../../shared/reference/wire", import.meta.url));
test.skipIf(!existsSync(wire))("hundreds of malformed STUN, DTLS and SRTP packets of a stranger disturb no call (skipped where the corpus is absent)", async () => {
  const browser = await connect(agent, 1_000);
  await setup.until("media-connected");
  const stranger = createSocket("udp4");
  for (const kind of ["stun", "dtls", "rtp", "rtcp"]) {
    for (const file of readdirSync(`${wire}/${kind}`)) {
      const bytes = readFileSync(`${wire}/${kind}/${file}`);
      for (let copy = 0; copy < 20; copy += 1) stranger.send(bytes, setup.webrtcPort, "127.0.0.1");
    }
  }
  const before = browser.heard.length;
  await eventually(() => browser.heard.length > before + 50);
  stranger.close();
  expect(setup.events.filter((event) => event.type === "media-lost")).toEqual([]);
  expect(setup.plane.quality(agent)?.lost).toBe(0);
});
