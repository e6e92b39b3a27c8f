import type { NumberId, QueueId, UserId } from "@ringdesk/std";
import { expect, test } from "vitest";
import { firstSteps } from "./first-steps.ts";

const id = "q1" as QueueId;
const whole = {
  hasRule: false, numbers: [{ id: "n1" as NumberId, queueId: id as QueueId | null, menu: null }], queues: [{ id, isDefault: false, voiceEnabled: true }],
  teams: [{ routingEnabled: true, queues: [id], members: ["u1" as UserId] }],
};
const open = (workspace: Parameters<typeof firstSteps>[0]): string[] => firstSteps(workspace).filter((step) => !step.done).map((step) => step.key);

test("a workspace with a number, a voice queue and a team that answers it has nothing left to do", () => { expect(open(whole)).toEqual([]); });
test("an empty workspace has all of it to do, the number first", () => {
  expect(open({ hasRule: false, numbers: [], queues: [{ id: "d" as QueueId, isDefault: true, voiceEnabled: true }], teams: [] })).toEqual(["number", "queue", "team", "way"]);
});
test("a queue without voice takes no calls", () => { expect(open({ ...whole, queues: [{ id, isDefault: false, voiceEnabled: false }] })).toEqual(["queue", "team", "way"]); });
test("a team without routing, members or a voice queue answers nobody", () => {
  for (const lack of [{ routingEnabled: false }, { members: [] }, { queues: [] }]) expect(open({ ...whole, teams: whole.teams.map((team) => ({ ...team, ...lack })) })).toEqual(["team"]);
});
test("a number whose calls no queue gets rings at nobody, unless a rule or a menu leads them", () => {
  const astray = { ...whole, numbers: [{ id: "n1" as NumberId, queueId: null, menu: null }] };
  expect(open(astray)).toEqual(["way"]);
  expect(firstSteps(astray).find((step) => !step.done)?.to).toBe("/settings/numbers/n1");
  expect(open({ ...astray, hasRule: true })).toEqual([]);
  expect(open({ ...astray, numbers: [{ id: "n1" as NumberId, queueId: null, menu: { prompt: "Press 1.", keys: [{ key: "1", queueId: id }] } }] })).toEqual([]);
});
