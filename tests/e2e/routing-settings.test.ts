// An admin sets up routing in the browser: a queue by the wizard, rules, the timeout, a schedule, options of a queue. What was
// set holds at once, as the trial of the rules and the API tell.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPerson, type Person } from "../support/browser.ts";
import { ringing, setStatus, signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { callsOf, endedCall } from "../support/records.ts";
import { callBySipp } from "../support/sipp.ts";
import { dominant } from "../support/sound.ts";
import { wait } from "../support/wait.ts";

/** A VIP of the sample workspace, and somebody whom nobody knows. */
const VIP = "+12065550117", STRANGER = "+12025550188";
const MUSIC_HZ = 440;
let product: Product;
let admin: Person;
let api: ApiClient;
beforeAll(async () => {
  product = await startProduct();
  admin = await openPerson({ baseUrl: product.baseUrl, hz: 440 });
  api = await product.signIn(product.owner);
  await signIn(admin.page, product.owner);
});
afterAll(async () => {
  await admin?.close();
  await product?.stop();
});

interface Queue { readonly id: string; readonly name: string; readonly isDefault: boolean; readonly teams: readonly { readonly displayName: string; readonly routingEnabled: boolean }[]; readonly [option: string]: unknown }
const queues = async (): Promise<readonly Queue[]> => (await api.get<{ items: readonly Queue[] }>("/settings/queues")).items;
const named = async (name: string): Promise<Queue | undefined> => (await queues()).find((queue) => queue.name === name);
const next = (): Promise<void> => admin.page.getByTestId("wizard-next").click();
const choose = async (label: string, option: string): Promise<void> => {
  await admin.page.getByRole("combobox", { name: label }).or(admin.page.getByLabel(label, { exact: true })).first().click();
  await admin.page.getByRole("option", { name: option, exact: true }).click();
};

test("QUE-1 a queue is made by the wizard, with a rule and a new team; a taken name leads back to its field", async () => {
  const { page } = admin;
  await page.goto("/settings/routing");
  await page.getByTestId("add-queue").click();
  await next();
  await page.getByText("Enter a name").first().waitFor();
  await page.getByLabel("Name", { exact: true }).fill("support");
  await next();
  await page.getByLabel("Accept voice conversations").waitFor();
  await next();
  await page.getByLabel("Send conversations here by a rule").check();
  await page.getByRole("button", { name: "Add condition" }).click();
  await choose("Field", "VIP");
  await next();
  await page.getByLabel("Make a new team for it").check();
  await page.getByLabel("Name of the team").fill("priority care");
  await page.getByPlaceholder("Choose users").click();
  await page.getByRole("option", { name: "Ana Silva" }).click();
  await page.keyboard.press("Escape");
  await next();
  await page.getByText("Routing is turned on for priority care (new).").waitFor();
  await next();
  await page.getByText("Another queue has this name").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("vip");
  await page.getByLabel("Display name").fill("VIP line");
  for (let step = 0; step < 4; step += 1) await next();
  expect(await page.getByTestId("wizard-review").innerText()).toContain("VIP is yes");
  await next();
  await page.getByRole("heading", { name: "VIP line" }).waitFor();
  expect(await named("vip")).toMatchObject({ displayName: "VIP line", voiceEnabled: true, teams: [{ displayName: "priority care", routingEnabled: true }] });
});

test("QUE-3 RTE-6 rules stand in order, and a trial says which queue a call reaches", async () => {
  const { page } = admin;
  await page.goto("/settings/routing/rules");
  await page.getByTestId("add-rule").click();
  await page.getByLabel("Name", { exact: true }).fill("Everybody");
  await choose("Then send to the queue", "Support");
  await page.getByTestId("save-rule").click();
  await page.locator("[data-testid=rule][data-name=Everybody]").waitFor();
  await page.getByTestId("try-rules").click();
  await page.getByText("Reaches “Support”").waitFor();
  await page.getByLabel("VIP", { exact: true }).check();
  await page.getByTestId("try-rules").click();
  await page.getByText("Reaches “VIP line”").waitFor();
  await page.getByRole("button", { name: "Move Everybody up" }).click();
  await until("the new order", async () => (await api.get<{ items: { name: string }[] }>("/settings/queue-rules")).items[0]?.name === "Everybody");
  await page.getByTestId("try-rules").click();
  await page.getByText("Reaches “Support”").waitFor();
});

test("QUE-4 a timeout outside 30 to 300 seconds is refused at its field; one inside is kept", async () => {
  const { page } = admin;
  await page.goto("/settings/routing/settings");
  const field = page.getByLabel("Unanswered call timeout");
  await field.fill("29");
  await page.getByTestId("save-timeout").click();
  await page.getByText("Between 30 and 300 seconds").waitFor();
  await field.fill("300");
  await page.getByTestId("save-timeout").click();
  await until("the timeout", async () => (await api.get<{ unansweredTimeoutMs: number }>("/settings/routing")).unansweredTimeoutMs === 300_000);
});

test("QUE-6 NUM-5 hours, music and announcements of a queue; an MP3 is heard before it is saved; hours of a schedule close it", async () => {
  const { page } = admin;
  await page.goto("/settings/schedules");
  await page.getByTestId("add-schedule").click();
  await page.getByLabel("Name", { exact: true }).fill("Never");
  for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]) await page.getByRole("button", { name: `${day}: remove` }).click();
  await page.getByTestId("save-schedule").click();
  await page.getByText("Never open in the coming weeks").first().waitFor();
  await page.goto(`/settings/routing/queues/${(await named("vip"))?.id ?? ""}`);
  await choose("Business schedule", "Never");
  await page.getByLabel("Announcements").check();
  await page.getByTestId("upload-music").click();
  // NUM-5: what is no sound is refused at the field when it is chosen, and what was entered stays.
  await page.getByRole("dialog").getByLabel("Name").fill("Waltz");
  await page.locator("input[type=file]").setInputFiles({ name: "Waltz.mp3", mimeType: "audio/mpeg", buffer: Buffer.from("\x89PNG\r\n\x1a\n", "latin1") });
  await page.getByText("This is a PNG picture, not an MP3 or WAV.").waitFor();
  await page.locator("input[type=file]").setInputFiles(join(import.meta.dirname, "../../apps/speech/src/fixtures/tone-440-stereo.mp3"));
  await page.getByRole("button", { name: "Play the sound" }).click();
  await page.waitForFunction(() => (document.querySelector<HTMLAudioElement>("[data-testid=sound-player] audio")?.currentTime ?? 0) > 0.2);
  expect(await page.getByText(/not an MP3/).count()).toBe(0);
  expect(await page.getByRole("dialog").getByLabel("Name").inputValue()).toBe("Waltz");
  await page.getByRole("dialog").getByRole("button", { name: "Upload" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByTestId("save-queue").click();
  await until("the options", async () => (await named("vip"))?.["musicId"] !== null);
  expect(await named("vip")).toMatchObject({ announce: { everyMs: 45_000, position: true, wait: false }, scheduleId: expect.any(String) });
  await page.goto("/settings/routing/settings");
  await page.getByRole("button", { name: "Listen: Waltz" }).click();
  await page.waitForFunction(() => (document.querySelector<HTMLAudioElement>("[data-testid=music-audio]")?.currentTime ?? 0) > 0.2);
  const everybody = (await api.get<{ items: { id: string; name: string }[] }>("/settings/queue-rules")).items.find((rule) => rule.name === "Everybody");
  await api.send("PATCH", `/settings/queue-rules/${everybody?.id ?? ""}`, { enabled: false });
  const trial = await api.send("POST", "/settings/queue-rules/trial", { channel: "voice", numberId: null, vip: true, language: null, tags: [], name: null, from: null });
  expect(trial).toMatchObject({ queueName: "VIP line", warnings: ["It is outside the hours of “Never” now."] });
});

const waitsIn = async (from: string): Promise<string | undefined> =>
  (await api.get<{ items: { name: string; waiting: { from: string | null }[] }[] }>("/queues")).items.find((queue) => queue.waiting.some((call) => call.from === from))?.name;

test("QUE-3 RTE-6 QUE-6 a VIP waits in the VIP line with its music, anybody else in the default queue; outside the hours nobody waits", async () => {
  const { items } = await api.get<{ items: { id: string; number: string }[] }>("/numbers");
  await api.send("PATCH", `/numbers/${items.find(({ number }) => number === product.supportNumber)?.id ?? ""}`, { queueId: null });
  const vip = (await named("vip"))?.id ?? "";
  const scheduleId = (await named("vip"))?.["scheduleId"];
  await api.send("PATCH", `/settings/queues/${vip}`, { scheduleId: null });
  const call = (from: string) => callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from, hz: 600 });
  const [tom, stranger] = await Promise.all([call(VIP), call(STRANGER)]);
  expect(await until("the VIP to wait", () => waitsIn(VIP), 30_000)).toBe("VIP line");
  expect(await until("the other to wait", () => waitsIn(STRANGER), 30_000)).toBe("Default queue");
  await wait(2_000);
  expect(Math.abs(dominant(tom.phone.heard(performance.now() - 1_000, performance.now())) - MUSIC_HZ)).toBeLessThanOrEqual(4);
  await Promise.all([tom.hangUp(), stranger.hangUp()]);
  await Promise.all([endedCall(api, VIP), endedCall(api, STRANGER)]);
  await api.send("PATCH", `/settings/queues/${vip}`, { scheduleId });
  const late = await call(VIP);
  expect(await late.ended).toBe(0);
  const [last] = await until("the call to be missed", async () => { const calls = await callsOf(api, VIP); return calls[0]?.outcome === "missed" && calls; });
  expect(last).toMatchObject({ reason: expect.stringMatching(/closed|hours/i), waitMs: null });
}, 120_000);

