// What routing profiles mean beside one another. Pure.
import type { QueueId, UserId } from "@ringdesk/std";
import type { Team } from "./agents.ports.ts";

/** A team whose profile says something else for the same people and queues. */
export type Contradiction = { readonly other: Team; readonly queues: readonly QueueId[]; readonly users: readonly UserId[] };

/** Other teams with routing that share members and queues with `team`, and differ in capacities. */
export function contradictions(teams: readonly Team[], team: Team, isActive: (user: UserId) => boolean): readonly Contradiction[] {
  if (!team.routingEnabled) return [];
  return teams.filter((other) => other.id !== team.id && other.routingEnabled && saysOtherwise(team, other)).flatMap((other) => {
    const queues = other.queues.filter((queue) => team.queues.includes(queue));
    const users = other.members.filter((user) => team.members.includes(user) && isActive(user));
    return queues.length > 0 && users.length > 0 ? [{ other, queues, users }] : [];
  });
}

function saysOtherwise(a: Team, b: Team): boolean {
  const channels = ["sms", "email", "chat", "total"] as const;
  return a.routeWhenOverCapacity !== b.routeWhenOverCapacity || channels.some((channel) => a.capacity[channel] !== b.capacity[channel]);
}

/** The queues that only this team serves. */
export function strandedQueues(teams: readonly Team[], team: Team): readonly QueueId[] {
  const serves = (other: Team, queue: QueueId): boolean => other.routingEnabled && other.members.length > 0 && other.queues.includes(queue);
  return team.queues.filter((queue) => serves(team, queue) && !teams.some((other) => other.id !== team.id && serves(other, queue)));
}
