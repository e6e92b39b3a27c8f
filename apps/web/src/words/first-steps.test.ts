import type { QueueId, UserId } from "@ringdesk/std";
import { expect, test } from "vitest";
import { firstSteps } from "./first-steps.ts";

const id = "q1" as QueueId;
const whole = {
  numbers: 1, queues: [{ id, isDefault: false, voiceEnabled: true }],
  teams: [{ routingEnabled: true, queues: [id], members: ["u1" as UserId] }],
};
const open = (workspace: Parameters<typeof firstSteps>[0]): string[] => firstSteps(workspace).filter((step) => !step.done).map((step) => step.key);

test("a workspace with a number, a voice queue and a team that answers it has nothing left to do", () => { expect(open(whole)).toEqual([]); });
test("an empty workspace has all of it to do, the number first", () => {
  expect(open({ numbers: 0, queues: [{ id: "d" as QueueId, isDefault: true, voiceEnabled: true }], teams: [] })).toEqual(["number", "queue", "team"]);
});
test("a queue without voice takes no calls", () => { expect(open({ ...whole, queues: [{ id, isDefault: false, voiceEnabled: false }] })).toEqual(["queue", "team"]); });
test("a team without routing, members or a voice queue answers nobody", () => {
  for (const lack of [{ routingEnabled: false }, { members: [] }, { queues: [] }]) expect(open({ ...whole, teams: whole.teams.map((team) => ({ ...team, ...lack })) })).toEqual(["team"]);
});
