// The page for sound devices: levels, choices that are kept, and a test call in which the agent hears himself.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hear, openPerson, type Person } from "../support/browser.ts";
import { accept, noCall, phaseIs, press, ringing, setStatus, signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { deskOf, markAllDone } from "../support/records.ts";
import { callBySipp } from "../support/sipp.ts";
import { dominant, rms } from "../support/sound.ts";

const AGENT_HZ = 900;
let product: Product, agent: Person, api: ApiClient;

beforeAll(async () => {
  product = await startProduct();
  agent = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  await signIn(agent.page, product.agents[0]!);
  api = await product.signIn(product.agents[0]!);
}, 120_000);
afterAll(async () => { await agent?.close(); await product?.stop(); });

const level = (): Promise<number> => agent.page.getByTestId("level-meter").first().locator("i").evaluate((bar) => Number(/scaleX\(([\d.]+)\)/.exec((bar as HTMLElement).style.transform)?.[1] ?? 0));

describe("CALL-9 the device page", () => {
  test("shows the level, keeps the choices, and makes a test call that comes back from the switch", async () => {
    const { page } = agent;
    await page.getByTestId("user-menu").click();
    await page.getByTestId("devices-link").click();
    await page.getByTestId("echo-start").waitFor();
    await until("the microphone's level to move", async () => await level() > 0.2);
    const microphones = page.getByTestId("device-microphone");
    const second = await microphones.locator("option").nth(1).getAttribute("value");
    await microphones.selectOption(second);
    await page.reload();
    await until("the choice to be kept", async () => await microphones.inputValue() === second);

    await page.getByTestId("echo-start").click();
    await page.getByTestId("echo-running").waitFor();
    await page.waitForTimeout(1_000);
    const back = (await hear(page, 1_500, "echo-audio")).subarray(4_000);
    expect(Math.abs(dominant(back) - AGENT_HZ), "one's own voice comes back").toBeLessThanOrEqual(4);
    expect(rms(back)).toBeGreaterThan(500);
    expect((await deskOf(api)).call, "nobody else sees a call").toBeNull();
    await page.getByTestId("echo-end").click();
    await page.getByTestId("echo-start").waitFor();
    await page.getByTestId("test-ring").click();
    await page.getByTestId("test-speaker").click();
  }, 60_000);

  test("the next call uses the chosen microphone, and CALL-10 its quality is measured live", async () => {
    const { page } = agent;
    await setStatus(page, "Available");
    const call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: "+12025553801", hz: 440 });
    await ringing(page, 30_000);
    await accept(page);
    await phaseIs(page, "talking");
    await until("the quality to be told", async () => ((await deskOf(api)).call?.mos ?? 0) > 3, 15_000);
    await page.getByTestId("call-bar").getByRole("img", { name: /MOS [34]\.\d/ }).waitFor({ timeout: 10_000 });
    const from = performance.now();
    await page.waitForTimeout(1_000);
    expect(Math.abs(dominant(call.phone.heard(from, performance.now())) - AGENT_HZ)).toBeLessThanOrEqual(4);
    await press(page, "End");
    await noCall(page);
    expect(await call.ended, await call.errors()).toBe(0);
    await markAllDone(api);
  }, 90_000);
});
