// RTE-10: what managers see, over calls, routing and agents as they are.
import { beforeEach, expect, test } from "vitest";
import type { CallId, Millis, SkillId } from "@ringdesk/std";
import { ana, ben, callIn, createOutside, greetingEnds, openHouse, restart, takeCall, type House } from "./house.fake.ts";

let house: House;
const lastView = () => house.views.at(-1);
const agentsNow = () => Object.fromEntries(house.routing.liveView().agents.map((agent) => [agent.name, agent.doing]));

beforeEach(async () => { house = await openHouse(createOutside()); });

test("RTE-10 a waiting call with its place, and since when; agents by status with what they do", async () => {
  const caller = await callIn(house);
  await greetingEnds(house, caller);
  const [queue] = house.routing.liveView().queues;
  expect(queue?.waiting).toMatchObject([{ callId: caller, position: 1, offeredTo: null, estimatedWaitMs: null }]);
  expect(agentsNow()).toEqual({ "Ana Silva": "away", "Ben Okafor": "away", "Cy Young": "away" });
  house.routing.setStatus(ana, "available");
  await house.pass(10);
  expect([agentsNow()["Ana Silva"], house.routing.liveView().queues[0]?.waiting[0]?.offeredTo]).toEqual(["ringing", "Ana Silva"]);
  await takeCall(house, ana);
  house.routing.setStatus(ben, "available");
  const { agents, today } = house.routing.liveView();
  expect(agents.find((agent) => agent.id === ana)).toMatchObject({ doing: "on-call", status: "busy", teams: ["Support"], call: { callId: caller, direction: "inbound", number: "+12025550123" } });
  expect([agentsNow()["Ben Okafor"], today]).toEqual(["ready", { answered: 1, answeredInTime: 1, lost: 0 }]);
});
test("RTE-10 CAP-1 who could only be given other conversations is not ready for a call", async () => {
  house.outside.open.set(ana, { voice: 1 });
  house.routing.setStatus(ana, "available");
  await house.pass(10);
  expect(agentsNow()["Ana Silva"]).toBe("kept");
});
test("RTE-10 watchers are told what has changed, together and not at once", async () => {
  await house.pass(1_000);
  const before = house.views.length;
  house.routing.setStatus(ana, "available");
  house.routing.setStatus(ben, "available");
  expect(house.views.length).toBe(before);
  await house.pass(300);
  expect(house.views.length).toBe(before + 1);
  expect(lastView()?.change.agents.map((agent) => [agent.name, agent.doing])).toEqual([["Ana Silva", "ready"], ["Ben Okafor", "ready"]]);
  expect(lastView()?.change.queues.map((queue) => queue.agents)).toEqual([{ available: 2, busy: 0, unavailable: 1 }]);
  house.routing.refreshAll();
  await house.pass(300);
  expect(lastView()).toMatchObject({ whole: true, change: { agents: [{}, {}, {}] } });
});
test("RTE-10 RTE-11 QUE-6 a waiting call shows what it asks for; a skill that is given or deleted meanwhile counts at once", async () => {
  const [spanish, billing] = ["es", "billing"] as readonly string[] as readonly [SkillId, SkillId];
  house.outside.skills.set(spanish, new Set()).set(billing, new Set([ana]));
  house.outside.plan = { skills: [{ id: spanish, relaxAfterMs: 60_000 as Millis }, { id: billing, relaxAfterMs: null }] };
  house.routing.setStatus(ana, "available");
  const caller = await callIn(house);
  await greetingEnds(house, caller);
  const seen = () => house.routing.liveView().queues[0]?.waiting[0];
  const since = seen()?.enteredAt ?? 0;
  expect(seen()).toMatchObject({ offeredTo: null, skills: [{ id: billing, name: "Skill billing", until: null }, { id: spanish, name: "Skill es", until: since + 60_000 }] });
  expect(house.routing.whyNotRouted(caller as string as CallId).agents.find(({ id }) => id === ana)?.reasons.map(({ reason }) => reason)).toEqual(["lacks-skill"]);
  house.outside.skills.get(spanish)?.add(ana);
  house.routing.refreshAll();
  expect(seen()?.offeredTo).toBe("Ana Silva");
  house.outside.skills.get(billing)?.clear();
  house.routing.refreshAll();
  expect(seen()?.offeredTo).toBeNull();
  house.outside.skills.delete(billing);
  house.routing.refreshAll();
  expect([seen()?.offeredTo, seen()?.skills.map(({ id }) => id)]).toEqual(["Ana Silva", [spanish]]);
});
test("RTE-10 a caller who gives up is lost today", async () => {
  const caller = await callIn(house);
  await greetingEnds(house, caller);
  house.outside.telephony.peerEnds(caller);
  await house.pass(100);
  expect(house.routing.liveView().today).toEqual({ answered: 0, answeredInTime: 0, lost: 1 });
});
test("QUE-6 RTE-9 a caller's place in line moves up, and the wait is estimated once three calls were taken, also after a restart", async () => {
  const callers: CallId[] = [];
  for (let n = 0; n < 5; n += 1) {
    const caller = await callIn(house);
    await greetingEnds(house, caller);
    callers.push(caller as string as CallId);
  }
  const placeOf = (n: number) => house.routing.positionOf(callers[n] as CallId);
  expect([placeOf(0), placeOf(4)]).toEqual([{ position: 1, estimatedWaitMs: null }, { position: 5, estimatedWaitMs: null }]);
  for (let n = 0; n < 3; n += 1) {
    house.routing.setStatus(ana, "available");
    await house.pass(1_000);
    await takeCall(house, ana);
    await house.pass(9_000);
    await house.calls.hangUp(callers[n] as CallId, ana);
    await house.pass(1_000);
  }
  expect(placeOf(0)).toBeNull();
  expect(placeOf(3)?.position).toBe(1);
  expect(placeOf(4)?.position).toBe(2);
  expect(placeOf(4)?.estimatedWaitMs).toBeGreaterThan(10_000);
  expect(placeOf(4)?.estimatedWaitMs).toBeLessThan(30_000);
  // RTE-9: a restart forgets nothing of it.
  const before = placeOf(4);
  house = await restart(house);
  await house.pass(0);
  expect(placeOf(4)).toEqual(before);
});
test("RTE-11 over the whole house: why a call is with nobody", async () => {
  const caller = await callIn(house);
  await greetingEnds(house, caller);
  house.routing.setStatus(ana, "busy");
  const why = house.routing.whyNotRouted(caller as string as CallId);
  expect([why.queueName, why.queue, Object.fromEntries(why.agents.map((agent) => [agent.name, agent.reasons.map((r) => r.reason)]))])
    .toEqual(["Support", [], { "Ana Silva": ["status-busy"], "Ben Okafor": ["status-unavailable"], "Cy Young": ["status-unavailable"] }]);
  expect(house.routing.whyNotRouted("nothing" as CallId).queue.map((r) => r.reason)).toEqual(["not-waiting"]);
});
