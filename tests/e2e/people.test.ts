// Users and teams as an admin sets them up in the browser, and what the people concerned see of it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPerson, type Person } from "../support/browser.ts";
import { setStatus, signIn, statusIs } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";

const PASSWORD = "nine lamps by the sea";
let product: Product, api: ApiClient, admin: Person, nina: Person;

beforeAll(async () => {
  product = await startProduct();
  api = await product.signIn(product.owner);
  [admin, nina] = await Promise.all([openPerson({ baseUrl: product.baseUrl, hz: 500 }), openPerson({ baseUrl: product.baseUrl, hz: 700 })]);
  await signIn(admin.page, product.owner);
}, 120_000);
afterAll(async () => { await Promise.all([admin?.close(), nina?.close()]); await product?.stop(); });

describe("an admin sets up people", () => {
  test("ORG-2 ORG-3 invites somebody, who accepts, and has no dialer until a team gives them one (TEAM-3)", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByTestId("invite").click();
    await page.getByLabel("E-mail address").fill("nina@acme.example");
    await page.getByLabel("Name", { exact: true }).fill("Nina New");
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    const link = await page.getByTestId("user-link").textContent();
    await nina.page.goto(new URL(link ?? "").pathname);
    await nina.page.getByLabel("Password", { exact: true }).fill("short");
    await nina.page.getByRole("button", { name: "Accept the invitation" }).click();
    await nina.page.getByText("Use at least 15 characters").waitFor();
    await nina.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await nina.page.getByRole("button", { name: "Accept the invitation" }).click();
    await statusIs(nina.page, "Unavailable");
    expect(await api.get("/desk")).toBeDefined();
    const session = await product.signIn({ name: "Nina New", email: "nina@acme.example", password: PASSWORD });
    expect(await session.get("/desk")).toMatchObject({ dialer: { allowed: false, why: "You are in no team. An admin can add you to one under Settings › Users." } });
    expect(await nina.page.getByRole("link", { name: "Settings" }).count()).toBe(0);
  }, 60_000);

  test("TEAM-1 TEAM-2 creates a team, adds a member and assigns a queue: the member has the dialer at once", async () => {
    const { page } = admin;
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Teams" }).click();
    await page.getByTestId("new-team").click();
    await page.getByLabel("Name", { exact: true }).fill("night");
    await page.getByLabel("Display name").fill("Night shift");
    await page.getByRole("button", { name: "Create team" }).click();
    await page.getByRole("heading", { name: "Night shift" }).waitFor();
    await page.getByRole("combobox", { name: "Add members" }).fill("Nina");
    await page.getByRole("option", { name: /Nina New/ }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByTestId("member").getByText("No dialer.").waitFor();
    await page.getByRole("tab", { name: "Routing profile" }).click();
    await page.getByLabel("Enable team routing").check({ force: true });
    await page.getByText("None of the assigned queues accepts voice").waitFor();
    await page.getByRole("combobox", { name: "Assigned queues" }).fill("Supp");
    await page.getByRole("option", { name: "Support" }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The routing profile is saved").waitFor();
    await setStatus(nina.page, "Available");
    const session = await product.signIn({ name: "Nina New", email: "nina@acme.example", password: PASSWORD });
    expect(await session.get("/desk")).toMatchObject({ dialer: { allowed: true } });
  }, 60_000);

  test("STAT-1 STAT-6 names a sub-status; an agent chooses it, and a manager finds it in the history", async () => {
    await admin.page.getByRole("link", { name: "Statuses" }).click();
    await admin.page.getByLabel("New sub-status of Unavailable").fill("Lunch");
    await admin.page.keyboard.press("Enter");
    await admin.page.getByTestId("sub-status").waitFor();
    await nina.page.getByTestId("status-menu").click();
    await nina.page.getByTestId("sub-status-item").filter({ hasText: "Lunch" }).click();
    await statusIs(nina.page, "Unavailable");
    await nina.page.getByTestId("status-menu").filter({ hasText: "Lunch" }).waitFor();
    await admin.page.getByRole("link", { name: "Users", exact: true }).click();
    await admin.page.getByRole("button", { name: "Actions for Nina New" }).click();
    await admin.page.getByRole("menuitem", { name: "Status history" }).click();
    await admin.page.getByTestId("status-change").filter({ hasText: "Lunch" }).first().waitFor();
    expect(await admin.page.getByTestId("status-change").count()).toBeGreaterThanOrEqual(2);
  }, 60_000);

  test("ORG-2 a permission set opens what the role does not, while the page is open", async () => {
    const set = await api.send<{ id: string }>("POST", "/settings/permission-sets", { name: "Reporters", permissions: ["reporting"] });
    const { items } = await api.get<{ items: { id: string; email: string }[] }>("/settings/users");
    const id = items.find((user) => user.email === "nina@acme.example")?.id ?? "";
    await api.send("PATCH", `/settings/users/${id}`, { permissionSetId: set.id });
    await nina.page.getByRole("link", { name: "Settings" }).click();
    await nina.page.getByRole("heading", { name: "Status history" }).waitFor();
  }, 60_000);

  test("ORG-2 ORG-4 deactivates the user: their page is signed out at once, and the audit log says who did it", async () => {
    await admin.page.getByRole("link", { name: "Users", exact: true }).click();
    await admin.page.getByRole("button", { name: "Actions for Nina New" }).click();
    await admin.page.getByRole("menuitem", { name: "Deactivate" }).click();
    await admin.page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
    await nina.page.getByRole("button", { name: "Sign in" }).waitFor();
    await admin.page.getByRole("link", { name: "Audit log" }).click();
    const entry = admin.page.locator("[data-testid=audit-entry][data-what='user.deactivated']");
    await until("the entry in the audit log", async () => (await entry.count()) > 0);
    expect(await entry.first().textContent()).toContain(`by ${product.owner.name}`);
  }, 60_000);
});
