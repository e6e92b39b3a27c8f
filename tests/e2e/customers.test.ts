// What an admin and an agent do with customers, in a real browser.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPerson, type Person } from "../support/browser.ts";
import { signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { callBySipp } from "../support/sipp.ts";

type Found = { readonly items: readonly { readonly id: string; readonly name: string | null; readonly numbers: readonly string[]; readonly hiddenNumber: boolean }[] };
let product: Product, admin: Person, api: ApiClient;
beforeAll(async () => {
  product = await startProduct();
  admin = await openPerson({ baseUrl: product.baseUrl, hz: 440 });
  await signIn(admin.page, product.owner);
  api = await product.signIn(product.owner);
}, 120_000);
afterAll(async () => { await admin?.close(); await product?.stop(); });

describe("customers", () => {
  test("CRM-1: a custom field, a customer by hand, errors at the field, a number of somebody else leads to merging, the old address leads on", async () => {
    const { page } = admin;
    await page.goto("/settings/customer-fields");
    await page.getByTestId("add-field").click();
    await page.getByTestId("field-name").fill("Account number");
    await page.getByTestId("save-field").click();
    await page.getByTestId("customer-field").getByText("Account number", { exact: true }).waitFor();

    await page.goto("/customers");
    await page.getByTestId("new-customer").click();
    await page.getByTestId("customer-form-name").fill("Ada Lovelace");
    await page.getByTestId("customer-number").fill("12345");
    await page.getByTestId("save-customer").click();
    await page.getByText(/number is too short|No such number/).waitFor();
    await page.getByTestId("customer-number").fill("(415) 555-0177");
    await page.getByLabel("Account number").fill("A-1");
    await page.getByTestId("save-customer").click();
    await page.getByTestId("customer-name").getByText("Ada Lovelace").waitFor();
    const ada = new URL(page.url()).pathname;
    await page.getByText("A-1", { exact: true }).waitFor();

    // Maria of the sample has this number already.
    await page.getByTestId("edit-customer").click();
    await page.getByTestId("add-number").click();
    await page.getByTestId("customer-number").nth(1).fill("(303) 555-0142");
    await page.getByTestId("save-customer").click();
    await page.getByText("belongs to Maria Jensen").waitFor();
    await page.getByTestId("open-owner").click();
    await page.getByTestId("merge-preview").getByText("maria.jensen@mail.example").waitFor();
    await page.getByTestId("merge").click();
    await page.getByRole("link", { name: "maria.jensen@mail.example" }).waitFor();
    const { items } = await api.get<Found>("/customers?search=3035550142");
    expect(items.map((each) => [each.name, each.numbers])).toEqual([["Ada Lovelace", ["+14155550177", "+13035550142"]]]);
    expect(new URL(page.url()).pathname).toBe(ada);
  });

  test("CRM-1: a call with a hidden number is a customer of its own, and is attached to the one who it was", async () => {
    const call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: "anonymous", hz: 440 });
    const hidden = await until("the hidden caller to be there", async () => (await api.get<Found>("/customers")).items.find((each) => each.hiddenNumber));
    const { page } = admin;
    await page.goto(`/customers/${hidden.id}`);
    await page.getByTestId("attach").click();
    await page.getByTestId("customer-picker").fill("okada");
    await page.getByRole("option", { name: /Tom Okada/ }).click();
    await page.getByTestId("merge-preview").waitFor();
    await page.getByTestId("merge").click(); // while the call waits
    await page.getByTestId("customer-name").getByText("Tom Okada").waitFor();
    await page.getByTestId("timeline").getByText("Inbound call").waitFor();
    await call.hangUp();
    await page.getByTestId("timeline").getByText("Abandoned in queue").waitFor(); // live, although the call names the old customer
    await page.goto(`/customers/${hidden.id}`);
    await page.getByTestId("customer-name").getByText("Tom Okada").waitFor();
  });

  test("CRM-6: a CSV file is previewed with its errors by line, imported, and reported", async () => {
    const { page } = admin;
    await page.goto("/settings/customer-import");
    await page.getByTestId("import-paste").fill("Name;Phone;Tags\nIda Rolf;+1 312 555 0123;new\nBroken;12;\nTom again;(206) 555-0117;known");
    await page.getByTestId("import-upload").click();
    await page.getByTestId("import-preview").click();
    await page.getByText(/Line 3, Phone: 12:/).waitFor();
    await page.getByTestId("import-counts").getByText("1 new").waitFor();
    await page.getByTestId("import-start").click();
    await page.getByText("The import is done").waitFor();
    expect((await api.get<Found>("/customers?search=5550123")).items.map((each) => each.name)).toEqual(["Ida Rolf"]);
    const report = await page.getByRole("link", { name: "Report of every line" }).getAttribute("href");
    expect(Buffer.from(await api.bytes(report?.replace("/api/v1", "") ?? "")).toString()).toContain("3,refused,Phone,");
    expect(Buffer.from(await api.bytes("/customer-export?tag=new")).toString()).toContain("Ida Rolf,+13125550123,");
  });
});
