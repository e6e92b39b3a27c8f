// A newcomer's first minute: one browser, two windows, no account anywhere.
import { afterAll, beforeAll, expect, test } from "vitest";
import { hear, openPerson, type Person } from "../support/browser.ts";
import { phaseIs, ringing, setStatus, statusIs } from "../support/desk.ts";
import { startProduct, type Product } from "../support/product.ts";
import { dominant } from "../support/sound.ts";

const VOICE_HZ = 700;
let product: Product, newcomer: Person;
beforeAll(async () => {
  product = await startProduct({ setUp: false });
  newcomer = await openPerson({ baseUrl: product.baseUrl, hz: VOICE_HZ });
}, 120_000);
afterAll(async () => { await newcomer?.close(); await product?.stop(); });

test("OPS-1: a fresh start is ready in under 60 s", () => {
  expect(product.startMs).toBeLessThan(60_000);
});

test("ORG-1 STAT-1 STAT-2: the page creates the organisation, and its owner places and answers a call within a minute", async () => {
  const from = Date.now();
  const { page } = newcomer;
  await page.goto("/");
  await page.getByRole("button", { name: "Create organisation" }).click();
  expect(await page.getByText("Enter a name").count(), "what is missing is said at its field").toBeGreaterThan(0);
  await page.getByLabel("Name", { exact: true }).fill("Acme Support");
  await page.getByLabel("Your name").fill("Olga Owner");
  await page.getByLabel("E-mail address").fill("olga@example.com");
  await page.locator("input[name=password]").fill("too short");
  await page.getByRole("button", { name: "Create organisation" }).click();
  await page.getByText("Use at least 15 characters").waitFor();
  await page.locator("input[name=password]").fill("correct horse battery");
  await page.getByRole("button", { name: "Create organisation" }).click();
  await page.getByText("Acme Support is ready").waitFor();
  expect(await page.getByTestId("sample-user").count()).toBe(2);

  const [handset] = await Promise.all([newcomer.context.waitForEvent("page"), page.getByRole("link", { name: "Open the handset" }).click()]);
  await page.getByRole("link", { name: "Open your desk" }).click();
  await statusIs(page, "Unavailable");
  await setStatus(page, "Available");
  await handset.getByTestId("handset-support-number").first().click();
  await ringing(page, 30_000);
  await page.waitForTimeout(600);
  await page.keyboard.press("a");
  await phaseIs(page, "talking");
  await page.waitForTimeout(800);
  expect(Math.abs(dominant((await hear(page, 1_500)).subarray(4_000)) - VOICE_HZ)).toBeLessThanOrEqual(4);
  expect(Math.abs(dominant((await hear(handset, 1_500)).subarray(4_000)) - VOICE_HZ)).toBeLessThanOrEqual(4);
  expect(Date.now() - from, "from the first page to the talk, ms").toBeLessThan(60_000);
}, 120_000);
