// A SIP phone that is registered to the sandbox: the agent dials its number, and it rings.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBaresip, type Baresip } from "../sip/baresip.ts";
import { hear, openPerson, type Person } from "../support/browser.ts";
import { noCall, phaseIs, press, setStatus, signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { endedCall, markAllDone } from "../support/records.ts";
import { dominant } from "../support/sound.ts";
import { wait } from "../support/wait.ts";

const AGENT_HZ = 900, PHONE_HZ = 440;
const NUMBER = "+12025550150";
/** The phone writes its number as people of its country do. */
const AS_REGISTERED = "2025550150";
let product: Product, agent: Person, phone: Baresip, api: ApiClient;

beforeAll(async () => {
  product = await startProduct();
  phone = await startBaresip(PHONE_HZ, { register: { number: AS_REGISTERED, sipPort: product.sipPort } });
  agent = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  await signIn(agent.page, product.agents[0]!);
  api = await product.signIn(product.agents[0]!);
}, 120_000);
afterAll(async () => { await agent?.close(); await phone?.stop(); await product?.stop(); });

const dial = async (number: string): Promise<void> => {
  await agent.page.getByTestId("dialer-open").click();
  await agent.page.getByTestId("dialer-number").fill(number);
  await agent.page.getByTestId("dialer-call").click();
};

describe("a phone registered to the sandbox", () => {
  test("CALL-1 CALL-2: the agent dials its number, it rings and answers, both hear each other, and the timeline has the call", async () => {
    await setStatus(agent.page, "Available");
    await dial(AS_REGISTERED);
    await phone.event("CALL_INCOMING", 20_000);
    await phaseIs(agent.page, "ringing");
    phone.command("accept");
    await phaseIs(agent.page, "talking");
    await wait(1_000);
    expect(Math.abs(dominant((await hear(agent.page, 2_000)).subarray(4_000)) - PHONE_HZ), "the agent hears the phone").toBeLessThanOrEqual(4);
    await press(agent.page, "End");
    await noCall(agent.page);
    await phone.event("CALL_CLOSED");
    const heard = await until("what the phone heard", () => phone.heard());
    expect(Math.abs(dominant(heard.subarray(-12_000, -4_000)) - AGENT_HZ), "the phone hears the agent").toBeLessThanOrEqual(4);
    expect(await endedCall(api, NUMBER)).toMatchObject({ direction: "outbound", outcome: "answered", endedBy: "agent" });
  }, 120_000);

  test("CALL-13: a server that was killed knows the phone again, from the switch", async () => {
    await product.kill("server");
    await product.ready();
    await agent.page.reload();
    await markAllDone(api);
    await setStatus(agent.page, "Available");
    await dial(NUMBER);
    await phaseIs(agent.page, "ringing");
    await press(agent.page, "End");
    await noCall(agent.page);
  }, 60_000);
});
