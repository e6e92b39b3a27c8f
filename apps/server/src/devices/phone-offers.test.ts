// Offers at the SIP phone of an agent, through calls, routing and agents together.
import { beforeEach, describe, expect, test } from "vitest";
import type { CallId, LegId } from "@ringdesk/std";
import { ana, ben, CALLER, callIn, connect, createOutside, greetingEnds, openHouse, SUPPORT, type House } from "../routing/house.fake.ts";
import type { LegEndCause } from "../telephony/index.ts";

let house: House;
const phone = () => house.outside.telephony;
const desk = (user: typeof ana) => house.routing.deskOf(user);
const phaseOf = (user: typeof ana) => desk(user).call?.phase ?? null;
const rung = () => phone().commands.filter((c) => c.do === "dial-phone");
const lastRung = (): LegId => rung().at(-1)?.["leg"] as LegId;
const isUp = (leg: LegId): boolean => phone().snapshot().legs.some((l) => l.leg === leg);

beforeEach(async () => {
  house = await openHouse(createOutside());
  house.outside.phones.set(ana, { kind: "account", account: "70001234" });
  for (const user of [ana, ben]) {
    house.routing.setStatus(user, "available");
    await house.pass(1_000);
  }
});

/** A caller waits, and rings at Ana's phone. */
async function ringing(): Promise<{ readonly caller: LegId; readonly call: CallId; readonly leg: LegId }> {
  const caller = await callIn(house);
  await greetingEnds(house, caller);
  return { caller, call: caller as string as CallId, leg: lastRung() };
}
async function talking() {
  const rings = await ringing();
  phone().calleeAnswers(rings.leg);
  await house.pass(10);
  expect(phaseOf(ana)).toBe("talking");
  return rings;
}

describe("an offer", () => {
  test("RTE-2 rings at the phone with the caller's number, and answering it accepts: both talk at once", async () => {
    const { caller, leg } = await ringing();
    expect(rung()).toMatchObject([{ phone: { kind: "account", account: "70001234" }, from: CALLER, fromName: "Dana", withheld: false }]);
    expect([desk(ana).device, desk(ana).offer?.caller.number, phone().playing(caller)]).toEqual(["phone", CALLER, "welcome"]);
    phone().calleeAnswers(leg);
    await house.pass(10);
    expect([desk(ana).call?.device, phaseOf(ana), desk(ana).status.value, desk(ana).offer]).toEqual(["phone", "talking", "busy", null]);
    expect(phone().snapshot().bridges).toMatchObject([{ legs: [caller, leg] }]);
    expect(phone().snapshot().recordings).toMatchObject([{ state: "recording" }]);
    expect(phone().commands.some((c) => c.do === "connectBrowser")).toBe(false);
  });

  for (const cause of ["busy", "declined"] as const) {
    test(`RTE-2 refused at the phone (${cause}) is declined: the next agent, and Ana stays available`, async () => {
      const { leg } = await ringing();
      phone().peerEnds(leg, cause);
      await house.pass(10);
      expect([desk(ana).offer, desk(ben).offer?.caller.number, desk(ana).status.value, house.notices]).toEqual([null, CALLER, "available", []]);
    });
  }

  test("STAT-4 not answered for 30 seconds is missed: the phone is silenced, Ana becomes unavailable", async () => {
    const { leg } = await ringing();
    await house.pass(30_000);
    expect([isUp(leg), desk(ana).status.value, desk(ben).offer?.caller.number]).toEqual([false, "unavailable", CALLER]);
  });

  for (const [cause, words] of [["unreachable", /could not be reached/], ["not-found", /does not know/], ["no-answer", /did not take/]] as const satisfies readonly (readonly [LegEndCause, RegExp])[]) {
    test(`a phone that fails (${cause}) passes the call on, and its owner is told`, async () => {
      const { leg } = await ringing();
      phone().peerEnds(leg, cause);
      await house.pass(10);
      expect([desk(ben).offer?.caller.number, house.notices.length]).toEqual([CALLER, 1]);
      expect(house.notices[0]).toMatch(words);
    });
  }

  test("a phone that is not registered passes the call on", async () => {
    phone().refuseNext("dial-phone", { type: "no-route" });
    await ringing();
    expect([desk(ben).offer?.caller.number, house.notices]).toEqual([CALLER, ["Your phone is not registered."]]);
  });

  test("a caller who hangs up silences the phone", async () => {
    const { caller, leg } = await ringing();
    phone().peerEnds(caller);
    await house.pass(10);
    expect([isUp(leg), desk(ana).offer, desk(ana).status.value]).toEqual([false, null, "available"]);
  });

  test("accepted in the browser, the phone is silenced and the browser talks", async () => {
    const { leg } = await ringing();
    const offer = desk(ana).offer?.id;
    expect((await house.routing.accept(offer as NonNullable<typeof offer>, ana)).ok).toBe(true);
    await house.pass(10);
    expect([isUp(leg), desk(ana).call?.device]).toEqual([false, "browser"]);
    await connect(house, ana);
    expect(phaseOf(ana)).toBe("talking");
  });

  test("answered in the moment in which the caller hangs up, the phone is let go of", async () => {
    const { caller, leg } = await ringing();
    phone().peerEnds(caller);
    phone().calleeAnswers(leg);
    await house.pass(10);
    expect([isUp(leg), phaseOf(ana)]).toEqual([false, null]);
  });

  test("answered and put down at once, the call is over and nobody talks to a dead line", async () => {
    const { leg, call } = await ringing();
    phone().calleeAnswers(leg);
    phone().peerEnds(leg);
    await house.pass(10);
    expect([phaseOf(ana), house.summary(call).outcome, house.summary(call).endedBy]).toEqual([null, "answered", "agent"]);
  });
});

