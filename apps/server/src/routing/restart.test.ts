// CALL-13, RTE-9: what a restart of the server or of the switch leaves of a call.
import { beforeEach, describe, expect, test } from "vitest";
import type { CallId, LegId, Millis, SkillId } from "@ringdesk/std";
import { ana, ben, CALLER, callIn, connect, createOutside, greetingEnds, openHouse, restart, SUPPORT, takeCall, type House } from "./house.fake.ts";

let house: House;
const phone = () => house.outside.telephony;
const phaseOf = (user: typeof ana) => house.routing.deskOf(user).call?.phase ?? null;
const rings = (user: typeof ana) => house.routing.deskOf(user).offer !== null;
const statusOf = (user: typeof ana) => house.agents.status(user).value;

beforeEach(async () => {
  house = await openHouse(createOutside());
  for (const user of [ana, ben]) {
    house.routing.setStatus(user, "available");
    await house.pass(1_000);
  }
});

/** A caller in the talk with Ana. */
async function talking(): Promise<{ readonly caller: LegId; readonly call: CallId; readonly leg: LegId }> {
  const caller = await callIn(house);
  await greetingEnds(house, caller);
  return { caller, call: caller as string as CallId, leg: await takeCall(house, ana) };
}

describe("CALL-13, RTE-9: the server is restarted", () => {
  test("in the greeting: the caller goes on to the queue", async () => {
    const caller = await callIn(house);
    house = await restart(house);
    expect(phone().playing(caller)).toBe("welcome");
    await greetingEnds(house, caller);
    expect(rings(ana)).toBe(true);
  });
  test("in the queue: the call is offered again, and not to who declined it", async () => {
    const caller = await callIn(house);
    await greetingEnds(house, caller);
    house.routing.decline(house.routing.deskOf(ana).offer?.id as never, ana);
    await house.pass(100);
    house = await restart(house);
    expect([rings(ana), rings(ben), phone().playing(caller)]).toEqual([false, true, "welcome"]);
  });
  test("QUE-6 in the queue: the call asks for the same skills, until the same moment", async () => {
    const spanish = "es" as SkillId;
    house.outside.skills.set(spanish, new Set());
    house.outside.plan = { skills: [{ id: spanish, relaxAfterMs: 60_000 as Millis }] };
    const caller = await callIn(house);
    await greetingEnds(house, caller);
    await house.pass(40_000);
    house = await restart(house);
    expect([rings(ana), rings(ben)]).toEqual([false, false]);
    await house.pass(19_000);
    expect([rings(ana), rings(ben)]).toEqual([false, false]);
    await house.pass(1_000);
    expect([rings(ana), rings(ben)]).toEqual([true, false]);
  });
  test("an agent's browser that connects before the end of its old leg is written down gets a new leg, and none is left behind", async () => {
    const { caller, call, leg: first } = await talking();
    const connectAtOnce = async (): Promise<LegId> => {
      house.stop();
      house = await openHouse(house.outside);
      phone().comesUp();
      expect((await house.calls.connectAudio(call, ana, "sdp")).ok).toBe(true);
      return phone().commands.filter((c) => c.do === "connectBrowser").at(-1)?.["leg"] as LegId;
    };
    // It ended while no server was there.
    phone().goesDown();
    phone().peerEnds(first);
    const second = await connectAtOnce();
    expect(phone().snapshot().legs.map(({ leg }) => leg)).toEqual([caller, second]);
    phone().mediaConnects(second);
    await house.pass(10);
    expect([phaseOf(ana), second === first]).toEqual(["talking", false]);
    // Its command never reached the switch.
    phone().peerEnds(second);
    await house.pass(10);
    phone().refuseNext("connectBrowser", { type: "switch-away" });
    expect(await house.calls.connectAudio(call, ana, "sdp")).toEqual({ ok: false, error: { type: "phone-service-away" } });
    phone().goesDown();
    const third = await connectAtOnce();
    expect(phone().snapshot().legs.map(({ leg }) => leg)).toEqual([caller, third]);
    phone().mediaConnects(third);
    await house.pass(10);
    expect(phaseOf(ana)).toBe("talking");
    // It ends in the moment of connecting.
    const fourth = house.calls.connectAudio(call, ana, "sdp");
    phone().peerEnds(third);
    expect((await fourth).ok).toBe(true);
    expect(phone().snapshot().legs).toHaveLength(2);
    await house.calls.hangUp(call, ana);
    await house.pass(10);
    expect(phone().snapshot().legs).toEqual([]);
  });
  test("connecting, talking, held, away: the same call in the same phase, and it can be ended", async () => {
    const { caller, call, leg } = await talking();
    house = await restart(house);
    expect([phaseOf(ana), statusOf(ana), phone().snapshot().bridges[0]?.legs]).toEqual(["talking", "busy", [caller, leg]]);
    await house.calls.hold(call, ana);
    house = await restart(house);
    expect([phaseOf(ana), phone().playing(caller)]).toEqual(["held", "music"]);
    phone().mediaIsLost(leg);
    await house.pass(10);
    house = await restart(house);
    expect(phaseOf(ana)).toBe("away");
    await connect(house, ana);
    expect(phaseOf(ana)).toBe("held");
    await house.calls.hangUp(call, ana);
    await house.pass(10);
    expect(house.summary(call)).toMatchObject({ outcome: "answered", endedBy: "agent", recordings: [{ state: "complete" }] });
    expect(phone().snapshot().legs).toEqual([]);
  });
  test("a caller who could not be looked up before is looked up after it", async () => {
    house.outside.databaseAway = true;
    const caller = await callIn(house);
    house.stop();
    house.outside.databaseAway = false;
    house = await restart(house);
    expect(house.facts(caller as string as CallId).map((f) => f.type)).toContain("call.identified");
  });
  test("an incoming call is the switch's until its first fact is durable, and then no second call, however often it is announced", async () => {
    const caller = phone().callerCalls({ from: CALLER, to: SUPPORT });
    expect(phone().unpersisted()).toBe(1);
    await house.pass(10);
    expect(phone().unpersisted()).toBe(0);
    house = await restart(house);
    phone().emit({ type: "incoming", leg: caller, from: CALLER, fromName: null, to: SUPPORT, dialled: SUPPORT, trunk: "sip" });
    await house.pass(10);
    expect(house.facts(caller as string as CallId).filter((f) => f.type === "call.arrived")).toHaveLength(1);
  });
  test("an incoming call that ended before the crash is not taken up when it is announced again", async () => {
    const caller = await callIn(house);
    phone().peerEnds(caller);
    await house.pass(10);
    house.stop();
    house = await openHouse(house.outside);
    phone().emit({ type: "incoming", leg: caller, from: CALLER, fromName: null, to: SUPPORT, dialled: SUPPORT, trunk: "sip" });
    await house.pass(10);
    expect(await house.outside.log.openStreams("call")).toEqual([]);
  });
  test("no timer of an old call fires before the switch has told what it kept", async () => {
    await house.calls.dial({ userId: ana, name: "Ana Silva" }, CALLER, null, null);
    await connect(house, ana);
    house.stop();
    phone().goesDown();
    phone().calleeAnswers(phone().commands.find((c) => c.do === "dial")?.["leg"] as LegId);
    await house.pass(200_000);
    house = await openHouse(house.outside);
    await house.pass(1_000);
    phone().comesUp();
    await house.pass(10_000);
    expect(phaseOf(ana)).toBe("talking");
  });
  test("what happened while the server was away is made up for", async () => {
    const { caller, call } = await talking();
    house.stop();
    phone().goesDown();
    phone().peerEnds(caller);
    await house.pass(3_000);
    house = await restart(house);
    await house.pass(100);
    expect(house.summary(call)).toMatchObject({ outcome: "answered", endedBy: "customer" });
    expect(phone().snapshot().legs).toEqual([]);
  });
  test("an effect that was lost in the crash is performed after it", async () => {
    const { caller, call, leg } = await talking();
    house.outside.telephony.goesDown(); // the commands of this hold never reach the switch
    await house.calls.hold(call, ana);
    house.stop();
    house = await restart(house);
    expect([phaseOf(ana), phone().playing(caller)]).toEqual(["held", "music"]);
    expect(phone().snapshot().bridges.find((b) => b.legs.includes(leg))).toBeUndefined();
  });
});

test("kill -9 of the switch: every call is closed as interrupted", async () => {
  const { call } = await talking();
  const waits = await callIn(house);
  phone().goesDown();
  phone().comesUp({ fresh: true });
  await house.pass(61_000);
  for (const id of [call, waits as string as CallId]) expect(house.summary(id)).toMatchObject({ state: "ended", outcome: "interrupted", reason: "The phone service restarted during this call." });
  expect(await house.outside.log.openStreams("call")).toEqual([]);
});

