// Who may take which calls, from teams and their routing profiles. Pure.
import type { QueueId, UserId } from "@ringdesk/std";
import type { DialerAccess, Team } from "./agents.ports.ts";

/** Teams, arranged for the questions that routing asks at every call. */
export type TeamIndex = {
  readonly teams: readonly Team[];
  readonly agentsOf: ReadonlyMap<QueueId, readonly UserId[]>;
  readonly queuesOf: ReadonlyMap<UserId, readonly QueueId[]>;
  /** The teams with routing enabled that a user is in. */
  readonly teamsOf: ReadonlyMap<UserId, readonly Team[]>;
};

/** Only teams with routing enabled (TEAM-2) and active users count. */
export function indexTeams(teams: readonly Team[], isActive: (user: UserId) => boolean): TeamIndex {
  const agentsOf = new Map<QueueId, Set<UserId>>();
  const queuesOf = new Map<UserId, Set<QueueId>>();
  const teamsOf = new Map<UserId, Set<Team>>();
  for (const team of teams.filter((t) => t.routingEnabled)) {
    const members = team.members.filter(isActive);
    for (const user of members) put(teamsOf, user, team);
    for (const queue of team.queues) for (const user of members) {
      put(agentsOf, queue, user);
      put(queuesOf, user, queue);
    }
  }
  return { teams, agentsOf: asLists(agentsOf), queuesOf: asLists(queuesOf), teamsOf: asLists(teamsOf) };
}

function put<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, new Set([value]));
  else values.add(value);
}
const asLists = <K, V>(map: ReadonlyMap<K, ReadonlySet<V>>): ReadonlyMap<K, readonly V[]> =>
  new Map([...map].map(([key, values]) => [key, [...values]]));

/** TEAM-3: the dialer, or why there is none. */
export function dialerAccess(index: TeamIndex, user: UserId, isVoiceQueue: (queue: QueueId) => boolean): DialerAccess {
  const queues = index.queuesOf.get(user) ?? [];
  if (queues.some(isVoiceQueue)) return { allowed: true };
  const mine = index.teams.filter((t) => t.members.includes(user));
  if (mine.length === 0) return no("You are in no team. An admin can add you to one under Settings › Users.");
  const routed = mine.filter((t) => t.routingEnabled);
  if (routed.length === 0) return no(`Routing is turned off for ${names(mine)}. An admin can turn it on in the team's routing profile.`);
  return no(`${names(routed)} ${routed.length === 1 ? "has" : "have"} no queue that accepts voice conversations. An admin can assign one in the team's routing profile.`);
}

const no = (why: string): DialerAccess => ({ allowed: false, why });
const names = (teams: readonly Team[]): string => teams.map((t) => t.displayName).join(", ");
