// Who is offered calls while conversations are open, over calls, routing and agents together. CAP-1 to CAP-4.
import type { ConversationId, CustomerId, Millis, QueueId, SkillId, UserId } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import type { ChannelLoad } from "../conversations/index.ts";
import { ana, ben, callIn, createOutside, greetingEnds, openHouse, takeCall, type House, type Outside } from "./house.fake.ts";

/** Ana has been idle longer than Ben, and has this open from before. */
async function open(anas: Partial<ChannelLoad>, profile: Outside["profile"] = {}): Promise<House> {
  const outside = createOutside();
  outside.open.set(ana, anas);
  outside.profile = profile;
  const house = await openHouse(outside);
  for (const user of [ana, ben]) {
    house.routing.setStatus(user, "available");
    await house.pass(1_000);
  }
  return house;
}
async function rings(house: House): Promise<readonly UserId[]> {
  await greetingEnds(house, await callIn(house));
  return [ana, ben].filter((user) => house.routing.deskOf(user).offer !== null);
}
const MUCH: Partial<ChannelLoad> = { email: 5, sms: 5 };
const OVER = { routeWhenOverCapacity: true };

describe("whom a call rings at, when one has been idle longest", () => {
  test.each<[string, Partial<ChannelLoad>, Outside["profile"], readonly UserId[]]>([
    ["CAP-1 nothing open: there", {}, {}, [ana]],
    ["CAP-1 CAP-4 an open voice conversation: at the next available agent", { voice: 1 }, {}, [ben]],
    ["CAP-2 CAP-4 over capacity, two reopened: at the next available agent", { voice: 2 }, {}, [ben]],
    ["CAP-3 a full channel leaves voice as it is: there", { email: 5 }, {}, [ana]],
    ["CAP-3 CAP-4 the total is full: at the next available agent", MUCH, {}, [ben]],
    ["CAP-3 the total is full, Route when over capacity: there", MUCH, OVER, [ana]],
    ["CAP-1 CAP-3 Route when over capacity gives nobody a second voice conversation", { voice: 1 }, OVER, [ben]],
  ])("%s", async (_, load, profile, expected) => {
    expect(await rings(await open(load, profile))).toEqual(expected);
  });

  test("CAP-3 RTE-3 Route when over capacity never puts a second call on an agent", async () => {
    const house = await open(MUCH, OVER);
    house.routing.setStatus(ben, "unavailable");
    expect(await rings(house)).toEqual([ana]);
    await takeCall(house, ana);
    expect(await rings(house)).toEqual([]);
    expect(house.routing.deskOf(ana).call?.phase).toBe("talking");
  });

  test("CAP-2 CAP-4 everybody is at capacity: nothing is taken away, nothing is offered, and the call waits for whoever is free first", async () => {
    const house = await open({ voice: 2 });
    house.outside.open.set(ben, { voice: 1 });
    house.routing.setStatus(ben, "busy");
    house.routing.setStatus(ben, "available");
    expect(await rings(house)).toEqual([]);
    expect([ana, ben].map((user) => house.agents.status(user).value)).toEqual(["available", "available"]);
    expect(house.routing.deskOf(ana).capacity?.voice).toEqual({ open: 2, limit: 1 });
    house.outside.open.set(ben, {});
    house.routing.setStatus(ben, "busy");
    house.routing.setStatus(ben, "available");
    await house.pass(0);
    expect(house.routing.deskOf(ben).offer).not.toBeNull();
  });
});

test("QUE-6 RTE-1 a conversation that asks for a skill goes to who has it, and after its time to who has been idle longest", async () => {
  const spanish = "es" as SkillId;
  const house = await open({});
  house.outside.skills.set(spanish, new Set([ben]));
  house.routing.refreshAll();
  const waits = (id: string, relaxAfterMs: Millis | null): void =>
    house.routing.conversationWaiting({ conversationId: id as ConversationId, customerId: "c" as CustomerId, queueId: "support" as QueueId, channel: "email", priority: 0, skills: [{ id: spanish, relaxAfterMs }], since: house.outside.clock.now() });
  waits("m1", null);
  expect(house.outside.given).toEqual(["m1 to ben"]);
  house.routing.conversationGone("m1" as ConversationId);
  house.outside.skills.get(spanish)?.clear();
  house.routing.refreshAll();
  waits("m2", 60_000 as Millis);
  await house.pass(59_000);
  expect(house.outside.given).toEqual(["m1 to ben"]);
  await house.pass(1_000);
  expect(house.outside.given.slice(0, 2)).toEqual(["m1 to ben", "m2 to ana"]);
});
