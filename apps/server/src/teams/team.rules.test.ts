import { expect, test } from "vitest";
import type { QueueId, TeamId, UserId } from "@ringdesk/std";
import { dialerAccess, indexTeams } from "./team.rules.ts";
import type { Team } from "./agents.ports.ts";

const ana = "ana" as UserId;
const ben = "ben" as UserId;
const voice = "voice" as QueueId;
const mail = "mail" as QueueId;
const team = (change: Partial<Team>): Team => ({ id: "t" as TeamId, name: "support", displayName: "Support", routingEnabled: true, members: [ana], queues: [voice], routeWhenOverCapacity: false, capacity: { sms: 5, email: 5, chat: 3, total: 10 }, ...change });
const isVoice = (q: QueueId) => q === voice;

test("an agent in two teams with the same queue stands there once", () => {
  const index = indexTeams([team({}), team({ id: "u" as TeamId, members: [ana, ben] })], () => true);
  expect(index.agentsOf.get(voice)).toEqual([ana, ben]);
  expect(index.queuesOf.get(ana)).toEqual([voice]);
});

test("TEAM-2 a team without routing brings nobody into its queues", () => {
  const index = indexTeams([team({ routingEnabled: false })], () => true);
  expect(index.agentsOf.size + index.queuesOf.size).toBe(0);
});

test("TEAM-3 who has no dialer sees why", () => {
  const why = (teams: readonly Team[], user = ana) => {
    const access = dialerAccess(indexTeams(teams, () => true), user, isVoice);
    return access.allowed ? "allowed" : access.why;
  };
  expect(why([team({})])).toBe("allowed");
  expect(why([team({})], ben)).toContain("You are in no team");
  expect(why([team({ routingEnabled: false })])).toContain("Routing is turned off for Support");
  expect(why([team({ queues: [mail] })])).toContain("Support has no queue that accepts voice");
  expect(why([team({ queues: [] }), team({ id: "u" as TeamId, displayName: "Sales", queues: [mail] })])).toContain("Support, Sales have no queue");
});
