// An agent's browser comes back into the same call: after a reload, a change of network, in another tab, after a crash.
// REJOIN_RUNS says how often each is measured.
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hear, openPerson, type Person } from "../support/browser.ts";
import { accept, noCall, phaseIs, press, ringing, setStatus, signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Login, type Product } from "../support/product.ts";
import { deskOf, endedCall, markAllDone } from "../support/records.ts";
import { callBySipp, type SippCall } from "../support/sipp.ts";
import { dominant, rms, share } from "../support/sound.ts";
import { openUdpPath, type UdpPath } from "../support/udp-path.ts";
import { wait } from "../support/wait.ts";

const AGENT_HZ = 900, CUSTOMER_HZ = 440;
const RUNS = Number(process.env["REJOIN_RUNS"] ?? 3);
/** From the moment the page goes until the customer hears the agent again. */
const REJOIN_MS = 3_000;
/** The part of REJOIN_MS in which a silent network is noticed. */
const NOTICED_MS = 2_600;
const LOOK_EVERY_MS = 20;
/** So much of the agent's tone says that the agent is heard. */
const TONE_MS = 60;
const CUSTOMER = "+12025553001";

let product: Product, agent: Person, api: ApiClient, call: SippCall, who: Login;

beforeAll(async () => {
  product = await startProduct();
  who = product.agents[0]!;
  api = await product.signIn(who);
  agent = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  await signIn(agent.page, who);
  await setStatus(agent.page, "Available");
  call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: CUSTOMER, hz: CUSTOMER_HZ });
  await ringing(agent.page, 30_000);
  await accept(agent.page);
  await phaseIs(agent.page, "talking");
  await agentIsHeard(performance.now(), 10_000);
}, 120_000);
afterAll(async () => { await agent?.close(); await product?.stop(); });

/** Waits until the customer hears the agent after `from`; the value is how long that took from then, in milliseconds. */
async function agentIsHeard(from: number, limitMs = 15_000): Promise<number> {
  while (performance.now() - from < limitMs) {
    const now = performance.now();
    const heard = call.phone.heard(Math.max(from, now - TONE_MS), now);
    if (heard.length >= (TONE_MS - 20) * 8 && share(heard, AGENT_HZ) > 0.7) return now - from;
    await wait(LOOK_EVERY_MS);
  }
  throw new Error(`the agent was not heard again within ${limitMs} ms`);
}
/** Waits until the customer hears music and not the agent; the value is how long that took from `from`. */
const musicIsHeard = (from: number): Promise<number> => until("the customer to hear music", async () => {
  const now = performance.now();
  const heard = call.phone.heard(Math.max(from, now - TONE_MS), now);
  return rms(heard) > 100 && share(heard, AGENT_HZ) < 0.2 && now - from;
});
const bothHear = async (): Promise<void> => {
  const from = performance.now();
  expect(Math.abs(dominant((await hear(agent.page, 1_500)).subarray(4_000)) - CUSTOMER_HZ), "the agent hears the customer").toBeLessThanOrEqual(4);
  expect(Math.abs(dominant(call.phone.heard(from, performance.now())) - AGENT_HZ), "the customer hears the agent").toBeLessThanOrEqual(4);
};

/** Prints what was measured, and expects the 95th percentile to keep the limit. */
function keeps(what: string, measured: readonly number[], limitMs: number): void {
  const sorted = [...measured].sort((a, b) => a - b);
  const at = (part: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)]!);
  process.stdout.write(`${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms of ${sorted.length}\n`);
  expect(at(0.95), `${what}, 95th percentile in ms`).toBeLessThan(limitMs);
}

