// The way of a new house, in real browsers: an admin makes a team, a queue and a rule; two agents sign in; and calls go every
// way that a call can go until somebody answers, or nobody does. Each test goes on where the one before it has stopped.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPerson, type Person } from "../support/browser.ts";
import { accept, decline, noCall, notRinging, phaseIs, press, ringing, setStatus, signIn, statusIs } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { callsOf, customerByNumber, deskOf, endedCall, markAllDone } from "../support/records.ts";
import { callBySipp, type SippCall } from "../support/sipp.ts";
import { wait } from "../support/wait.ts";

const VIPS = ["+13125550121", "+13125550122", "+13125550123", "+13125550124"] as const;
const NAMES = ["Vera One", "Victor Two", "Violet Three", "Vince Four"] as const;
const STRANGER = "+12025550188";
/** A ring is 30 s, and the timeout of a call is set to 30 s; the rest is for a slow machine. */
const A_RING_MS = 45_000;
let product: Product, admin: Person, ana: Person, ben: Person, api: ApiClient, anas: ApiClient;
/** The caller of a test that goes on in the next one. */
let violet: SippCall;

const call = (from: string): Promise<SippCall> => callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from, hz: 440 });
const waitsIn = async (from: string): Promise<string | undefined> =>
  (await api.get<{ items: { name: string; waiting: { from: string | null }[] }[] }>("/queues")).items.find((queue) => queue.waiting.some((each) => each.from === from))?.name;
const waiting = (from: string, queue: string): Promise<unknown> => until(`${from} to wait in ${queue}`, async () => (await waitsIn(from)) === queue, 20_000);
const noRing = async (who: Person): Promise<void> => { expect(await who.page.getByTestId("incoming-call").count()).toBe(0); };
const openCustomer = async (who: Person, number: string): Promise<void> => {
  const customer = await until("the customer", () => customerByNumber(api, number));
  await who.page.goto(`/customers/${customer.id}`);
};
/** The conversation of a customer on the customer's page, opened. */
const conversationOf = async (who: Person, number: string) => {
  await openCustomer(who, number);
  const item = who.page.getByTestId("customer-conversation").first();
  await item.waitFor();
  if (await item.getByTestId("conversation-panel").count() === 0) await item.getByRole("button").first().click();
  return item.getByTestId("conversation-panel");
};
/** What the live view, which the admin has open, says that an agent is doing. */
const seenAs = (agent: string, doing: string): Promise<void> => admin.page.locator(`[data-testid=live-agent][data-agent="${agent}"][data-doing=${doing}]`).waitFor();
/** Opens the explanation beside a waiting call on the live view; `reason` is what it says of an agent. */
const askWhy = async (caller: string) => {
  const { page } = admin;
  await page.goto("/live");
  await page.getByTestId("live-call").filter({ hasText: caller }).getByTestId("why-not-routed").click();
  const dialog = page.getByRole("dialog");
  return { dialog, reason: (agent: string, reason: string) => dialog.locator(`[data-agent="${agent}"] [data-reason=${reason}]`) };
};

beforeAll(async () => {
  product = await startProduct();
  api = await product.signIn(product.owner);
  anas = await product.signIn(product.agents[0]!);
  for (const [i, number] of VIPS.entries()) await api.send("POST", "/customers", { name: NAMES[i], numbers: [{ number }], vip: true });
  [admin, ana, ben] = await Promise.all([440, 900, 1_300].map((hz) => openPerson({ baseUrl: product.baseUrl, hz }))) as [Person, Person, Person];
  await signIn(admin.page, product.owner);
}, 120_000);
afterAll(async () => { await Promise.all([admin, ana, ben].map((who) => who?.close())); await product?.stop(); });

