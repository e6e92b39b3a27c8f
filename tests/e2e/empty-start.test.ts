// An organisation that starts without sample data: its admin is told what is missing until the first call rings.
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPerson, type Person } from "../support/browser.ts";
import { ringing, setStatus, signIn } from "../support/desk.ts";
import { startProduct, type Product } from "../support/product.ts";

const owner = { name: "Olga Owner", email: "olga@example.com", password: "correct horse battery" };
let product: Product, admin: Person;
beforeAll(async () => {
  product = await startProduct({ setUp: false });
  const made = await fetch(`${product.baseUrl}/api/v1/setup`, {
    method: "POST", headers: { "content-type": "application/json", origin: product.baseUrl },
    body: JSON.stringify({ organisation: { name: "Bolt", timeZone: "America/New_York", country: "US" }, owner, sample: false }),
  });
  expect(made.ok).toBe(true);
  admin = await openPerson({ baseUrl: product.baseUrl, hz: 440 });
  await signIn(admin.page, owner);
}, 120_000);
afterAll(async () => { await admin?.close(); await product?.stop(); });

const step = (key: string) => admin.page.getByTestId(`first-step-${key}`);
const next = (): Promise<void> => admin.page.getByTestId("wizard-next").click();

test("ORG-1 QUE-1 TEAM-2 RTE-6 the first steps lead an admin from nothing to a call that rings", async () => {
  const { page } = admin;
  await page.getByText("0 of 4 done").waitFor();
  await step("number").getByRole("link", { name: "Add a number" }).click();
  await page.getByTestId("add-number").click();
  await page.getByLabel("Number", { exact: true }).fill("911");
  await page.getByLabel("Label", { exact: true }).fill("Main line");
  await page.getByTestId("create-number").click();
  await page.getByLabel("Number", { exact: true }).and(page.locator("[aria-invalid=true]")).waitFor();
  await page.getByLabel("Number", { exact: true }).fill("(202) 555-0100");
  await page.getByTestId("create-number").click();
  await page.getByRole("heading", { name: "Main line" }).waitFor();

  await page.getByRole("link", { name: "Conversations" }).click();
  await page.getByText("1 of 4 done").waitFor();
  await step("queue").getByRole("link", { name: "Add a queue" }).click();
  await page.getByLabel("Name", { exact: true }).fill("help");
  await next();
  await page.getByLabel("Accept voice conversations").waitFor();
  await next();
  await page.getByLabel("Send conversations here by a rule").waitFor();
  await next();
  await page.getByLabel("Make a new team for it").check();
  await page.getByLabel("Name of the team").fill("helpers");
  await page.getByPlaceholder("Choose users").click();
  await page.getByRole("option", { name: owner.name }).click();
  await page.keyboard.press("Escape");
  await next();
  await page.getByTestId("wizard-review").waitFor();
  await next();
  await page.getByRole("heading", { name: "help" }).waitFor();

  await page.getByRole("link", { name: "Conversations" }).click();
  await page.getByText("3 of 4 done").waitFor();
  await step("way").getByRole("link", { name: "Choose the queue" }).click();
  await page.getByRole("combobox", { name: "Queue" }).click();
  await page.getByRole("option", { name: "help" }).click();
  await page.getByTestId("save-number").click();
  await page.getByTestId("number").waitFor();
  await page.getByRole("link", { name: "Conversations" }).click();
  await page.getByText("No open conversations").waitFor();
  await page.getByTestId("first-steps").waitFor({ state: "detached" });

  await setStatus(page, "Available");
  const handset = await admin.context.newPage();
  await handset.goto("/handset");
  await handset.getByTestId("handset-support-number").first().click();
  await ringing(page, 30_000);
}, 180_000);
