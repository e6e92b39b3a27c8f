import type { LegId, UserId } from "@ringdesk/std";
import { beforeEach, expect, test } from "vitest";
import { createFakeClock, type FakeClock } from "../kernel/clock.fake.ts";
import { createEchoCalls, ECHO_CALL_MS, type EchoCalls } from "./echo-calls.service.ts";
import { createFakeTelephony, type FakeTelephony } from "./telephony.fake.ts";

const [ana, ben] = ["ana" as UserId, "ben" as UserId];
let telephony: FakeTelephony;
let clock: FakeClock;
let echo: EchoCalls;
beforeEach(() => {
  telephony = createFakeTelephony();
  clock = createFakeClock();
  echo = createEchoCalls({ telephony, clock });
});
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
async function started(user: UserId): Promise<LegId> {
  const call = await echo.start(user, "offer");
  if (!call.ok) throw new Error(call.error.type);
  return call.value.id;
}
const legs = (): readonly LegId[] => telephony.snapshot().legs.map(({ leg }) => leg);

test("CALL-9 a test call is a leg alone in a bridge, and nothing is left when it is ended", async () => {
  const leg = await started(ana);
  expect([...echo.legs()]).toEqual([leg]);
  expect(telephony.snapshot().bridges.map((bridge) => bridge.legs)).toEqual([[leg]]);
  await echo.end(ben, leg);
  expect(legs(), "only its own user ends it").toEqual([leg]);
  await echo.end(ana, leg);
  expect([legs(), telephony.snapshot().bridges, [...echo.legs()]]).toEqual([[], [], []]);
});

test("everybody has one: the next ends the earlier", async () => {
  const first = await started(ana);
  const second = await started(ana);
  expect(legs()).toEqual([second]);
  expect(first).not.toBe(second);
});

test("it ends with its browser, and by itself", async () => {
  telephony.mediaIsLost(await started(ana));
  await settled();
  expect(legs()).toEqual([]);
  await started(ana);
  await clock.advance(ECHO_CALL_MS);
  await settled();
  expect([legs(), [...echo.legs()]]).toEqual([[], []]);
});

test("what the switch refuses is told, and leaves nothing", async () => {
  telephony.refuseNext("connectBrowser", { type: "sdp-refused", detail: "no audio" });
  expect(await echo.start(ana, "nonsense")).toMatchObject({ ok: false, error: { type: "sdp-refused" } });
  telephony.refuseNext("echo", { type: "switch-away" });
  expect(await echo.start(ana, "offer")).toMatchObject({ ok: false, error: { type: "switch-away" } });
  expect([legs(), [...echo.legs()]]).toEqual([[], []]);
});