describe("an admin sets up", () => {
  test("TEAM-1 ORG-3 a team of two, where the settings of people and of the platform stand", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "Settings" }).click();
    const settings = page.getByRole("navigation", { name: "Settings" });
    for (const [group, titles] of [["Users", ["Users", "Teams"]], ["Platform", ["Routing", "Business schedules", "Statuses"]]] as const) {
      for (const title of titles) await settings.getByRole("group", { name: group }).getByRole("link", { name: title, exact: true }).waitFor();
    }
    await settings.getByRole("link", { name: "Teams" }).click();
    await page.getByTestId("new-team").click();
    await page.getByLabel("Name", { exact: true }).fill("vip care");
    await page.getByLabel("Display name").fill("VIP care");
    await page.getByRole("button", { name: "Create team" }).click();
    await page.getByRole("heading", { name: "VIP care" }).waitFor();
    for (const name of ["Ana Silva", "Ben Okafor"]) {
      await page.getByRole("combobox", { name: "Add members" }).fill(name);
      await page.getByRole("option", { name: new RegExp(name) }).click();
    }
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect.poll(() => page.getByTestId("member").count()).toBe(2);
  }, 60_000);

  test("QUE-1 QUE-3 TEAM-2 a queue by the wizard, with a rule for VIPs and that team, whose routing is turned on by it", async () => {
    const { page } = admin;
    const next = (): Promise<void> => page.getByTestId("wizard-next").click();
    await page.getByRole("link", { name: "Routing" }).click();
    await page.getByTestId("add-queue").click();
    await page.getByLabel("Name", { exact: true }).fill("vip");
    await page.getByLabel("Display name").fill("VIP line");
    await next();
    await page.getByLabel("Accept voice conversations").waitFor();
    await next();
    await page.getByLabel("Send conversations here by a rule").check();
    await page.getByRole("button", { name: "Add condition" }).click();
    await page.getByRole("combobox", { name: "Field" }).or(page.getByLabel("Field", { exact: true })).first().click();
    await page.getByRole("option", { name: "VIP", exact: true }).click();
    await next();
    await page.getByLabel("VIP care").check();
    await page.getByText("routing is off, and will be turned on").waitFor();
    await next();
    const review = page.getByTestId("wizard-review");
    await review.getByText("VIP is yes").waitFor();
    await page.getByText("Routing is turned on for VIP care.").waitFor();
    await next();
    await page.getByRole("heading", { name: "VIP line" }).waitFor();
    const { items } = await api.get<{ items: { name: string; routingEnabled: boolean; queues: string[] }[] }>("/settings/teams");
    expect(items.find(({ name }) => name === "vip care")).toMatchObject({ routingEnabled: true, queues: [new URL(page.url()).pathname.split("/").at(-1)] });
  }, 60_000);

  test("RTE-6 a number that lets the rules decide", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "Numbers" }).click();
    await page.getByTestId("number").getByRole("link").click();
    await page.getByLabel("Greeting", { exact: true }).fill("Hello.");
    await page.getByRole("combobox", { name: "Queue" }).click();
    await page.getByRole("option", { name: "Decided by the rules" }).click();
    await page.getByTestId("save-number").click();
    await page.getByTestId("number").getByText("Decided by the rules").waitFor();
  }, 60_000);
});

