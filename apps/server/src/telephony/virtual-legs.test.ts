import type { E164, LegId } from "@ringdesk/std";
import { beforeEach, describe, expect, test } from "vitest";
import { createFakeClock, type FakeClock } from "../kernel/clock.fake.ts";
import type { LegHappening } from "./telephony.ports.ts";
import { createHandsetLegs, type HandsetLegs } from "./virtual-legs.ts";

const leg = "h1" as LegId;
const request = { leg, to: "+12025550142" as E164, from: "+12025550100" as E164, ringTimeoutMs: 30_000 };
let clock: FakeClock;
let told: LegHappening[];
let handsets: HandsetLegs;
let stopped: string[];
let endedOnSwitch: LegId[];
let isFree: boolean;

beforeEach(() => {
  clock = createFakeClock();
  told = [];
  stopped = [];
  endedOnSwitch = [];
  isFree = true;
  handsets = createHandsetLegs({
    clock, emit: (happening) => told.push(happening), readNumber: (text) => (text.startsWith("+") ? text as E164 : null),
    routes: { route: () => ({ kind: "none" }), ringHandset: () => isFree, stopRinging: (handset) => stopped.push(handset) },
    endOnSwitch: async (ended) => { endedOnSwitch.push(ended); },
  });
});
const types = (): string[] => told.map((happening) => happening.type);
const ended = (): LegHappening | undefined => told.find((happening) => happening.type === "ended");

describe("a handset is called", () => {
  test("rings, answers", () => {
    expect(handsets.ringHandset("x", request).ok).toBe(true);
    expect(handsets.ringHandset("x", request).ok).toBe(true);
    expect(handsets.virtualAnswered(leg)).toBe(true);
    expect(handsets.virtualAnswered(leg)).toBe(false);
    expect(types()).toEqual(["ringing", "answered"]);
    expect(clock.armed()).toBe(0);
  });

  test("is busy", () => {
    isFree = false;
    expect(handsets.ringHandset("x", request).ok).toBe(true);
    expect(told).toMatchObject([{ type: "ended", cause: "busy", by: "peer" }]);
    expect(clock.armed()).toBe(0);
  });

  test("rings out", async () => {
    handsets.ringHandset("x", request);
    await clock.advance(30_000);
    expect(ended()).toMatchObject({ cause: "no-answer", by: "switch" });
    expect(stopped).toEqual(["x"]);
    expect(handsets.virtualAnswered(leg)).toBe(false);
  });

  test("declines", async () => {
    handsets.ringHandset("x", request);
    handsets.virtualEnded(leg, "declined");
    await clock.advance(60_000);
    expect(told.filter((happening) => happening.type === "ended")).toMatchObject([{ cause: "declined", by: "peer" }]);
  });

  test("the house gives up", () => {
    handsets.ringHandset("x", request);
    expect([...handsets.ringing()]).toEqual([leg]);
    expect(handsets.hungUp(leg)).toBe(true);
    expect(handsets.hungUp(leg)).toBe(false);
    expect(stopped).toEqual(["x"]);
    expect(ended()).toMatchObject({ cause: "hangup", by: "server" });
  });
});

describe("a handset calls", () => {
  test("arrives like a SIP call, and is answered once", () => {
    handsets.virtualIncoming({ leg, from: request.to, fromName: null, to: "+12025550100" });
    handsets.answered(leg);
    handsets.answered(leg);
    expect(told).toMatchObject([{ type: "incoming", from: "+12025550142", to: "+12025550100", trunk: "sandbox" }, { type: "answered" }]);
  });

  test.each([["not-found", "not-found"], ["busy", "busy"], ["declined", "declined"], ["not-allowed", "not-allowed"], ["unavailable", "unreachable"]] as const)(
    "rejected as %s: its end says %s, not only that the house did not want it", (reason, cause) => {
      handsets.virtualIncoming({ leg, from: request.to, fromName: null, to: "+12025550100" });
      handsets.rejected(leg, reason);
      const bySwitch: LegHappening = { type: "ended", leg, cause: "rejected", by: "server", quality: null };
      expect(handsets.reword(bySwitch)).toEqual({ ...bySwitch, cause });
      handsets.rejected(leg, reason); // a leg that is no handset's, or over
      expect(handsets.reword(bySwitch)).toEqual(bySwitch);
    });

  test("hangs up: the switch's words are put right, once", async () => {
    handsets.virtualIncoming({ leg, from: null, fromName: null, to: "911" });
    handsets.virtualEnded(leg, "hangup");
    const bySwitch: LegHappening = { type: "ended", leg, cause: "hangup", by: "server", quality: null };
    expect(endedOnSwitch).toEqual([leg]);
    expect(handsets.reword(bySwitch)).toEqual({ ...bySwitch, by: "peer" });
    expect(handsets.reword(bySwitch)).toEqual(bySwitch);
  });
});
