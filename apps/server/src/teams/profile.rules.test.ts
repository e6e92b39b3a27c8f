import { expect, test } from "vitest";
import type { QueueId, TeamId, UserId } from "@ringdesk/std";
import type { Team } from "./agents.ports.ts";
import { contradictions, strandedQueues } from "./profile.rules.ts";

const [ana, ben] = ["ana" as UserId, "ben" as UserId];
const [sales, support] = ["sales" as QueueId, "support" as QueueId];
const capacity = { sms: 5, email: 5, chat: 3, total: 10 };
const team = (id: string, change: Partial<Team> = {}): Team =>
  ({ id: id as TeamId, name: id, displayName: id, routingEnabled: true, members: [ana, ben], queues: [support], routeWhenOverCapacity: false, capacity, ...change });
const day = team("day");
const against = (other: Team, isActive: (user: UserId) => boolean = () => true) => contradictions([day, other], day, isActive).map(({ users, queues }) => [users, queues]);

test("TEAM-2 profiles contradict each other where people and queues are the same and the numbers are not", () => {
  expect(against(team("night"))).toEqual([]);
  expect(against(team("night", { routeWhenOverCapacity: true, members: [ben] }))).toEqual([[[ben], [support]]]);
  expect(against(team("night", { capacity: { ...capacity, chat: 4 } }))).toHaveLength(1);
  expect(against(team("night", { capacity: { ...capacity, chat: 4 } }), (user) => user === ana)).toEqual([[[ana], [support]]]);
});

test("other queues, other people, or routing turned off contradict nothing", () => {
  for (const change of [{ queues: [sales] }, { members: [] }, { routingEnabled: false }]) expect(against(team("night", { routeWhenOverCapacity: true, ...change }))).toEqual([]);
  const off = team("day", { routingEnabled: false });
  expect(contradictions([off, team("night", { routeWhenOverCapacity: true })], off, () => true)).toEqual([]);
});

test("a queue is stranded when its last team with members and routing goes", () => {
  const both = team("both", { queues: [sales, support] });
  expect(strandedQueues([both, day], both)).toEqual([sales]);
  expect(strandedQueues([both, team("day", { members: [] })], both)).toEqual([sales, support]);
  expect(strandedQueues([both, team("day", { routingEnabled: false })], both)).toEqual([sales, support]);
  expect(strandedQueues([team("off", { routingEnabled: false })], team("off", { routingEnabled: false }))).toEqual([]);
});