describe("two agents at their desktops", () => {
  test("STAT-1 TEAM-3 sign in as Unavailable, have the dialer, and become Available", async () => {
    for (const [i, who] of [ana, ben].entries()) {
      await signIn(who.page, product.agents[i]!);
      await statusIs(who.page, "Unavailable");
      await who.page.getByTestId("dialer-open").waitFor();
      await setStatus(who.page, "Available");
    }
  }, 60_000);

  test("RTE-1 RTE-2 RTE-3 RTE-10 STAT-3 QUE-3 offered and accepted: a VIP's call rings where it was idle longest, and nowhere else; Busy stays after it; the live view follows", async () => {
    await admin.page.goto("/live");
    await seenAs("Ana Silva", "ready");
    const vera = await call(VIPS[0]);
    await ringing(ana.page, 20_000);
    expect(await ana.page.getByTestId("incoming-call").textContent()).toMatch(/Vera One.*VIP line/);
    await noRing(ben);
    await accept(ana.page);
    await phaseIs(ana.page, "talking");
    await statusIs(ana.page, "Busy");
    await seenAs("Ana Silva", "on-call");
    await noRing(ben);
    await press(ana.page, "End");
    expect(await vera.ended, await vera.errors()).toBe(0);
    await noCall(ana.page);
    await statusIs(ana.page, "Busy");
    expect(await endedCall(api, VIPS[0])).toMatchObject({ outcome: "answered", queueName: "VIP line", agentName: "Ana Silva" });
    await seenAs("Ana Silva", "away");
    await ana.page.getByTestId("become-available").click();
    await statusIs(ana.page, "Available");
    await seenAs("Ana Silva", "ready");
  }, 60_000);

  test("RTE-1 RTE-2 declined: it goes to the next agent at once, and who declined stays Available", async () => {
    const victor = await call(VIPS[1]);
    await ringing(ben.page, 20_000); // Ana has just had a call: Ben has been idle longer
    await noRing(ana);
    await decline(ben.page);
    await ringing(ana.page);
    await notRinging(ben.page);
    await statusIs(ben.page, "Available");
    await accept(ana.page);
    await phaseIs(ana.page, "talking");
    await victor.hangUp();
    await noCall(ana.page);
    expect((await endedCall(api, VIPS[1])).offers.map((offer) => [offer.agentName, offer.result])).toEqual([["Ben Okafor", "declined"], ["Ana Silva", "accepted"]]);
  }, 60_000);

  test("CAP-1 CAP-4 RTE-11 STAT-2 at capacity: an open conversation keeps the next call away, Why not routed? says so, and the next agent gets it", async () => {
    await setStatus(ana.page, "Available"); // the conversation with Victor Two stays open
    await setStatus(ben.page, "Unavailable");
    violet = await call(VIPS[2]);
    await waiting(VIPS[2], "VIP line");
    const { dialog, reason } = await askWhy("Violet Three");
    await reason("Ana Silva", "voice-full").getByText("Has an open voice conversation with Victor Two").waitFor();
    expect(await dialog.getByRole("link", { name: "Open conversation" }).getAttribute("href")).toMatch(/^\/customers\/[^?]+\?conversation=/);
    await reason("Ben Okafor", "status-unavailable").waitFor();
    await seenAs("Ana Silva", "kept");
    await noRing(ana);
    await setStatus(ben.page, "Available");
    await ringing(ben.page);
    await dialog.getByText("It rings at Ben Okafor now.").waitFor({ timeout: 20_000 });
    await noRing(ana);
  }, 60_000);

  test("STAT-4 RTE-2 rung out: Ben lets it ring, becomes Unavailable, and it rings at the next agent", async () => {
    await ana.page.getByTestId("capacity-done").click();
    await notRinging(ben.page, A_RING_MS);
    await ringing(ana.page);
    await statusIs(ben.page, "Unavailable");
    await violet.hangUp();
    await notRinging(ana.page);
    await statusIs(ana.page, "Available");
    expect((await endedCall(api, VIPS[2])).offers.map((offer) => [offer.agentName, offer.result])).toEqual([["Ben Okafor", "missed"], ["Ana Silva", "withdrawn"]]);
  }, 90_000);
});

