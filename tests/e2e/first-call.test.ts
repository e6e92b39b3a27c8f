// The main job of the product on real input: SIPp calls with real audio, Chromium answers.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hear, openPerson, type Person } from "../support/browser.ts";
import { accept, noCall, phaseIs, press, ringing, setStatus, signIn, statusIs } from "../support/desk.ts";
import { startProduct, until, type Product } from "../support/product.ts";
import { recordingAudio } from "../support/records.ts";
import { callBySipp } from "../support/sipp.ts";
import { wait } from "../support/wait.ts";
import { dominant, readWav, rms, share } from "../support/sound.ts";

const CUSTOMER_HZ = 440, AGENT_HZ = 900;


let product: Product, agent: Person;
beforeAll(async () => {
  product = await startProduct();
  agent = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  await signIn(agent.page, product.agents[0]!);
}, 120_000);
afterAll(async () => { await agent?.close(); await product?.stop(); });

/** Where `needle` stands in `hay`, in bytes; -1 when it is not heard. */
const find = (hay: Uint8Array, needle: Uint8Array): number => Buffer.from(hay).indexOf(Buffer.from(needle));

describe("first-call", () => {
  test("CALL-4 CALL-5 CALL-7 CALL-8 RTE-1 RTE-4 REC-1: greeting, hold music, answered in the browser, both hear each other, mute, keys, hold, timeline, recording", async () => {
    await setStatus(agent.page, "Available");
    const call = await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: "+12025550177", hz: CUSTOMER_HZ });

    // The caller hears the greeting from its first to its last byte, and then hold music, while the desktop rings.
    await ringing(agent.page, 30_000);
    await wait(2_500);
    const waited = call.phone.bytes(call.startedAt, performance.now());
    const prompts = join(product.data, "media/prompts");
    const greeting = await readFile(join(prompts, (await readdir(prompts)).find((f) => f.endsWith(".ulaw"))!));
    const music = await readFile(join(product.data, "media/music/default.ulaw"));
    const greetingAt = find(waited, greeting.subarray(0, 4_000));
    expect(greetingAt, "greeting heard").toBeGreaterThanOrEqual(0);
    const musicAt = find(waited, music.subarray(0, 8_000));
    expect(musicAt - greetingAt, "hold music follows the greeting without a gap (bytes)").toBeGreaterThanOrEqual(greeting.length);
    expect(musicAt - greetingAt - greeting.length).toBeLessThanOrEqual(1_600);
    expect(rms(call.phone.heard(performance.now() - 1_000, performance.now()))).toBeGreaterThan(100);

    await accept(agent.page);
    await phaseIs(agent.page, "talking");
    await statusIs(agent.page, "Busy");
    await wait(1_000);
    const talkFrom = performance.now();
    const atAgent = await hear(agent.page, 2_000);
    const atCustomer = call.phone.heard(talkFrom, performance.now());
    expect(Math.abs(dominant(atAgent.subarray(4_000)) - CUSTOMER_HZ), "the agent hears the customer's tone").toBeLessThanOrEqual(4);
    expect(Math.abs(dominant(atCustomer) - AGENT_HZ), "the customer hears the agent's tone").toBeLessThanOrEqual(4);

    // What arrives at the switch of either is on the desk.
    const voice = async (side: "agent" | "customer"): Promise<number> => Number(await agent.page.getByTestId(`voice-${side}`).getAttribute("aria-valuenow"));
    await until("both voices to be shown", async () => await voice("agent") > 20 && await voice("customer") > 20);
    expect(await agent.page.getByTestId("unheard").count()).toBe(0);

    // Muted: the customer hears silence. Keys: the customer's side gets each once.
    await press(agent.page, "Mute");
    await wait(500);
    const muteFrom = performance.now();
    await wait(700);
    expect(rms(call.phone.heard(muteFrom, performance.now())), "silence while muted").toBeLessThan(60);
    await until("the agent's own voice to be gone", async () => await voice("agent") === 0);
    await press(agent.page, "Unmute");
    await agent.page.getByTestId("keypad-open").click();
    for (const key of ["4", "2"]) await agent.page.getByTestId(`key-${key}`).click();
    await until("the keys to arrive", async () => call.phone.digits() === "42");
    await agent.page.keyboard.press("Escape");

    // On hold: music for the customer, nothing of the customer for the agent.
    await press(agent.page, "Hold");
    await phaseIs(agent.page, "held");
    await wait(800);
    const holdFrom = performance.now();
    const agentOnHold = await hear(agent.page, 1_500);
    const onHold = call.phone.heard(holdFrom, performance.now());
    expect(share(onHold, AGENT_HZ), "no tone of the agent while on hold").toBeLessThan(0.2);
    expect(find(call.phone.bytes(holdFrom, performance.now()), music.subarray(0, 160)) >= 0 || rms(onHold) > 100, "music while on hold").toBe(true);
    expect(rms(agentOnHold.subarray(4_000)), "the agent hears silence while on hold").toBeLessThan(60);

    await press(agent.page, "Resume");
    await phaseIs(agent.page, "talking");
    await wait(800);
    const againFrom = performance.now();
    const againAtAgent = await hear(agent.page, 1_500);
    expect(Math.abs(dominant(againAtAgent.subarray(4_000)) - CUSTOMER_HZ)).toBeLessThanOrEqual(4);
    expect(Math.abs(dominant(call.phone.heard(againFrom, performance.now())) - AGENT_HZ)).toBeLessThanOrEqual(4);

    await press(agent.page, "End");
    await noCall(agent.page);
    expect(await call.ended, await call.errors()).toBe(0);
    await statusIs(agent.page, "Busy");

    // The customer's page, opened on accept, shows the call without a reload.
    const entry = agent.page.locator("[data-testid=timeline-entry][data-kind=call]").first();
    await entry.getByText("Answered").waitFor();
    const api = await product.signIn(product.agents[0]!);
    const customerId = new URL(agent.page.url()).pathname.split("/").at(-1)!;
    const timeline = await until("the recording to be complete", async () => {
      const t = await api.get<{ items: { kind: string; call?: { outcome: string; talkMs: number; holdMs: number; holds: number; agentName: string; endedBy: string; recordings: { id: string; state: string; durationMs: number }[] } }[] }>(`/customers/${customerId}/timeline`);
      const found = t.items.find((i) => i.kind === "call")?.call;
      return found?.recordings[0]?.state === "complete" && found;
    });
    expect(timeline).toMatchObject({ outcome: "answered", holds: 1, endedBy: "agent", agentName: product.agents[0]!.name });

    const wav = readWav(await recordingAudio(api, timeline.recordings[0]!.id));
    expect(wav.channels.length).toBe(2);
    const [customerSide, agentSide] = [wav.channels[0]!, wav.channels[1]!];
    const middle = (s: Int16Array) => s.subarray(8_000, Math.min(s.length, 24_000));
    expect(Math.abs(dominant(middle(customerSide)) - CUSTOMER_HZ), "left channel: customer").toBeLessThanOrEqual(4);
    expect(Math.abs(dominant(middle(agentSide)) - AGENT_HZ), "right channel: agent").toBeLessThanOrEqual(4);
    expect(share(middle(customerSide), AGENT_HZ)).toBeLessThan(0.05);
    // Talked time without the hold, to 0.2 s.
    expect(Math.abs(wav.seconds - timeline.talkMs / 1_000), `recording ${wav.seconds} s, talked ${timeline.talkMs} ms`).toBeLessThanOrEqual(0.2);

    // It plays in the page.
    await entry.getByRole("button", { name: /^Play/ }).click();
    await until("the recording to play in the page", () => agent.page.evaluate(() => [...document.querySelectorAll("audio")].some((a) => a.currentTime > 0.3 && a.duration > 1)));
  }, 120_000);
});
