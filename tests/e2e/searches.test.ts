// Searches in a real browser: a call left in the default queue is found there at once, and assigned by hand.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPerson, type Person } from "../support/browser.ts";
import { signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { callBySipp } from "../support/sipp.ts";
import { wait } from "../support/wait.ts";

const SHOTS = process.env["SHOTS"];
let product: Product, manager: Person, api: ApiClient;
const shot = async (name: string): Promise<void> => { if (SHOTS !== undefined) await manager.page.screenshot({ path: join(SHOTS, `${name}.png`) }); };
const count = (name: string) => manager.page.getByTestId("search").filter({ hasText: name }).getByTestId("search-count");

beforeAll(async () => {
  product = await startProduct();
  api = await product.signIn(product.owner);
  const { items } = await api.get<{ items: { id: string }[] }>("/numbers");
  await api.send("PATCH", `/numbers/${items[0]!.id}`, { queueId: null });
  manager = await openPerson({ baseUrl: product.baseUrl, hz: 900 });
  await signIn(manager.page, product.owner);
}, 120_000);
afterAll(async () => { await manager?.close(); await product?.stop(); });

describe("searches", () => {
  test("CRM-4 QUE-5 RTE-6 a call in the default queue is counted live, found and assigned by hand", async () => {
    const { page } = manager;
    await page.getByRole("link", { name: "Searches" }).click();
    await page.getByRole("heading", { name: "Calls in the default queue" }).waitFor();
    await expect.poll(() => count("Calls in the default queue").textContent()).toBe("0");

    const call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: "+12025550177", hz: 440 });
    await expect.poll(() => count("Calls in the default queue").textContent(), { timeout: 15_000 }).toBe("1");
    await wait(1_000);
    await call.hangUp();
    await call.ended;
    const row = page.getByTestId("search-result");
    await row.getByText("Wrap-up").waitFor({ timeout: 30_000 });
    await shot("found");

    await row.getByRole("checkbox").check();
    await page.getByRole("toolbar").getByRole("button", { name: "Assign" }).click();
    await page.getByTestId("bulk-user").click();
    await page.getByRole("option", { name: product.agents[0]!.name }).click();
    await shot("assign");
    await page.getByRole("button", { name: "Assign", exact: true }).last().click();
    await row.getByText(product.agents[0]!.name).waitFor();
    const { items } = await api.get<{ items: { assignedTo: string | null; channel: string }[] }>("/conversations");
    const users = await api.get<{ items: { id: string; name: string }[] }>("/users");
    expect(items).toMatchObject([{ channel: "voice", assignedTo: users.items.find((u) => u.name === product.agents[0]!.name)?.id }]);

    await shot("undo");
    await page.getByTestId("undo").click();
    await page.getByText("1 conversation is as it was").waitFor();
    await row.getByText("Wrap-up").waitFor();
    expect(await api.get<unknown>("/conversations")).toMatchObject({ items: [{ channel: "voice", assignedTo: null, status: "wrap-up" }] });
  }, 90_000);

  test("CRM-4 a search is built, saved, shared, counted for others, exported and deleted", async () => {
    const { page } = manager;
    for (const [i, tag] of ["gold", "gold", "new"].entries()) {
      await api.send("POST", "/conversations", { channel: "email", address: `c${i}@mail.example`, subject: `Question ${i}`, text: "Hello", tags: [tag] });
    }
    await page.getByRole("link", { name: "New search" }).click();
    const condition = page.getByRole("group", { name: "Condition 1", exact: true });
    await condition.getByRole("textbox", { name: "Field" }).or(condition.getByRole("combobox", { name: "Field" })).first().click();
    await page.getByRole("option", { name: "Conversation tags" }).click();
    await page.getByTestId("result-count").getByText("Finish the conditions").waitFor();
    await condition.getByLabel("Value").fill("gold");
    await expect.poll(() => page.getByTestId("result-count").textContent()).toBe("2 found");
    await shot("builder");
    await page.getByRole("button", { name: "Save search" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Gold");
    await page.getByRole("switch", { name: "Shared with everybody" }).check();
    await shot("save");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Gold" }).waitFor();

    const agent = await product.signIn(product.agents[0]!);
    await until("the search to be there for others", async () => {
      const { items, counts } = await agent.get<{ items: { id: string; name: string; mayChange: boolean }[]; counts: Record<string, number> }>("/searches");
      const gold = items.find((s) => s.name === "Gold");
      return gold !== undefined && !gold.mayChange && counts[gold.id] === 2;
    });
    await expect.poll(() => count("Gold").textContent()).toBe("2");
    const conversations = (await api.get<{ items: { id: string; tags: string[] }[] }>("/conversations")).items;
    await api.send("PATCH", `/conversations/${conversations.find((c) => c.tags.includes("new"))!.id}`, { tags: ["gold"] });
    await expect.poll(() => count("Gold").textContent()).toBe("3");

    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export" }).click();
    const text = await readFile(await (await download).path(), "utf8");
    expect(text.trimEnd().split("\r\n")).toHaveLength(4);
    await expect(agent.bytes(`/searches/${new URL(page.url()).searchParams.get("search")}/export.csv`)).rejects.toThrow(/403/);

    await page.getByRole("button", { name: "More for this search" }).click();
    await page.getByRole("menuitem", { name: "Delete search" }).click();
    await page.getByRole("heading", { name: "Calls in the default queue" }).waitFor();
    expect(await count("Gold").count()).toBe(0);
    if (SHOTS !== undefined) {
      await page.emulateMedia({ colorScheme: "dark" });
      await page.getByRole("button", { name: "Conditions" }).click();
      await page.getByRole("button", { name: "Add group" }).first().click();
      await shot("dark");
      await page.setViewportSize({ width: 420, height: 900 });
      await shot("narrow");
    }
  }, 60_000);
});
