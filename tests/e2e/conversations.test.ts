// Conversations of all channels in real browsers: they take capacity, are routed without ringing, change hands, sleep and wake.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPerson, type Person } from "../support/browser.ts";
import { setStatus, signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { callBySipp } from "../support/sipp.ts";

const SHOTS = process.env["SHOTS"];
type Conversation = { readonly id: string; readonly status: string; readonly assignedTo: string | null; readonly customerId: string; readonly version: number; readonly waitingSince: number | null };
let product: Product, ana: Person, ben: Person, api: ApiClient, support: string;
let users: Readonly<Record<string, string>>;

const shot = async (who: Person, name: string): Promise<void> => {
  if (SHOTS === undefined) return;
  for (const scheme of ["light", "dark"] as const) {
    await who.page.emulateMedia({ colorScheme: scheme });
    await who.page.waitForTimeout(250);
    await who.page.screenshot({ path: join(SHOTS, `${name}-${scheme}.png`) });
  }
  await who.page.emulateMedia({ colorScheme: "light" });
};
const get = (id: string) => api.get<Conversation>(`/conversations/${id}`);
const email = (subject: string, more: object = {}) => api.send<Conversation>("POST", "/conversations", { channel: "email", address: "maria@mail.example", subject, text: "Where is my parcel?", queueId: support, ...more });
const isOf = (id: string, user: string) => until(`${id} to be ${user}'s`, async () => (await get(id)).assignedTo === users[user]);
const row = (who: Person, text: string) => who.page.getByTestId("conversation").filter({ hasText: text });
const panel = (who: Person) => who.page.getByTestId("conversation-panel");
const onTimeline = (who: Person, text: string | RegExp) => who.page.getByTestId("timeline-entry").filter({ hasText: text }).first().waitFor({ timeout: 30_000 });

beforeAll(async () => {
  product = await startProduct();
  api = await product.signIn(product.owner);
  const queues = await api.get<{ items: { id: string; name: string }[] }>("/queues");
  support = queues.items.find((q) => q.name === "Support")!.id;
  users = Object.fromEntries((await api.get<{ items: { id: string; name: string }[] }>("/users")).items.map((u) => [u.name.split(" ")[0]!, u.id]));
  [ana, ben] = await Promise.all([900, 1_300].map((hz) => openPerson({ baseUrl: product.baseUrl, hz }))) as [Person, Person];
  await Promise.all([signIn(ana.page, product.agents[0]!), signIn(ben.page, product.agents[1]!)]);
}, 120_000);
afterAll(async () => { await Promise.all([ana?.close(), ben?.close()]); await product?.stop(); });

describe("conversations", () => {
  test("CRM-2 CAP-3 an e-mail is given to the agent who has been idle longest, without ringing, and fills capacity", async () => {
    const early = await email("Early bird");
    expect(early.waitingSince).not.toBeNull();
    await setStatus(ana.page, "Available");
    await isOf(early.id, "Ana");
    await row(ana, "Early bird").waitFor({ timeout: 30_000 });
    await setStatus(ben.page, "Available");
    await ana.page.getByTestId("status-menu").click();
    await expect.poll(() => ana.page.getByTestId("capacity").textContent()).toMatch(/E-mail1\/5.*All1\/10/);
    await shot(ana, "capacity");
    await ana.page.keyboard.press("Escape");
    await shot(ana, "list");
  }, 60_000);

  test("CRM-2 CRM-3 answered, transferred, assigned by hand, snoozed, woken by a message, done and reopened: each stands on the timeline at once", async () => {
    const { page } = ana;
    const { id, customerId } = await until("Ana's e-mail", async () => (await api.get<{ items: Conversation[] }>(`/conversations?assignedTo=${users["Ana"]}`)).items[0]);
    await row(ana, "Early bird").getByRole("link").click();
    await panel(ana).getByTestId("answer").fill("It is on its way.");
    await panel(ana).getByRole("button", { name: "Save" }).click();
    await onTimeline(ana, "Recorded, not sent");
    await panel(ana).getByTestId("panel-queue").click();
    await page.getByRole("option", { name: "Default queue" }).click();
    await onTimeline(ana, "Moved to queue Default queue");
    expect(await get(id)).toMatchObject({ assignedTo: null });
    await panel(ana).getByTestId("panel-assignee").click();
    await page.getByRole("option", { name: /Ben Okafor/ }).click();
    await onTimeline(ana, "Conversation assigned to Ben Okafor · Ana Silva");
    await row(ben, "Early bird").waitFor({ timeout: 30_000 });
    await shot(ana, "panel");

    await panel(ana).getByTestId("snooze").click();
    await shot(ana, "snooze");
    await page.getByRole("menuitem", { name: "In one hour" }).click();
    await page.locator("[data-testid=conversation-panel][data-status=snoozed]").waitFor();
    await api.send("POST", `/conversations/${id}/messages`, { direction: "in", text: "Any news?" });
    await page.locator("[data-testid=conversation-panel][data-status=open]").waitFor();
    await onTimeline(ana, "Any news?");
    await onTimeline(ana, "Opened again");
    expect(await get(id)).toMatchObject({ assignedTo: users["Ben"] });

    await panel(ana).getByTestId("panel-done").click();
    await panel(ana).getByTestId("panel-reopen").click();
    await onTimeline(ana, "Reopened · Ana Silva");
    expect(await get(id)).toMatchObject({ status: "open", assignedTo: users["Ben"] });
    await shot(ana, "timeline");
    await api.send("POST", `/conversations/${id}/done`);
    expect((await api.get<{ items: unknown[] }>(`/customers/${customerId}/timeline`)).items.length).toBeGreaterThan(8);
  }, 60_000);

  test("RTE-7 CAP-1 CAP-2 a missed call is left in wrap-up; reopened, it is routed, and keeps further calls away until it is done", async () => {
    for (const who of [ana, ben]) await setStatus(who.page, "Busy");
    const call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: "+12025550188", hz: 440 });
    const { id } = await until("the call's conversation", async () => (await api.get<{ items: Conversation[] }>("/conversations?channel=voice&status=open")).items[0]);
    await until("it to wait", async () => (await api.get<{ items: { waiting: unknown[] }[] }>("/queues")).items.some((q) => q.waiting.length === 1), 20_000);
    await call.hangUp();
    await call.ended;
    await until("wrap-up", async () => (await get(id)).status === "wrap-up");
    await setStatus(ben.page, "Available");
    expect(await get(id)).toMatchObject({ assignedTo: null, waitingSince: null });
    await api.send("POST", `/conversations/${id}/reopen`, {});
    await isOf(id, "Ben");
    await ben.page.getByTestId("capacity-done").waitFor({ timeout: 30_000 });
    await ben.page.getByTestId("capacity-done").click();
    await until("done", async () => (await get(id)).status === "done");
    await api.send("POST", `/conversations/${id}/reopen`, {});
    await isOf(id, "Ben"); // it was his: it stays with him, over capacity or not
    await api.send("POST", `/conversations/${id}/done`);
  }, 90_000);

  test("RTE-9 what waits is routed after a kill -9 of the server", async () => {
    for (const who of [ana, ben]) await setStatus(who.page, "Busy");
    const waiting = await email("Patience");
    await product.kill("server");
    await product.ready();
    api = await product.signIn(product.owner);
    expect(await get(waiting.id)).toMatchObject({ assignedTo: null, waitingSince: waiting.waitingSince });
    await setStatus(ana.page, "Available");
    await isOf(waiting.id, "Ana");
  }, 90_000);

  test("CAP-3 CAP-4 RTE-1 e-mails go to the next agent when one is full; the rest waits in order until one is done", async () => {
    for (const who of [ana, ben]) await setStatus(who.page, "Available");
    const made: Conversation[] = [];
    for (let i = 0; i < 12; i += 1) made.push(await email(`Mail ${i}`));
    const open = async () => (await api.get<{ users: { id: string; open: { email: number } }[] }>("/assignees")).users;
    await until("both to be full", async () => (await open()).filter((u) => u.open.email === 5).length === 2);
    const waiting = async () => (await Promise.all(made.map(({ id }) => get(id)))).filter((c) => c.waitingSince !== null).map((c) => c.id);
    const before = await waiting();
    expect(before.length).toBeGreaterThanOrEqual(2);
    expect(before).toEqual(made.slice(-before.length).map((c) => c.id));
    const anas = await api.get<{ items: Conversation[] }>(`/conversations?assignedTo=${users["Ana"]}&status=open`);
    await api.send("POST", `/conversations/${anas.items[0]!.id}/done`);
    await isOf(before[0]!, "Ana");
    expect(await waiting()).toEqual(before.slice(1));
    await ana.page.getByRole("link", { name: "Conversations" }).click();
    await row(ana, "Mail 11").waitFor();
    await shot(ana, "many");
    await ana.page.setViewportSize({ width: 390, height: 800 });
    await shot(ana, "many-narrow");
    await row(ana, "Mail 0").first().getByRole("link").click();
    await panel(ana).first().waitFor();
    await shot(ana, "panel-narrow");
    await ana.page.setViewportSize({ width: 1_280, height: 800 });
    for (const c of made) await api.send("POST", `/conversations/${c.id}/done`);
  }, 60_000);

  test("CRM-2 whoever was too late, or asks for what is not there, is told so", async () => {
    const c = await email("Race", { queueId: undefined });
    const why = async (method: "POST" | "PATCH", path: string, body: object): Promise<string> => api.send(method, path, body).then(() => "done", (error: unknown) => String(error));
    await api.send("PATCH", `/conversations/${c.id}`, { tags: ["a"], version: c.version });
    expect(await why("PATCH", `/conversations/${c.id}`, { tags: ["b"], version: c.version })).toMatch(/409/);
    expect(await why("POST", "/conversations/nobody/done", {})).toMatch(/404/);
    for (const [path, body] of [
      [`/conversations/${c.id}/assign`, { userId: "nobody" }], [`/conversations/${c.id}/transfer`, { queueId: "none" }], [`/conversations/${c.id}/snooze`, { until: 1 }],
      [`/conversations/${c.id}/messages`, { direction: "in", text: " " }], ["/conversations", { channel: "fax", text: "x" }], ["/conversations", { channel: "sms", address: "12", text: "x" }],
    ] as const) expect(await why("POST", path, body)).toMatch(/422/);
  });
});
