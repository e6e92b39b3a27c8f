// Recordings as people meet them on the page: shown without being loaded, played at links that expire, kept as an admin says.
// They lie in an S3-compatible bucket, encrypted; those of other tests lie on the disk.
import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startS3, type TestS3 } from "../../apps/server/src/test-s3.ts";
import { openPerson, type Person } from "../support/browser.ts";
import { accept, phaseIs, press, ringing, setStatus, signIn } from "../support/desk.ts";
import { startProduct, until, type ApiClient, type Product } from "../support/product.ts";
import { customerByNumber, endedCall } from "../support/records.ts";
import { callBySipp } from "../support/sipp.ts";
import { wait } from "../support/wait.ts";

const CALLER = "+12025550177";
const TALK_MS = 12_000;
let s3: TestS3, product: Product, admin: ApiClient, owner: Person, agent: Person, recording: string, customer: string;

beforeAll(async () => {
  s3 = await startS3();
  const { bucket, accessKey, secretKey } = s3.config;
  product = await startProduct({ settings: { RINGDESK_S3_BUCKET: bucket, RINGDESK_S3_ACCESS_KEY: accessKey, RINGDESK_S3_SECRET_KEY: secretKey, RINGDESK_RECORDING_KEY: randomBytes(32).toString("base64") } });
  admin = await product.signIn(product.owner);
  [owner, agent] = await Promise.all([openPerson({ baseUrl: product.baseUrl, hz: 500 }), openPerson({ baseUrl: product.baseUrl, hz: 900 })]);
  await signIn(owner.page, product.owner);
  await signIn(agent.page, product.agents[0]!);
  await setStatus(agent.page, "Available");
  await callBySipp({ sipPort: product.sipPort, to: product.supportNumber, from: CALLER, hz: 440 });
  await ringing(agent.page, 30_000);
  await accept(agent.page);
  await phaseIs(agent.page, "talking");
  await wait(TALK_MS);
  await press(agent.page, "End");
  recording = (await endedCall(admin, CALLER)).recordings[0]!.id;
  customer = (await customerByNumber(admin, CALLER))!.id;
  await until("the recording to be in the bucket", async () => (await admin.get<{ waiting: number }>("/settings/recordings")).waiting === 0);
}, 120_000);
afterAll(async () => { await Promise.all([owner?.close(), agent?.close()]); await product?.stop(); await s3?.close(); });

type Logged = { readonly whoName: string; readonly before: Record<string, unknown> | null; readonly after: Record<string, unknown> | null };
const logged = async (what: string): Promise<readonly Logged[]> => (await admin.get<{ items: Logged[] }>(`/settings/audit-log?what=${what}`)).items;
const focused = (page: Page): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? null);
/** Presses a button by keyboard, and again while it asks for a link. Gives how many links it asked for. */
async function pressTwice(page: Page, name: string): Promise<number> {
  let links = 0;
  await page.route("**/recordings/*/link", async (route) => { links += 1; await wait(500); await route.continue(); });
  await page.getByRole("button", { name }).focus();
  await page.keyboard.press("Enter");
  await page.locator("button[aria-busy=true]:focus").waitFor();
  await page.keyboard.press("Enter");
  await page.locator("button[aria-busy=true]").waitFor({ state: "detached" });
  await page.unroute("**/recordings/*/link");
  return links;
}
const second = (page: Page): Promise<number> => page.getByTestId("recording-audio").evaluate((audio) => (audio as HTMLAudioElement).currentTime);

test("REC-3: of a recording in a bucket nothing but its waveform is on the disk", async () => {
  await admin.get(`/recordings/${recording}/peaks`);
  expect(await readdir(join(product.data, "media/recordings"))).toEqual(expect.arrayContaining([`${recording}.peaks.json`]));
  expect((await readdir(join(product.data, "media/recordings"))).filter((name) => name.includes(".wav"))).toEqual([]);
});