describe("nobody answers", () => {
  test("QUE-4 RTE-5 ORG-4 the admin shortens the timeout and gives the number a voicemail; both stand in the audit log", async () => {
    const { page } = admin;
    await page.goto("/settings/routing/settings");
    await page.getByLabel("Unanswered call timeout").fill("30");
    await page.getByTestId("save-timeout").click();
    await page.getByText("The timeout is saved").waitFor();
    await page.getByRole("link", { name: "Numbers" }).click();
    await page.getByTestId("number").getByRole("link").click();
    await page.getByRole("switch", { name: "Voicemail" }).click();
    await page.getByLabel("Voicemail greeting").fill("Leave a message.");
    await page.getByTestId("save-number").click();
    await page.getByTestId("number").getByText("Voicemail").waitFor();
    await page.getByRole("link", { name: "Audit log" }).click();
    await expect.poll(() => page.getByTestId("audit-entry").count()).toBeGreaterThanOrEqual(5);
    await page.getByText("Olga Owner").first().waitFor();
  }, 60_000);

  test("QUE-5 RTE-6 RTE-11 default queue: a call that no rule matches waits there and rings at nobody, though somebody is ready", async () => {
    const stranger = await call(STRANGER);
    await waiting(STRANGER, "Default queue");
    const { dialog } = await askWhy("(202) 555-0188");
    await dialog.locator("[data-reason=default-queue]").waitFor();
    await noRing(ana);
    await dialog.getByRole("link", { name: "Open Routing" }).click();
    await admin.page.getByRole("heading", { name: "Routing", exact: true }).waitFor();
    await stranger.hangUp();
    expect(await endedCall(api, STRANGER)).toMatchObject({ outcome: "abandoned-in-queue", queueName: "Default queue", offers: [] });
  }, 60_000);

  test("RTE-7 CAP-2 reopened: an abandoned call's conversation is routed to who is free; one that was theirs comes back over capacity", async () => {
    const missed = await conversationOf(admin, VIPS[2]);
    await missed.getByTestId("panel-reopen").click();
    await ana.page.getByTestId("capacity-done").waitFor({ timeout: 20_000 });
    const theirs = await conversationOf(admin, VIPS[1]);
    await theirs.getByTestId("panel-reopen").click();
    await expect.poll(async () => (await deskOf(anas)).capacity?.voice, { timeout: 10_000 }).toEqual({ open: 2, limit: 1 });
    await ana.page.getByTestId("status-menu").click();
    await expect.poll(() => ana.page.getByTestId("capacity").textContent()).toContain("2/1");
    await ana.page.keyboard.press("Escape");
    await statusIs(ana.page, "Available");
  }, 60_000);

  test("RTE-5 CAP-2 timed out: nothing is routed over capacity, a ring that still lasts is withdrawn, and the caller leaves a message", async () => {
    const vince = await call(VIPS[3]);
    await waiting(VIPS[3], "VIP line");
    await (await askWhy("Vince Four")).reason("Ana Silva", "voice-full").waitFor();
    await noRing(ana);
    await markAllDone(anas);
    await ringing(ana.page);
    await notRinging(ana.page, A_RING_MS);
    await statusIs(ana.page, "Available");
    await until("the voicemail", async () => (await callsOf(api, VIPS[3]))[0]?.steps.some(({ words }) => words === "Sent to voicemail"));
    await wait(6_000); // the greeting, the tone, and some seconds of a message
    await vince.hangUp();
    expect(await vince.ended, await vince.errors()).toBe(0);
    expect(await endedCall(api, VIPS[3])).toMatchObject({ outcome: "voicemail", reason: "Nobody answered in time.", offers: [{ agentName: "Ana Silva", result: "withdrawn" }] });
  }, 120_000);

  test("CRM-3 RTE-7 the message stands on the customer's timeline with a player, in wrap-up until somebody reopens it", async () => {
    const panel = await conversationOf(ana, VIPS[3]);
    await expect.poll(() => panel.getAttribute("data-status")).toBe("wrap-up");
    const message = ana.page.getByTestId("voicemail");
    await message.getByText("Not heard yet").waitFor();
    await message.getByRole("button", { name: "Play the recording" }).click();
    await message.getByText("Heard by Ana Silva").waitFor();
    await panel.getByTestId("panel-reopen").click();
    await until("it to be Ana's", async () => (await deskOf(anas)).capacity?.voice.open === 1);
  }, 60_000);

  test("QUE-5 CRM-4 the call in the default queue appears in its search, and is assigned by hand", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "Searches" }).click();
    await page.getByRole("heading", { name: "Calls in the default queue" }).waitFor();
    const row = page.getByTestId("search-result");
    await row.getByText("Wrap-up").waitFor();
    expect(await row.count()).toBe(1);
    await row.getByRole("checkbox").check();
    await page.getByRole("toolbar").getByRole("button", { name: "Assign" }).click();
    await page.getByTestId("bulk-user").click();
    await page.getByRole("option", { name: "Ben Okafor" }).click();
    await page.getByRole("button", { name: "Assign", exact: true }).last().click();
    await row.getByText("Ben Okafor").waitFor();
  }, 60_000);
});
