// A call through calls, routing and agents together, as the spec tells it.
import { beforeEach, describe, expect, test } from "vitest";
import type { CallId, CustomerId, E164, LegId, NumberId } from "@ringdesk/std";
import { ana, ben, CALLER, callIn, connect, createOutside, cy, greetingEnds, openHouse, SECOND, SUPPORT, takeCall, type House } from "./house.fake.ts";

let house: House;
const outside = () => house.outside;
const phone = () => house.outside.telephony;
const phaseOf = (user: typeof ana) => house.routing.deskOf(user).call?.phase ?? null;
const rings = (user: typeof ana) => house.routing.deskOf(user).offer !== null;
const statusOf = (user: typeof ana) => house.agents.status(user).value;
const commands = (from: number) => phone().commands.slice(from).map((c) => c.do);

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
  const leg = await takeCall(house, ana);
  expect(phaseOf(ana)).toBe("talking");
  return { caller, call: caller as string as CallId, leg };
}

test("the walk: greeting, decline, next agent, ring out, accept, talk, hold, resume, hang up", async () => {
  house.agents.desktopOpened(cy, "tab2");
  const caller = await callIn(house);
  const call = caller as string as CallId;
  expect(phone().playing(caller)).toBe("welcome");
  expect([rings(ana), rings(ben)]).toEqual([false, false]);
  await greetingEnds(house, caller);
  expect([rings(ana), rings(ben)]).toEqual([true, false]);
  expect(house.routing.deskOf(ana).offer).toMatchObject({ queueName: "Support", supportNumberLabel: "Support line", caller: { number: CALLER, name: "Dana" } });

  const offer = house.routing.deskOf(ana).offer?.id;
  expect(house.routing.decline(offer as NonNullable<typeof offer>, ana).ok).toBe(true);
  expect([rings(ana), rings(ben), statusOf(ana)]).toEqual([false, true, "available"]);
  await house.pass(30_000);
  expect([statusOf(ben), house.agents.status(ben).why]).toEqual(["unavailable", "You did not answer a call that rang for you."]);
  // nobody else could take it: who declined it half a minute ago is asked again
  expect(rings(ana)).toBe(true);

  house.routing.setStatus(cy, "available");
  await takeCall(house, ana);
  expect([phaseOf(ana), statusOf(ana), phone().playing(caller)]).toEqual(["talking", "busy", null]);
  await house.pass(5_000);
  expect((await house.calls.hold(call, ana)).ok).toBe(true);
  expect([phaseOf(ana), phone().playing(caller), phone().snapshot().recordings[0]?.state]).toEqual(["held", "music", "paused"]);
  await house.pass(2_000);
  expect((await house.calls.resume(call, ana)).ok).toBe(true);
  expect([phaseOf(ana), phone().playing(caller), phone().snapshot().recordings[0]?.state]).toEqual(["talking", null, "recording"]);
  await house.pass(3_000);
  expect((await house.calls.hangUp(call, ana)).ok).toBe(true);
  await house.pass(10);
  expect([phaseOf(ana), statusOf(ana), house.routing.deskOf(ana).lastCall?.id]).toEqual([null, "busy", call]);
  house.routing.setStatus(ana, "available");
  expect(house.routing.deskOf(ana).lastCall).toBeNull();
  expect(phone().snapshot()).toEqual({ legs: [], bridges: [], recordings: [] });

  const summary = house.summary(call);
  expect(summary).toMatchObject({
    state: "ended", outcome: "answered", endedBy: "agent", agentName: "Ana Silva", queueName: "Support", holds: 1, holdMs: 2_000, customerNumber: CALLER,
    offers: [{ agentName: "Ana Silva", result: "declined" }, { agentName: "Ben Okafor", result: "missed" }, { agentName: "Ana Silva", result: "accepted" }],
    recordings: [{ state: "complete" }],
  });
  expect(summary.talkMs).toBeGreaterThanOrEqual(8_000);
  expect(summary.talkMs).toBeLessThan(8_100);
  expect(house.facts(call).at(-1)?.type).toBe("call.settled");
  expect(await outside().log.openStreams("call")).toEqual([]);
});

test("CALL-10 the desk shows how well both sides hear each other, the worse of them, as often as it is measured", async () => {
  const { caller, leg } = await talking();
  const measure = (on: LegId, mos: number | null) => phone().measures(on, { packets: 250, lost: 0, jitterMs: 2, roundTripMs: null, mos });
  const shown = () => house.desks.get(ana)?.call?.mos;
  measure(caller, 4.41);
  await house.pass(1);
  expect(shown()).toBe(4.4);
  measure(leg, 3.18);
  await house.pass(1);
  expect(shown()).toBe(3.2);
  measure(leg, 4.36);
  await house.pass(1);
  expect(shown()).toBe(4.4);
});