describe("in the call", () => {
  test("the phone put down ends it", async () => {
    const { caller, leg, call } = await talking();
    phone().peerEnds(leg);
    await house.pass(10);
    expect([isUp(caller), phaseOf(ana), house.summary(call).endedBy]).toEqual([false, null, "agent"]);
  });

  test("the page holds, resumes and ends it", async () => {
    const { caller, leg, call } = await talking();
    expect((await house.calls.hold(call, ana)).ok).toBe(true);
    expect([phaseOf(ana), phone().playing(caller)]).toEqual(["held", "music"]);
    expect((await house.calls.resume(call, ana)).ok).toBe(true);
    expect((await house.calls.hangUp(call, ana)).ok).toBe(true);
    await house.pass(10);
    expect([isUp(leg), isUp(caller)]).toEqual([false, false]);
  });

  test("CALL-4 the phone's hold key holds as the page does", async () => {
    const { caller, leg } = await talking();
    phone().emit({ type: "held-by-peer", leg });
    await house.pass(10);
    expect([phaseOf(ana), phone().playing(caller), phone().snapshot().recordings[0]?.state]).toEqual(["held", "music", "paused"]);
    phone().emit({ type: "resumed-by-peer", leg });
    await house.pass(10);
    expect([phaseOf(ana), phone().playing(caller), phone().snapshot().recordings[0]?.state]).toEqual(["talking", null, "recording"]);
  });

  test("CALL-12 a phone that falls silent gives the browser 30 seconds to take over", async () => {
    const { caller, leg } = await talking();
    phone().peerEnds(leg, "media-timeout");
    await house.pass(10);
    expect([phaseOf(ana), desk(ana).call?.device, phone().playing(caller)]).toEqual(["away", "browser", "music"]);
    await connect(house, ana);
    expect(phaseOf(ana)).toBe("talking");
  });
});

describe("an outbound call", () => {
  const dial = async () => {
    const placed = await house.calls.dial({ userId: ana, name: "Ana Silva" }, "+12025550177", null, null);
    if (!placed.ok) throw new Error(placed.error.type);
    await house.pass(10);
    return placed.value;
  };

  test("CALL-1 rings the agent's phone first, then the customer", async () => {
    await dial();
    expect([phaseOf(ana), desk(ana).call?.device]).toEqual(["connecting", "phone"]);
    expect(rung()).toMatchObject([{ from: "+12025550177" }]);
    expect(phone().commands.some((c) => c.do === "dial")).toBe(false);
    phone().calleeAnswers(lastRung());
    await house.pass(10);
    expect(phone().commands.filter((c) => c.do === "dial")).toMatchObject([{ to: "+12025550177", from: SUPPORT }]);
    expect(phaseOf(ana)).toBe("dialling");
  });

  for (const [cause, reason] of [["declined", /hung up before/], ["unreachable", /not connected in time/]] as const) {
    test(`comes to nothing when the agent's phone does not answer (${cause})`, async () => {
      const call = await dial();
      phone().peerEnds(lastRung(), cause);
      await house.pass(10);
      expect(phaseOf(ana)).toBeNull();
      expect(house.summary(call).reason).toMatch(reason);
    });
  }
});
