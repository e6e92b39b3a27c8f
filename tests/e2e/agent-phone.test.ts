// A SIP phone as an agent's device: it registers with the account that the agent was given, and offers ring it.
import type { Desk, Device } from "@ringdesk/contract/http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startBaresip, type Baresip } from "../sip/baresip.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { endedCall, markAllDone } from "../support/records.ts";
import { dominant } from "../support/sound.ts";
import { wait } from "../support/wait.ts";

const AGENT_HZ = 900, CALLER_HZ = 440;
const CALLER = "+12025550150";
let product: Product, api: ApiClient, phone: Baresip, caller: Baresip;
let phoneIsThere = false;

beforeAll(async () => {
  product = await startProduct();
  api = await product.signIn(product.agents[0]!);
  const { device, password } = await api.send<{ device: Device; password: string | null }>("PUT", "/device", { kind: "phone" });
  expect([device.state, password === null]).toEqual(["not-registered", false]);
  phone = await startBaresip(AGENT_HZ, { register: { number: device.account?.user ?? "", sipPort: product.sipPort, password: password ?? "" } });
  phoneIsThere = true;
  caller = await startBaresip(CALLER_HZ, { register: { number: CALLER, sipPort: product.sipPort } });
  await until("the phone to be registered", async () => (await api.get<Device>("/device")).state === "ready");
}, 120_000);
afterAll(async () => { await caller?.stop(); if (phoneIsThere) await phone.stop(); await product?.stop(); });

const desk = (): Promise<Desk> => api.get<Desk>("/desk");
const phaseIs = (phase: string | null): Promise<unknown> => until(`the call to be ${phase ?? "over"}`, async () => ((await desk()).call?.phase ?? null) === phase);
/** The caller waits, and the agent's phone rings. */
async function ringing(): Promise<void> {
  caller.command("dial", `sip:${product.supportNumber}@127.0.0.1:${product.sipPort}`);
  await phone.event("CALL_INCOMING", 30_000);
}
beforeEach(async () => {
  await markAllDone(api);
  await api.send("PUT", "/desk/status", { status: "available" });
});

describe("an agent with a SIP phone", () => {
  test("STAT-2 RTE-2 is offered calls without an open page; answering accepts, both hear each other, hold key and page hold, putting it down ends the call", async () => {
    await ringing();
    expect((await desk()).offer?.caller.number).toBe(CALLER);
    phone.command("accept");
    await phaseIs("talking");
    expect((await desk()).call?.device).toBe("phone");
    await wait(2_000);
    phone.command("hold");
    await phaseIs("held");
    phone.command("resume");
    await phaseIs("talking");
    await wait(2_000);
    phone.command("hangup");
    await phaseIs(null);
    await caller.event("CALL_CLOSED");
    const heard = await until("what the agent's phone heard", () => phone.heard());
    expect(Math.abs(dominant(heard.subarray(-12_000, -4_000)) - CALLER_HZ), "the agent hears the caller").toBeLessThanOrEqual(4);
    expect(await endedCall(api, CALLER)).toMatchObject({ direction: "inbound", outcome: "answered", endedBy: "agent" });
  }, 120_000);

  test("a caller who gives up silences it, and refusing at the phone declines", async () => {
    await ringing();
    caller.command("hangup");
    await phone.event("CALL_CLOSED");
    expect((await desk()).status.value).toBe("available");
    await ringing();
    phone.command("hangup");
    await phone.event("CALL_CLOSED");
    expect((await desk()).status.value).toBe("available");
    caller.command("hangup");
    await until("the caller to be gone", async () => (await desk()).offer === null);
  }, 60_000);

  test("STAT-5 becomes unavailable when the phone has gone and no page is open", async () => {
    await phone.stop();
    phoneIsThere = false;
    await until("the phone to be gone", async () => (await api.get<Device>("/device")).state === "not-registered");
    await until("the agent to be unavailable", async () => (await desk()).status.value === "unavailable", 40_000);
  }, 60_000);
});