describe("a greeting that cannot be played does not keep the caller out of the queue", () => {
  const refused = { type: "file-missing", detail: "gone" } as const;
  test("refused by the switch: a tone in its place", async () => {
    phone().refuseNext("play", refused);
    const caller = await callIn(house);
    expect(phone().playing(caller)).toBe("welcome");
    await greetingEnds(house, caller);
    expect(rings(ana)).toBe(true);
  });
  test("everything refused: the call waits in silence and rings", async () => {
    for (const error of [refused, { type: "switch-error", detail: "a bug" } as const]) phone().refuseNext("play", error);
    await callIn(house);
    expect(rings(ana)).toBe(true);
  });
  test("broken off: the call rings", async () => {
    const caller = await callIn(house);
    phone().emit({ type: "play-finished", leg: caller, play: "welcome", why: "failed" });
    await house.pass(10);
    expect(rings(ana)).toBe(true);
  });
  test("the switch is away: it is played when the switch is back", async () => {
    phone().refuseNext("play", { type: "switch-away" });
    const caller = await callIn(house);
    expect([rings(ana), phone().playing(caller)]).toEqual([false, null]);
    phone().goesDown();
    phone().comesUp();
    await house.pass(10);
    expect(phone().playing(caller)).toBe("welcome");
  });
});

describe("the caller hangs up", () => {
  test("in the greeting: abandoned in the queue", async () => {
    const caller = await callIn(house);
    phone().peerEnds(caller);
    await house.pass(10);
    expect(house.summary(caller as string as CallId)).toMatchObject({ outcome: "abandoned-in-queue", endedBy: "customer" });
  });
  test("while it rings: the agent stops ringing and stays available", async () => {
    const caller = await callIn(house);
    await greetingEnds(house, caller);
    phone().peerEnds(caller);
    await house.pass(10);
    expect([rings(ana), statusOf(ana)]).toEqual([false, "available"]);
    expect(house.summary(caller as string as CallId)).toMatchObject({ outcome: "abandoned-in-queue", offers: [{ result: "withdrawn" }] });
  });
  test("before the agent's audio is there", async () => {
    const caller = await callIn(house);
    await greetingEnds(house, caller);
    await house.routing.accept(house.routing.deskOf(ana).offer?.id as never, ana);
    phone().peerEnds(caller);
    await house.pass(10);
    expect([phaseOf(ana), statusOf(ana)]).toEqual([null, "busy"]);
    expect(house.summary(caller as string as CallId).outcome).toBe("abandoned-in-queue");
  });
  test("while talking, and on hold: answered, by the customer", async () => {
    house.routing.setStatus(ben, "unavailable");
    for (const hold of [false, true]) {
      house.routing.setStatus(ana, "available");
      const { caller, call } = await talking();
      if (hold) await house.calls.hold(call, ana);
      phone().peerEnds(caller);
      await house.pass(10);
      expect(house.summary(call)).toMatchObject({ outcome: "answered", endedBy: "customer", state: "ended" });
      expect(phone().snapshot().legs).toEqual([]);
    }
  });
});

