// A carrier that wants to know of hold: the agent presses the keys, and the caller's side is told, hears music, and is back.
import { afterAll, beforeAll, expect, test } from "vitest";
import { audioSdp, openRawCaller, type RawCaller } from "../sip/raw-caller.ts";
import { openPerson, type Person } from "../support/browser.ts";
import { accept, noCall, phaseIs, press, ringing, setStatus, signIn } from "../support/desk.ts";
import { startProduct, until, type Product } from "../support/product.ts";
import { openRtpPhone, type RtpPhone } from "../support/rtp-phone.ts";
import { dominant, rms, share } from "../support/sound.ts";

const CUSTOMER_HZ = 440, AGENT_HZ = 900;
/** Long enough to tell a tone. */
const LISTEN_MS = 600;

let product: Product, agent: Person, caller: RawCaller, phone: RtpPhone;
beforeAll(async () => {
  product = await startProduct({ settings: { RINGDESK_TRUNK_SOURCES: "127.0.0.1", RINGDESK_TRUNK_SIGNAL_HOLD: "yes" } });
  agent = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
  await signIn(agent.page, product.agents[0]!);
  [caller, phone] = [await openRawCaller(product.sipPort), await openRtpPhone(CUSTOMER_HZ)];
}, 120_000);
afterAll(async () => {
  caller?.close();
  phone?.close();
  await agent?.close();
  await product?.stop();
});

test("CALL-5: Hold and Resume of the agent are told to the trunk; the caller hears music meanwhile, and the agent again", async () => {
  const listen = async (): Promise<Int16Array> => {
    const from = performance.now();
    await new Promise((resolve) => { setTimeout(resolve, LISTEN_MS); });
    return phone.heard(from, performance.now());
  };
  const hearsAgent = (): Promise<unknown> => until("the agent's tone", async () => Math.abs(dominant(await listen()) - AGENT_HZ) <= 4);
  const offer = (direction: string): Promise<string> => caller.message(direction, (g) => g.startsWith("INVITE ") && g.includes(`a=${direction}\r\n`), 10_000);

  await setStatus(agent.page, "Available");
  const call = await caller.call(product.supportNumber, phone.port);
  phone.talkTo(Number(/\r\nm=audio (\d+)/.exec(call.answer)?.[1]));
  await ringing(agent.page, 30_000);
  await accept(agent.page);
  await phaseIs(agent.page, "talking");
  await hearsAgent();

  await press(agent.page, "Hold");
  await phaseIs(agent.page, "held");
  caller.reply(await offer("sendonly"), "200 OK", audioSdp(phone.port, "a=recvonly"));
  await until("music, and nothing of the agent", async () => {
    const heard = await listen();
    return rms(heard) > 100 && share(heard, AGENT_HZ) < 0.2;
  });

  await press(agent.page, "Resume");
  await phaseIs(agent.page, "talking");
  caller.reply(await offer("sendrecv"), "200 OK", audioSdp(phone.port, "a=sendrecv"));
  await hearsAgent();
  await press(agent.page, "End");
  await noCall(agent.page);
  expect(await caller.message("BYE", (g) => g.startsWith("BYE "))).toContain(call.call);
}, 90_000);