/** An agent with a desktop, in a tab of its own of the admin's browser. */
async function openAgent(name: string): Promise<Page> {
  const who = product.agents.find((agent) => agent.name === name);
  if (who === undefined) throw new Error(`nobody is called ${name}`);
  const page = await (await admin.browser.newContext({ baseURL: product.baseUrl })).newPage();
  await signIn(page, who);
  await setStatus(page, "Available");
  return page;
}

test("QUE-6 RTE-1 RTE-11 a rule that asks for a skill: the call rings at who has it, though another has been idle longer", async () => {
  const { page } = admin;
  await page.goto("/settings/routing/skills");
  await page.getByTestId("add-skill").click();
  await page.getByLabel("Name", { exact: true }).fill("Spanish");
  await page.getByPlaceholder("Choose users").click();
  await page.getByRole("option", { name: "Ben Okafor" }).click();
  await page.getByLabel("Name", { exact: true }).click();
  await page.getByTestId("save-skill").click();
  await page.locator("[data-testid=skill][data-name=Spanish]").getByText("Ben Okafor").waitFor();
  await page.goto("/settings/routing/rules");
  await page.getByRole("button", { name: "Edit Everybody" }).click();
  await page.getByPlaceholder("None: any agent of the queue").click();
  await page.getByRole("option", { name: "Spanish" }).click();
  await page.getByRole("dialog").getByLabel("On", { exact: true }).check();
  await page.getByTestId("save-rule").click();
  await page.getByText("→ Support, to agents with Spanish").waitFor();
  await page.goto("/queues");
  const ana = await openAgent("Ana Silva");
  const caller = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: STRANGER, hz: 600 });
  await page.getByTestId("asked-skills").getByText("Spanish").waitFor({ timeout: 30_000 });
  await page.getByTestId("why-not-routed").click();
  await page.getByTestId("why-agent").filter({ hasText: "Ana Silva" }).getByText("Lacks the skill Spanish.").waitFor();
  const ben = await openAgent("Ben Okafor");
  await ringing(ben);
  expect(await ana.getByTestId("incoming-call").count()).toBe(0);
  await caller.hangUp();
  await endedCall(api, STRANGER);
  await page.goto("/settings/routing/skills");
  await page.getByRole("button", { name: "Delete Spanish" }).click();
  await page.getByTestId("delete").click();
  await page.getByText("The rule “Everybody” asks for it. Change that first.").waitFor();
}, 90_000);

test("QUE-5 a queue in use says what leads to it, and the default queue stays", async () => {
  const { page } = admin;
  await page.goto(`/settings/routing/queues/${(await named("vip"))?.id ?? ""}`);
  await page.getByTestId("delete-queue").click();
  await page.getByTestId("delete").click();
  await page.getByText("The rule “VIP line” leads here.").waitFor();
  await page.goto(`/settings/routing/queues/${(await named("default"))?.id ?? ""}`);
  expect(await page.getByTestId("delete-queue").getAttribute("aria-disabled")).toBe("true");
  expect(await page.getByLabel("Accept voice conversations").count()).toBe(0);
});