describe("RTE-4 and CALL-12: the agent's audio", () => {
  test("a microphone that is denied leaves the caller in hold music, and the agent may try again", async () => {
    const caller = await callIn(house);
    await greetingEnds(house, caller);
    await house.routing.accept(house.routing.deskOf(ana).offer?.id as never, ana);
    const call = caller as string as CallId;
    expect((await house.calls.audioFailed(call, ana, "denied")).ok).toBe(true);
    expect([phaseOf(ana), phone().playing(caller)]).toEqual(["connecting", "welcome"]);
    await house.pass(5_000);
    await connect(house, ana);
    expect(phaseOf(ana)).toBe("talking");
  });
  test("audio that never comes puts the caller back to the head of the queue, at the next agent", async () => {
    const first = await callIn(house);
    await greetingEnds(house, first);
    await house.routing.accept(house.routing.deskOf(ana).offer?.id as never, ana);
    house.routing.setStatus(ben, "unavailable");
    const second = await callIn(house);
    await greetingEnds(house, second);
    await house.pass(30_000);
    expect(house.routing.queueLines()[0]?.waiting.map((w) => w.callId)).toEqual([first, second]);
    expect([phaseOf(ana), statusOf(ana), phone().playing(first)]).toEqual([null, "busy", "welcome"]);
    house.routing.setStatus(ben, "available");
    expect(house.routing.deskOf(ben).offer?.callId).toBe(first);
  });
  test("away and back: music at once, then the same call", async () => {
    const { caller, leg } = await talking();
    const from = phone().commands.length;
    phone().mediaIsLost(leg);
    await house.pass(10);
    expect([phaseOf(ana), phone().playing(caller)]).toEqual(["away", "music"]);
    expect(commands(from)).toEqual(["play", "unbridge", "record.pause"]);
    await house.pass(10_000);
    expect(await connect(house, ana)).toBe(leg);
    expect([phaseOf(ana), phone().snapshot().bridges[0]?.legs]).toEqual(["talking", [caller, leg]]);
  });
  test("a leg that ended is replaced by a new one", async () => {
    const { caller, leg } = await talking();
    phone().peerEnds(leg, "media-lost");
    await house.pass(10);
    const next = await connect(house, ana);
    expect(next).not.toBe(leg);
    expect([phaseOf(ana), phone().snapshot().bridges[0]?.legs]).toEqual(["talking", [caller, next]]);
    expect(phone().commands.filter((c) => c.do === "record.legs").at(-1)).toMatchObject({ left: caller, right: next });
  });
  test("away for 30 s: the call returns to the head of its queue and the next agent takes it, in the same recording", async () => {
    const { caller, call, leg } = await talking();
    phone().mediaIsLost(leg);
    await house.pass(30_010);
    expect([phaseOf(ana), rings(ben)]).toEqual([null, true]);
    await takeCall(house, ben);
    expect([phaseOf(ben), phone().playing(caller)]).toEqual(["talking", null]);
    await house.calls.hangUp(call, ben);
    await house.pass(10);
    expect(house.summary(call).waitMs, "the first wait counts").toBeLessThan(1_000);
    expect(house.summary(call)).toMatchObject({ outcome: "answered", agentName: "Ben Okafor", recordings: [{ state: "complete" }] });
  });
  test("only the call's own agent may act in it", async () => {
    const { call } = await talking();
    expect(await house.calls.hangUp(call, ben)).toMatchObject({ ok: false, error: { type: "not-your-call" } });
    expect(await house.calls.resume(call, ana)).toMatchObject({ ok: false, error: { type: "wrong-phase", phase: "talking" } });
    expect(house.routing.setStatus(ana, "available").ok).toBe(false);
  });
});

describe("unanswered calls", () => {
  test("RTE-5 default queue after the timeout, missed after it again; an offer still ringing is withdrawn", async () => {
    house.routing.setStatus(ben, "unavailable");
    house.routing.setStatus(ana, "unavailable");
    const caller = await callIn(house);
    const call = caller as string as CallId;
    await greetingEnds(house, caller);
    await house.pass(110_000);
    house.routing.setStatus(ana, "available");
    expect(rings(ana)).toBe(true);
    await house.pass(10_000);
    expect([rings(ana), house.summary(call).queueName]).toEqual([false, "Default"]);
    await house.pass(120_000);
    expect(house.summary(call)).toMatchObject({ state: "ended", outcome: "missed", endedBy: "system", reason: "Nobody answered in time." });
    expect(phone().snapshot().legs).toEqual([]);
  });
  test("STAT-2 a desktop that closes while it rings: the next agent", async () => {
    const caller = await callIn(house);
    await greetingEnds(house, caller);
    house.agents.desktopClosed(ana, "tab");
    expect([rings(ana), rings(ben)]).toEqual([false, true]);
  });
  test("an unknown number is refused as not found", async () => {
    phone().callerCalls({ from: CALLER, to: "+12025550199" as typeof CALLER });
    await house.pass(10);
    expect(phone().commands).toMatchObject([{ do: "reject", reason: "not-found" }]);
  });
  test("the database is away at the start of a call: it goes on, and is on the timeline later", async () => {
    outside().databaseAway = true;
    const { caller, call } = await talking();
    phone().peerEnds(caller);
    await house.pass(10_000);
    expect(house.facts(call).map((f) => f.type)).not.toContain("call.identified");
    outside().databaseAway = false;
    await house.pass(5_000);
    expect(house.facts(call).slice(-2).map((f) => f.type)).toEqual(["call.identified", "call.settled"]);
  });
});