describe("CALL-12 coming back into the same call", () => {
  test("a reload: the customer hears music at once, and the agent again", async () => {
    const before = (await deskOf(api)).call!;
    const [back, gone]: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run += 1) {
      const from = performance.now();
      const [, goneAfter] = await Promise.all([agent.page.reload({ waitUntil: "commit" }), musicIsHeard(from)]);
      gone.push(goneAfter);
      back.push(await agentIsHeard(from + goneAfter) + goneAfter);
      await phaseIs(agent.page, "talking");
    }
    await bothHear();
    const { id, talkingSince } = (await deskOf(api)).call!;
    expect({ id, talkingSince }, "the same call").toEqual({ id: before.id, talkingSince: before.talkingSince });
    keeps("reload, until music", gone, 1_000);
    keeps("reload, until the agent is heard", back, REJOIN_MS);
  });

  test("a change of network: silence is noticed within 2 s, and a new connection takes the new way", async () => {
    const paths: UdpPath[] = [];
    // Each connection is led over a path of its own, as if the laptop had joined another network.
    await agent.page.route("**/api/v1/calls/*/audio", async (route) => {
      const answer = await route.fetch();
      const body = await answer.json() as { sdp?: string };
      const port = Number(/a=candidate:\S+ 1 UDP \d+ \S+ (\d+) /.exec(body.sdp ?? "")?.[1]);
      const path = await openUdpPath(port);
      paths.push(path);
      await route.fulfill({ response: answer, json: { ...body, sdp: body.sdp?.replace(/(a=candidate:\S+ 1 UDP \d+ \S+) \d+ /, `$1 ${path.port} `) } });
    });
    const [back, noticed]: [number[], number[]] = [[], []];
    await agent.page.reload({ waitUntil: "commit" });
    await musicIsHeard(performance.now());
    await agentIsHeard(performance.now());
    await phaseIs(agent.page, "talking");
    for (let run = 0; run < RUNS; run += 1) {
      const from = performance.now();
      paths.at(-1)!.cut();
      noticed.push(await musicIsHeard(from));
      back.push(await agentIsHeard(from + noticed.at(-1)!) + noticed.at(-1)!);
      await phaseIs(agent.page, "talking");
      await wait(300);
    }
    await bothHear();
    await agent.page.unroute("**/api/v1/calls/*/audio");
    keeps("network lost, until music", noticed, NOTICED_MS);
    keeps("network lost, until the agent is heard", back, REJOIN_MS);
    await agent.page.reload({ waitUntil: "commit" });
    await musicIsHeard(performance.now());
    await agentIsHeard(performance.now());
    for (const path of paths) path.close();
  });

  test("CALL-11: a second tab says where the call is and takes it over; the first gives it up", async () => {
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const second = await agent.context.newPage();
      await second.goto("/");
      await second.getByTestId("take-over").waitFor();
      await agentIsHeard(performance.now());
      const from = performance.now();
      await second.getByTestId("take-over").click();
      await second.locator("[data-testid=call-bar][data-audio=connected]").waitFor();
      await phaseIs(second, "talking");
      times.push(await agentIsHeard(performance.now()) + performance.now() - from);
      await agent.page.locator("[data-testid=call-bar][data-audio=elsewhere]").waitFor();
      await agent.page.getByTestId("take-over").waitFor();
      await agent.page.close();
      agent = { ...agent, page: second };
      await agentIsHeard(performance.now());
    }
    await bothHear();
    keeps("taken over in another tab", times, REJOIN_MS);
  });

  test("kill -9 of the browser: a new one is put back into the call", async () => {
    const [back, gone]: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run += 1) {
      const cdp = await agent.browser.newBrowserCDPSession();
      const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
      const cookies = await agent.context.cookies();
      const next = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
      await next.context.addCookies(cookies);
      const killedAt = performance.now();
      process.kill(processInfo.find(({ type }) => type === "browser")!.id, "SIGKILL");
      gone.push(await musicIsHeard(killedAt));
      agent = next;
      const from = performance.now();
      await agent.page.goto("/", { waitUntil: "commit" });
      back.push(await agentIsHeard(from));
      await phaseIs(agent.page, "talking");
    }
    await bothHear();
    keeps("browser killed, until music", gone, NOTICED_MS);
    keeps("new browser's first page, until the agent is heard", back, REJOIN_MS);
    await press(agent.page, "End");
    await noCall(agent.page);
    expect(await call.ended, await call.errors()).toBe(0);
    const ended = await endedCall(api, CUSTOMER);
    expect(ended).toMatchObject({ outcome: "answered", endedBy: "agent" });
    // CALL-10: measured over all connections, because each came into the same leg.
    expect(ended.quality.map(({ party }) => party).sort(), "one leg each, all the time").toEqual(["agent", "customer"]);
    expect(ended.quality.every(({ mos }) => mos !== null && mos > 1)).toBe(true);
    await markAllDone(api);
  });
});
