// Every way in which a call can end or an offer can fail, with real callers and a real desktop.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hear, openPerson, type Person } from "../support/browser.ts";
import { accept, chooseStatus, decline, noCall, notRinging, phaseIs, ringing, setStatus, signIn, statusIs } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { deskOf, endedCall, markAllDone } from "../support/records.ts";
import { callBySipp, type SippCall } from "../support/sipp.ts";
import { dominant, rms } from "../support/sound.ts";
import { runSipp } from "../sip/run-sipp.ts";
import { ackRefusal, expectStatus, invite, provisional, scenario, sdp } from "../sip/scenario.ts";
import { wait } from "../support/wait.ts";

let product: Product, ana: Person, ben: Person, api: ApiClient, benApi: ApiClient;
let callers = 0;
/** A new customer each time, so that no test sees another's calls. */
const ring = async (): Promise<{ call: SippCall; from: string }> => {
  callers += 1;
  const from = `+1202555${String(1_000 + callers)}`;
  return { from, call: await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from, hz: 440 }) };
};
beforeAll(async () => {
  product = await startProduct();
  [ana, ben] = await Promise.all([openPerson({ baseUrl: product.baseUrl, hz: 900 }), openPerson({ baseUrl: product.baseUrl, hz: 1_200 })]);
  await signIn(ana.page, product.agents[0]!);
  await signIn(ben.page, product.agents[1]!);
  api = await product.signIn(product.agents[0]!);
  benApi = await product.signIn(product.agents[1]!);
}, 120_000);
afterAll(async () => { await ana?.close(); await ben?.close(); await product?.stop(); });

describe("a call ends as the spec says", () => {
  test("CALL-8: the caller hangs up while waiting: abandoned in queue", async () => {
    const { call, from } = await ring();
    await until("the call to wait", async () => (await api.get<{ items: { waiting: unknown[] }[] }>("/queues")).items.some((q) => q.waiting.length === 1), 20_000);
    await wait(1_000);
    await call.hangUp();
    expect(await call.ended, await call.errors()).toBe(0);
    expect(await endedCall(api, from)).toMatchObject({ outcome: "abandoned-in-queue", endedBy: "customer", offers: [], answeredAt: null });
    expect((await api.get<{ items: { waiting: unknown[] }[] }>("/queues")).items.every((q) => q.waiting.length === 0)).toBe(true);
  }, 60_000);

  test("RTE-2: the caller hangs up while the desktop rings: the ring stops, the agent stays Available", async () => {
    await setStatus(ana.page, "Available");
    const { call, from } = await ring();
    await ringing(ana.page, 20_000);
    await call.hangUp();
    await notRinging(ana.page, 3_000);
    await statusIs(ana.page, "Available");
    const ended = await endedCall(api, from);
    expect(ended).toMatchObject({ outcome: "abandoned-in-queue", endedBy: "customer" });
    expect(ended.offers.map((o) => o.result)).toEqual(["withdrawn"]);
  }, 60_000);

  test("STAT-3: the caller hangs up while talking: answered, and the agent stays Busy", async () => {
    const { call, from } = await ring();
    await ringing(ana.page, 20_000);
    await accept(ana.page);
    await phaseIs(ana.page, "talking");
    await wait(1_500);
    await call.hangUp();
    await noCall(ana.page);
    expect(await endedCall(api, from)).toMatchObject({ outcome: "answered", endedBy: "customer" });
    await wait(1_000);
    await statusIs(ana.page, "Busy");
    await markAllDone(api);
  }, 60_000);

  test("RTE-2 RTE-3: declined, the call goes to the next agent and the first stays Available", async () => {
    await setStatus(ana.page, "Available");
    const { call, from } = await ring();
    await ringing(ana.page, 20_000);
    await setStatus(ben.page, "Available");
    expect(await ben.page.getByTestId("incoming-call").count(), "one call is offered to one agent at a time").toBe(0);
    await decline(ana.page);
    await ringing(ben.page, 3_000);
    await notRinging(ana.page);
    await statusIs(ana.page, "Available");
    await accept(ben.page);
    await phaseIs(ben.page, "talking");
    await call.hangUp();
    await noCall(ben.page);
    const ended = await endedCall(api, from);
    expect(ended.offers.map((o) => [o.agentName, o.result])).toEqual([[product.agents[0]!.name, "declined"], [product.agents[1]!.name, "accepted"]]);
    await markAllDone(benApi);
  }, 60_000);

  test("STAT-4 RTE-2: rung out for 30 s: the agent becomes Unavailable, the next agent is offered", async () => {
    await setStatus(ana.page, "Available");
    const { call, from } = await ring();
    await ringing(ana.page, 20_000);
    const rang = Date.now();
    await setStatus(ben.page, "Available");
    await ringing(ben.page, 40_000);
    expect((Date.now() - rang) / 1_000).toBeGreaterThan(28);
    expect((Date.now() - rang) / 1_000).toBeLessThan(33);
    await statusIs(ana.page, "Unavailable");
    await notRinging(ana.page);
    await call.hangUp();
    const ended = await endedCall(api, from);
    expect(ended.offers.map((o) => o.result)).toEqual(["missed", "withdrawn"]);
    await setStatus(ben.page, "Unavailable");
  }, 90_000);

  test("CALL-12 STAT-5: the tab is closed in a call: music at once, and a new tab is put back into the same call", async () => {
    await setStatus(ana.page, "Available");
    const { call, from } = await ring();
    await ringing(ana.page, 20_000);
    await accept(ana.page);
    await phaseIs(ana.page, "talking");
    await wait(1_000);
    const closedAt = performance.now();
    await ana.page.close();
    await wait(3_500);
    const away = call.phone.heard(closedAt + 2_500, performance.now());
    expect(rms(away), "the customer hears music").toBeGreaterThan(100);
    expect(Math.abs(dominant(away) - 900), "not the agent").toBeGreaterThan(10);
    expect((await deskOf(api)).call?.phase).toBe("away");

    const page = await ana.context.newPage();
    ana = { ...ana, page };
    await page.goto("/");
    await phaseIs(page, "talking", 10_000);
    await wait(1_000);
    const t0 = performance.now();
    expect(Math.abs(dominant((await hear(page, 1_500)).subarray(4_000)) - 440)).toBeLessThanOrEqual(4);
    expect(Math.abs(dominant(call.phone.heard(t0, performance.now())) - 900)).toBeLessThanOrEqual(4);
    await call.hangUp();
    expect(await endedCall(api, from)).toMatchObject({ outcome: "answered" });
    await markAllDone(api);
  }, 90_000);

  test("CALL-12: nobody comes back within 30 s: the call returns to the head of its queue and the next agent is offered", async () => {
    await setStatus(ana.page, "Available");
    const { call, from } = await ring();
    await ringing(ana.page, 20_000);
    await accept(ana.page);
    await phaseIs(ana.page, "talking");
    await wait(500);
    await ana.page.close();
    await setStatus(ben.page, "Available");
    await ringing(ben.page, 45_000);
    await accept(ben.page);
    await phaseIs(ben.page, "talking");
    await call.hangUp();
    expect(await endedCall(api, from)).toMatchObject({ outcome: "answered", agentName: product.agents[1]!.name });
    const page = await ana.context.newPage();
    ana = { ...ana, page };
    await page.goto("/");
    await markAllDone(benApi);
    await markAllDone(api);
  }, 120_000);

  test("STAT-5: the tab is closed while it rings: the offer is withdrawn and the next agent is offered", async () => {
    await setStatus(ana.page, "Available");
    await setStatus(ben.page, "Unavailable");
    const { call, from } = await ring();
    await ringing(ana.page, 20_000);
    await setStatus(ben.page, "Available");
    await ana.page.close();
    await ringing(ben.page, 25_000);
    await call.hangUp();
    const ended = await endedCall(api, from);
    expect(ended.offers.map((o) => o.result)).toEqual(["withdrawn", "withdrawn"]);
    await until("the agent without a desktop to be Unavailable", async () => (await deskOf(api)).status.value === "unavailable", 30_000);
  }, 90_000);
});

