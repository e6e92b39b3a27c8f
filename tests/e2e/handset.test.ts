// The telephone in the browser, both ways, between two Chromium windows.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hear, openPerson, type Person } from "../support/browser.ts";
import { accept, noCall, phaseIs, press, ringing, setStatus, signIn, statusIs } from "../support/desk.ts";
import { startProduct, type ApiClient, type Product } from "../support/product.ts";
import { endedCall } from "../support/records.ts";
import { dominant, rms } from "../support/sound.ts";
import { wait } from "../support/wait.ts";

const AGENT_HZ = 900, CUSTOMER_HZ = 440;
let product: Product, agent: Person, customer: Person, api: ApiClient, number: string;

beforeAll(async () => {
  product = await startProduct();
  [agent, customer] = await Promise.all([
    openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ }),
    openPerson({ baseUrl: product.baseUrl, hz: CUSTOMER_HZ, viewport: { width: 390, height: 844 } }),
  ]);
  await signIn(agent.page, product.agents[0]!);
  await signIn(customer.page, product.owner);
  await customer.page.goto("/handset");
  number = (await customer.page.getByTestId("handset").getAttribute("data-number"))!;
  expect(number).toMatch(/^\+1\d{3}55501\d\d$/);
  api = await product.signIn(product.agents[0]!);
}, 120_000);
afterAll(async () => { await agent?.close(); await customer?.close(); await product?.stop(); });

const handsetIs = (state: string): Promise<void> => customer.page.locator(`[data-testid=handset][data-state=${state}]`).waitFor({ timeout: 20_000 });
const bothHear = async (): Promise<void> => {
  await wait(1_000);
  const [atAgent, atCustomer] = await Promise.all([hear(agent.page, 2_000), hear(customer.page, 2_000)]);
  expect(Math.abs(dominant(atAgent.subarray(4_000)) - CUSTOMER_HZ), "the agent hears the handset").toBeLessThanOrEqual(4);
  expect(Math.abs(dominant(atCustomer.subarray(4_000)) - AGENT_HZ), "the handset hears the agent").toBeLessThanOrEqual(4);
};

describe("the handset", () => {
  test("ORG-1 CALL-4: the handset calls the support number, hears greeting and music, and the agent answers", async () => {
    await setStatus(agent.page, "Available");
    await customer.page.getByTestId("handset-support-number").first().click();
    await handsetIs("talking");
    expect(rms((await hear(customer.page, 1_500)).subarray(4_000)), "the greeting is heard").toBeGreaterThan(100);
    await ringing(agent.page, 30_000);
    await accept(agent.page);
    await phaseIs(agent.page, "talking");
    await bothHear();
    await customer.page.getByRole("button", { name: "Hang up" }).click();
    await noCall(agent.page);
    await handsetIs("idle");
    expect(await endedCall(api, number)).toMatchObject({ direction: "inbound", outcome: "answered", endedBy: "customer" });
  }, 90_000);

  test("CALL-1 CALL-2 CALL-3: the agent calls the handset, hears it ring, and the handset answers", async () => {
    await setStatus(agent.page, "Available");
    await agent.page.getByTestId("dialer-open").click();
    await agent.page.getByTestId("dialer-number").fill(number.replace("+1", ""));
    await agent.page.getByTestId("dialer-call").click();
    await handsetIs("ringing");
    await phaseIs(agent.page, "ringing");
    const ringback = (await hear(agent.page, 4_500)).subarray(4_000);
    expect(rms(ringback), "ringback tone is heard").toBeGreaterThan(100);
    await customer.page.getByRole("button", { name: "Answer" }).click();
    await handsetIs("talking");
    await phaseIs(agent.page, "talking");
    await statusIs(agent.page, "Busy");
    await bothHear();
    await press(agent.page, "End");
    await handsetIs("idle");
    expect(await endedCall(api, number)).toMatchObject({ direction: "outbound", outcome: "answered", endedBy: "agent", supportNumber: product.supportNumber });
  }, 90_000);

  test("CALL-1: an invalid number says so before dialling", async () => {
    await setStatus(agent.page, "Available");
    await agent.page.getByTestId("dialer-open").click();
    await agent.page.getByTestId("dialer-number").fill("12");
    await agent.page.getByText(/not a (valid )?phone number/i).waitFor();
  }, 30_000);
});
