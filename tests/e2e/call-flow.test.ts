// What callers go through who are not answered at once, with real phones: a key of the menu, announcements, voicemail,
// and being called back instead of waiting. An admin sets it up on the page; an agent listens and calls back.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBaresip, type Baresip } from "../sip/baresip.ts";
import { openPerson, type Person } from "../support/browser.ts";
import { accept, phaseIs, press, ringing, setStatus, signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { customerByNumber, endedCall, recordingAudio } from "../support/records.ts";
import { callBySipp } from "../support/sipp.ts";
import { dominant, readWav, rms, ulawToLinear } from "../support/sound.ts";
import { wait } from "../support/wait.ts";

const CUSTOMER_HZ = 440, AGENT_HZ = 900, PHONE_HZ = 600;
const CALLER = "+12025550177", REGISTERED = "+12025550150";
const TIMEOUT_MS = 30_000;
const VOICEMAIL = "Please leave your message.";
let product: Product, owner: Person, agent: Person, phone: Baresip, admin: ApiClient;

type Line = { readonly name: string; readonly waiting: readonly { readonly callId: string; readonly from: string | null }[] };
const waitingFrom = async (number: string): Promise<string | undefined> =>
  (await admin.get<{ items: Line[] }>("/queues")).items.find((queue) => queue.waiting.some(({ from }) => from === number))?.name;

beforeAll(async () => {
  product = await startProduct();
  admin = await product.signIn(product.owner);
  phone = await startBaresip(PHONE_HZ, { register: { number: REGISTERED, sipPort: product.sipPort } });
  owner = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  agent = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  await signIn(owner.page, product.owner);
  await signIn(agent.page, product.agents[0]!);
  await admin.send("PATCH", "/settings/routing", { unansweredTimeoutMs: TIMEOUT_MS });
  const { items } = await admin.get<{ items: { id: string; isDefault: boolean }[] }>("/settings/queues");
  await admin.send("PATCH", `/settings/queues/${items.find((queue) => !queue.isDefault)!.id}`, { announce: { everyMs: 15_000, position: true, wait: false }, callback: { offerAfterMs: 0 } });
}, 120_000);
afterAll(async () => { await Promise.all([owner?.close(), agent?.close(), phone?.stop()]); await product?.stop(); });

test("RTE-6 RTE-5 ORG-3: the admin gives the number a menu and a voicemail", async () => {
  const { page } = owner;
  await page.goto("/settings/numbers");
  await page.getByTestId("number").getByRole("link").click();
  await page.getByRole("switch", { name: "Menu of keys" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Say which key does what").waitFor();
  await page.getByLabel("Menu prompt").fill("For support, press 1.");
  await page.getByRole("combobox", { name: "Queue of key 1" }).click();
  await page.getByRole("option", { name: "Support" }).click();
  await page.getByRole("switch", { name: "Voicemail" }).click();
  await page.getByLabel("Voicemail greeting").fill(VOICEMAIL);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByTestId("number").getByText("Voicemail").waitFor();
}, 60_000);

describe("a caller whom nobody answers", () => {
  test("RTE-6 RTE-5 QUE-6 CALL-8: presses a key, hears where they stand, and leaves a message that an agent plays", async () => {
    const call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: CALLER, hz: CUSTOMER_HZ });
    await until("the menu to be heard", async () => call.phone.bytes(call.startedAt, performance.now()).length > 16_000, 30_000);
    await call.phone.press("1");
    expect(await until("the call to be in its queue", () => waitingFrom(CALLER), 20_000)).toBe("Support");
    await until("the caller to leave the queue", async () => (await waitingFrom(CALLER)) === undefined, 2 * TIMEOUT_MS);
    await wait(6_000);
    const heard = Buffer.from(call.phone.bytes(call.startedAt, performance.now()));
    const folder = join(product.data, "media/prompts");
    const prompts = await Promise.all((await readdir(folder)).filter((f) => f.endsWith(".ulaw")).map((f) => readFile(join(folder, f))));
    const ends = prompts.map((prompt) => {
      const middle = prompt.length >> 1;
      const at = heard.indexOf(prompt.subarray(middle, middle + 2_000));
      return at < 0 ? -1 : at + prompt.length - middle;
    }).filter((end) => end >= 0);
    // the offer to be called back, the position in the queue, the voicemail greeting; the menu was cut short
    expect(ends.length, "prompts heard").toBeGreaterThanOrEqual(3);
    for (const end of ends) expect(rms(ulawToLinear(heard.subarray(end, end + 4_000))), "music, or the tone, follows the words at once").toBeGreaterThan(100);
    // CALL-13: the message goes on while the server is away
    await wait(1_500);
    await product.kill("server");
    await product.ready();
    await wait(1_500);
    await call.hangUp();
    expect(await call.ended, await call.errors()).toBe(0);

    const api = await product.signIn(product.agents[0]!);
    const summary = await endedCall(api, CALLER);
    expect(summary).toMatchObject({ outcome: "voicemail", reason: "Nobody answered in time.", voicemail: { heard: null }, endedBy: "customer" });
    expect(summary.steps.map(({ words }) => words)).toEqual(["Pressed 1: Support", "Sent to voicemail"]);
    const audio = readWav(await recordingAudio(api, summary.voicemail!.recordingId));
    expect(Math.abs(dominant(audio.channels[0]!.subarray(2_000, 18_000)) - CUSTOMER_HZ), "the message is what the caller said").toBeLessThanOrEqual(4);

    const customer = await customerByNumber(api, CALLER);
    await agent.page.goto(`/customers/${customer!.id}`);
    const message = agent.page.getByTestId("voicemail");
    await message.getByText("Not heard yet").waitFor();
    await message.getByRole("button", { name: "Play the recording" }).click();
    await message.getByText(`Heard by ${product.agents[0]!.name}`).waitFor();
    const { items } = await api.get<{ items: { status: string; customerId: string }[] }>("/conversations");
    expect(items.find(({ customerId }) => customerId === customer!.id)?.status, "RTE-7").toBe("wrap-up");
  }, 120_000);
});

test("QUE-6: a caller asks to be called back, keeps the place through a crash, and whoever accepts calls them", async () => {
  phone.command("dial", `sip:${product.supportNumber}@127.0.0.1:${product.sipPort}`);
  await phone.event("CALL_ESTABLISHED");
  await wait(1_500);
  phone.command("sndcode", "1");
  await until("the call to be in its queue", () => waitingFrom(REGISTERED), 20_000);
  await wait(2_000);
  phone.command("sndcode", "1");
  await phone.event("CALL_CLOSED", 20_000);
  expect(await until("the callback to be in the queue", () => waitingFrom(REGISTERED), 20_000)).toBe("Support");
  await product.kill("server");
  await product.ready();
  await agent.page.reload();
  await setStatus(agent.page, "Available");
  await ringing(agent.page, 30_000);
  await accept(agent.page);
  await phone.event("CALL_INCOMING", 20_000);
  phone.command("accept");
  await phaseIs(agent.page, "talking", 20_000);
  await wait(1_000);
  await press(agent.page, "End");
  const api = await product.signIn(product.agents[0]!);
  expect(await endedCall(api, REGISTERED)).toMatchObject({ outcome: "answered", direction: "inbound", callback: { state: "reached" } });
}, 120_000);

test("VM-3 VM-2: a switch that dies while a message is left leaves a voicemail of what was said until then", async () => {
  const from = "+12025550178";
  const api = await product.signIn(product.agents[0]!);
  await setStatus(agent.page, "Unavailable");
  const call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from, hz: CUSTOMER_HZ });
  await until("the menu to be heard", async () => call.phone.bytes(call.startedAt, performance.now()).length > 16_000, 30_000);
  await call.phone.press("1");
  await until("the call to be in its queue", () => waitingFrom(from), 20_000);
  await until("the caller to leave the queue", async () => (await waitingFrom(from)) === undefined, 2 * TIMEOUT_MS);
  await wait(8_000); // the greeting, the tone, and some seconds of message
  await product.kill("switch");
  const summary = await endedCall(api, from, 60_000);
  call.kill();
  expect(summary).toMatchObject({ outcome: "voicemail", endedBy: "system", reason: "Nobody answered in time.", voicemail: { heard: null } });
  const message = summary.recordings.find(({ id }) => id === summary.voicemail!.recordingId);
  expect(message).toMatchObject({ state: "partial", note: expect.stringContaining("restarted") });
  const audio = readWav(await recordingAudio(api, summary.voicemail!.recordingId));
  expect(audio.seconds).toBeGreaterThan(1.5);
  expect(Math.abs(dominant(audio.channels[0]!.subarray(2_000, 10_000)) - CUSTOMER_HZ), "the message is what the caller said").toBeLessThanOrEqual(4);
  const customer = await customerByNumber(api, from);
  const { items } = await api.get<{ items: { status: string; customerId: string }[] }>("/conversations");
  expect(items.find(({ customerId }) => customerId === customer!.id)).toMatchObject({ status: "wrap-up" });
}, 180_000);