describe("bad input", () => {
  test("a number that nobody has: 404, and no record of a call", async () => {
    const run = await runSipp({ xml: scenario("unknown", invite(), provisional(), expectStatus(404), ackRefusal()), service: "+12025550999", remote: `127.0.0.1:${product.sipPort}` });
    const { code, log } = await run.exit;
    expect(code, log.slice(-3_000)).toBe(0);
    expect((await api.get<{ items: { waiting: unknown[] }[] }>("/queues")).items.every((q) => q.waiting.length === 0)).toBe(true);
  }, 30_000);

  test("an offer without G.711: 488", async () => {
    const run = await runSipp({ xml: scenario("opus", invite(sdp({ payloadTypes: "96", codecs: ["96 opus/48000/2"] })), provisional(), expectStatus(488), ackRefusal()), service: product.supportNumber, remote: `127.0.0.1:${product.sipPort}` });
    const { code, log } = await run.exit;
    expect(code, log.slice(-3_000)).toBe(0);
  }, 30_000);

  test("RTE-4 CALL-9: a microphone that is denied shows how to grant it, and the caller stays in hold music", async () => {
    await setStatus(ben.page, "Unavailable");
    const deaf = await openPerson({ baseUrl: product.baseUrl, hz: 900, microphone: "denied" });
    try {
      await signIn(deaf.page, product.owner);
      // The page asks before becoming Available; one who goes on without is offered the call and told why it does not connect.
      await chooseStatus(deaf.page, "Available");
      await deaf.page.getByTestId("microphone-help").waitFor();
      await deaf.page.keyboard.press("Escape");
      const owner = await product.signIn(product.owner);
      await owner.send("PUT", "/desk/status", { status: "available" });
      const { call, from } = await ring();
      await ringing(deaf.page, 20_000);
      await accept(deaf.page);
      await deaf.page.getByTestId("microphone-help").waitFor();
      const t0 = performance.now();
      await wait(2_000);
      expect(rms(call.phone.heard(t0, performance.now())), "still music").toBeGreaterThan(100);
      expect((await deskOf(owner)).call?.phase).toBe("connecting");
      await call.hangUp();
      expect((await endedCall(api, from)).outcome).toBe("abandoned-in-queue");
    } finally { await deaf.close(); }
  }, 90_000);
});