describe("outbound", () => {
  async function dialled(): Promise<{ readonly call: CallId; readonly agentLeg: LegId; readonly leg: LegId }> {
    const placed = await house.calls.dial({ userId: ana, name: "Ana Silva" }, "(202) 555-0123", null, null);
    if (!placed.ok) throw new Error(placed.error.type);
    expect([phaseOf(ana), statusOf(ana)]).toEqual(["connecting", "busy"]);
    const agentLeg = await connect(house, ana);
    const dial = phone().commands.find((c) => c.do === "dial");
    expect(dial).toMatchObject({ to: CALLER, from: "+12025550100" });
    return { call: placed.value, agentLeg, leg: dial?.["leg"] as LegId };
  }
  test("the agent's audio, then the customer's phone, ringback, talk, hang up", async () => {
    const { call, agentLeg, leg } = await dialled();
    expect(phaseOf(ana)).toBe("dialling");
    phone().calleeRings(leg);
    await house.pass(10);
    expect([phaseOf(ana), phone().playing(agentLeg)]).toEqual(["ringing", "ringback"]);
    phone().calleeAnswers(leg);
    await house.pass(1_000);
    expect([phaseOf(ana), phone().playing(agentLeg)]).toEqual(["talking", null]);
    phone().peerEnds(leg);
    await house.pass(10);
    expect(house.summary(call)).toMatchObject({ direction: "outbound", outcome: "answered", endedBy: "customer", agentName: "Ana Silva" });
  });
  test("CALL-2 goes out from the number that the customer last used, unless the agent chose one or it is not known in time", async () => {
    const fromOf = async (from: NumberId | null, customer: CustomerId | null): Promise<unknown> => {
      const placing = house.calls.dial({ userId: ana, name: "Ana Silva" }, "+12025550123", from, customer);
      await house.pass(500);
      const placed = await placing;
      if (!placed.ok) throw new Error(placed.error.type);
      const { supportNumber } = house.summary(placed.value);
      await house.calls.hangUp(placed.value, ana);
      await house.pass(60_000);
      house.routing.setStatus(ana, "available");
      return supportNumber;
    };
    const dana = "customer-of-12025550123" as CustomerId;
    expect(await fromOf(null, null)).toBe(SUPPORT);
    outside().lastNumbers.set(CALLER, SECOND).set(dana, SUPPORT);
    expect(await fromOf(null, null)).toBe(SECOND);
    expect(await fromOf(null, dana)).toBe(SUPPORT);
    expect(await fromOf("n1" as NumberId, null)).toBe(SUPPORT);
    outside().lastNumbers.set(CALLER, "+12025550177" as E164); // given up meanwhile
    expect(await fromOf(null, null)).toBe(SUPPORT);
    outside().lastNumbers.set(CALLER, SECOND);
    outside().databaseAway = true;
    expect(await fromOf(null, null)).toBe(SUPPORT);
  });
  test("busy: failed, with the reason in words", async () => {
    const { call, leg } = await dialled();
    phone().peerEnds(leg, "busy");
    await house.pass(10);
    expect(house.summary(call)).toMatchObject({ outcome: "failed", reason: "The line is busy.", answeredAt: null, talkMs: null });
    expect(house.routing.deskOf(ana).lastCall?.reason).toBe("The line is busy.");
  });
  test("who is not available, has a call, or types nonsense cannot call, and sees why", async () => {
    const dial = (user: typeof ana, to: string) => house.calls.dial({ userId: user, name: "x" }, to, null, null);
    expect(await dial(cy, "+12025550123")).toMatchObject({ error: { type: "dialer-denied", why: "Choose Available to call." } });
    expect(await dial(ana, "12")).toMatchObject({ error: { type: "number-invalid" } });
    phone().isTooBusy(true);
    expect(await dial(ana, "+12025550123")).toMatchObject({ error: { type: "phone-service-busy" } });
    phone().isTooBusy(false);
    const [one, two] = await Promise.all([dial(ana, "+12025550123"), dial(ana, "+12025550123")]);
    expect([one.ok, two.ok]).toEqual([true, false]);
    const caller = await callIn(house);
    await greetingEnds(house, caller);
    expect(await dial(ben, "+12025550123")).toMatchObject({ error: { type: "agent-occupied", why: "offer" } });
  });
});

test("the queue view says who waits and how many agents there are", async () => {
  house.routing.setStatus(ben, "busy");
  const caller = await callIn(house);
  await greetingEnds(house, caller);
  await house.pass(200);
  expect(house.lines()[0]).toMatchObject({ name: "Support", waiting: [{ callId: caller, customerName: "Dana", offeredTo: "Ana Silva" }], agents: { available: 1, busy: 1, unavailable: 1 } });
});

test("facts that cannot be written end that call only", async () => {
  const { call } = await talking();
  const other = await callIn(house);
  outside().log.failNext(1);
  expect(await house.calls.hold(call, ana)).toMatchObject({ ok: false });
  await house.pass(10);
  expect([phaseOf(ana), phone().snapshot().legs.map((l) => l.leg)]).toEqual([null, [other]]);
});