describe("the player", () => {
  test("REC-1 REC-2: loads nothing and is in no log until Play is pressed, and begins where the person went before", async () => {
    const { page } = agent;
    const loaded: string[] = [];
    page.on("request", (request) => { if (/\/recordings\/[^/]+\/(audio|link)/.test(request.url())) loaded.push(request.url()); });
    await page.goto(`/customers/${customer}`);
    const place = page.getByRole("slider", { name: "Position in the recording" });
    const time = page.getByTestId("recording-time");
    await page.locator(".rd-wave > div").waitFor(); // the waveform is drawn
    await wait(500);
    const box = (await place.boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(async () => Number(await place.getAttribute("aria-valuenow"))).toBeGreaterThan(3);
    await place.press("Home");
    await expect.poll(() => time.textContent()).toMatch(/^0:00 /);
    await place.press("ArrowRight");
    await expect.poll(() => time.textContent()).toMatch(/^0:05 /);
    expect(loaded).toEqual([]);
    expect(await logged("recording.played")).toEqual([]);

    expect(await pressTwice(page, "Play the recording")).toBe(1);
    await until("the recording to play on from there", async () => await second(page) > 5.5);
    expect(await focused(page)).toBe("Pause the recording");
    expect(await logged("recording.played")).toMatchObject([{ whoName: product.agents[0]!.name, after: { recording } }]);
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Play the recording" }).waitFor();
    await place.focus();
    await page.keyboard.down("Space");
    await page.getByRole("button", { name: "Pause the recording" }).waitFor();
    await page.keyboard.down("Space"); // the key is held, and repeats
    await page.keyboard.up("Space");
    await page.getByRole("button", { name: "Pause the recording" }).click();
    expect(loaded.filter((url) => url.includes("/link"))).toHaveLength(1);
    expect(await logged("recording.played"), "listening on is no other access").toHaveLength(1);
  }, 60_000);

  test("REC-2: a link that has expired is replaced, and the recording goes on at the same place; without audio it says so", async () => {
    const { page } = agent;
    await page.reload();
    const expired = { status: 403, contentType: "application/problem+json", body: "{}" };
    const place = page.getByRole("slider", { name: "Position in the recording" });
    await place.press("ArrowRight");
    await page.getByRole("button", { name: "Play the recording" }).click();
    await until("it to be heard", async () => await second(page) > 6.6);
    // What the browser has of it is given up as it is when a link expires: the element fails while it plays.
    let links = 0;
    page.on("request", (request) => { if (request.url().endsWith("/link")) links += 1; });
    await page.getByTestId("recording-audio").evaluate((audio) => { audio.dispatchEvent(new Event("error")); });
    await until("it to go on", async () => links === 1 && await second(page) > 7);
    expect(await second(page), "from where it was").toBeLessThan(10);
    await page.getByRole("button", { name: "Pause the recording" }).click();

    await page.route("**/recordings/*/audio*", (route) => route.fulfill(expired));
    await page.reload();
    await page.getByRole("button", { name: "Play the recording" }).click();
    await page.getByText("The recording cannot be played now. Press Play to try again.").waitFor();
    await page.unroute("**/recordings/*/audio*");
    await page.getByRole("button", { name: "Play the recording" }).click();
    await until("it to play", async () => await second(page) > 0.3);
  }, 60_000);

  test("REC-1: it is saved under the name of its call", async () => {
    const [saved, links] = await Promise.all([agent.page.waitForEvent("download"), pressTwice(agent.page, "Download the recording")]);
    expect([links, await focused(agent.page)]).toEqual([1, "Download the recording"]);
    expect(saved.suggestedFilename()).toMatch(/^call-\d{4}-\d{2}-\d{2}-\d{2}-\d{2}\.wav$/);
    expect(await saved.failure()).toBeNull();
  });

  test("REC-3: a recording that was deleted is no failure", async () => {
    const { page } = agent;
    await page.route("**/recordings/*/peaks", (route) => route.fulfill({ status: 410, contentType: "application/problem+json",
      body: JSON.stringify({ type: "about:blank", title: "This recording was deleted", detail: "Recordings are kept for 90 days.", status: 410, code: "recording-deleted" }) }));
    await page.reload();
    await page.getByText("This recording was deleted. Recordings are kept for 90 days.").waitFor();
    expect(await page.getByTestId("timeline-entry").getByText("Try again").count()).toBe(0);
    await page.unroute("**/recordings/*/peaks");
  });
});

test("REC-3: an admin says how long recordings are kept, and is asked before any are deleted", async () => {
  const { page } = owner;
  await page.goto("/settings");
  await page.getByRole("link", { name: "Recordings" }).click();
  await page.getByTestId("recordings-keeping").getByText("Encrypted", { exact: true }).waitFor();
  await page.getByTestId("recordings-keeping").getByText(s3.config.bucket).waitFor();
  await page.getByTestId("recordings-keeping").getByText("1 recording", { exact: true }).waitFor();
  expect(await page.getByRole("radio", { name: "For ever" }).isChecked()).toBe(true);
  expect(await page.getByTestId("save-retention").isDisabled()).toBe(true);
  await page.getByRole("radio", { name: "For a number of days" }).check();
  const days = page.getByRole("textbox", { name: "Days" });
  await days.fill("0");
  await page.getByTestId("save-retention").click();
  await page.getByText("Between 1 and 3,650 days").waitFor();
  await days.fill("90");
  await page.getByTestId("save-retention").click();
  await page.getByText("Recordings are kept for 90 days", { exact: true }).waitFor();
  expect(await admin.get("/settings/recordings")).toMatchObject({ retentionDays: 90, kept: 1 });
  expect(await logged("recording-retention")).toMatchObject([{ whoName: product.owner.name, before: { days: null }, after: { days: 90 } }]);

  // As if there were old ones: what is asked, and that nothing is saved unless it is answered.
  await page.route("**/settings/recordings/due*", (route) => route.fulfill({ json: { recordings: 124 } }));
  await days.fill("30");
  await page.getByTestId("save-retention").click();
  await page.getByText("This deletes 124 recordings now. They cannot be brought back.").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(await admin.get("/settings/recordings")).toMatchObject({ retentionDays: 90 });
  await page.getByTestId("save-retention").click();
  await page.getByRole("button", { name: "Delete 124 recordings" }).click();
  await page.getByText("Recordings are kept for 30 days", { exact: true }).waitFor();
  expect(await admin.get("/settings/recordings")).toMatchObject({ retentionDays: 30, kept: 1 });

  await page.goto("/settings/audit-log");
  const entry = page.locator("[data-what='recording-retention.changed']").last();
  await entry.getByText("Retention of recordings changed").waitFor();
  expect(await entry.innerText()).toMatch(/Kept for\s+ever\s*90 days/);
}, 60_000);
