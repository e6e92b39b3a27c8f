import { expect, test } from "vitest";
import type { BridgeId, LegId } from "@ringdesk/std";
import { hasChromium, openBrowserPage } from "../testkit/browser-page.ts";
import { strongestTone } from "../testkit/phone.ts";
import { createTestPlane, eventually } from "../testkit/plane.ts";

const agent = "agent" as LegId;
const caller = "caller" as LegId;
const TONES = [440, 620, 880, 1_250];

test.skipIf(!hasChromium)("a real browser and a phone hear each other, keys arrive, and a reload is put back into the call (skipped without Chromium)", async () => {
  const setup = await createTestPlane();
  const { plane, until, events } = setup;
  const browser = await openBrowserPage();
  const connect = async (offerSdp: string): Promise<string> => {
    const answer = await plane.connectBrowser(agent, offerSdp);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return answer.value;
  };
  const hears = async (hz: number): Promise<void> => {
    for (let tries = 0; ; tries += 1) {
      const peak = await browser.peak();
      if (Math.abs(peak.hz - hz) < 15 && peak.db > -60) return;
      if (tries > 100) throw new Error(`the browser hears ${JSON.stringify(peak)} and not ${hz} Hz`);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  };
  try {
    const phone = await setup.callFrom("caller");
    phone.say(440);
    await browser.call(880, connect);
    await until("media-connected", (event) => event.leg === agent);
    plane.setBridge("bridge" as BridgeId, [caller, agent]);
    await hears(440);
    await eventually(() => strongestTone(phone.listen().slice(-3_200), TONES) === 880);

    await browser.keys("5#");
    await until("dtmf", (event) => event.digit === "#");
    await until("dtmf", (event) => event.digit === "5");
    expect(events.filter((event) => event.type === "dtmf" && event.leg === agent).length).toBe(2);

    await plane.play(caller, "hold", [{ source: { kind: "music", name: "default" }, times: "forever" }]);
    await eventually(() => plane.snapshot().legs.some((leg) => leg.leg === caller && leg.hears === "play"));
    plane.stopPlay(caller);

    await eventually(() => plane.quality(agent)?.roundTripMs !== null);
    expect(plane.quality(agent)?.roundTripMs).toBeLessThan(200);

    await browser.page.reload();
    await until("media-lost", (event) => event.leg === agent);
    await browser.call(1_250, connect);
    await eventually(() => strongestTone(phone.listen().slice(-3_200), TONES) === 1_250);
    await hears(440);

    const seen = events.length;
    const hungUpAt = performance.now();
    await browser.hangUp();
    await eventually(() => events.slice(seen).some((event) => event.type === "media-lost"));
    expect(events.slice(seen).find((event) => event.type === "media-lost")).toMatchObject({ leg: agent, why: "closed" });
    expect(performance.now() - hungUpAt).toBeLessThan(1_000);
  } finally {
    await browser.close();
    await setup.close();
  }
});
