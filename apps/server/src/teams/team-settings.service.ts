// Teams as the settings change them (TEAM-1, TEAM-2). A change counts for the very next offer; each is in the audit log.
import { err, ok, type QueueId, type Result, type TeamId, type UserId } from "@ringdesk/std";
import type { TeamView } from "@ringdesk/contract/http";
import type { Clock } from "../kernel/index.ts";
import { changesOf, type Audit, type Directory } from "../organisation/index.ts";
import { FOREIGN_KEY_VIOLATION, sqlState, unlessTaken, type Database } from "../platform/index.ts";
import type { Agents, Team } from "./agents.ports.ts";
import { contradictions, strandedQueues } from "./profile.rules.ts";
import { deleteTeam, insertTeam, updateTeam } from "./team.pg.ts";
import type { TeamsError } from "./teams.errors.ts";

export const MAX_TEAMS = 500;

export interface TeamSettingsDeps {
  readonly db: Database;
  readonly agents: Pick<Agents, "teams" | "dialer"> & { readonly reload: () => Promise<void> };
  readonly directory: Pick<Directory, "user" | "isActive">;
  readonly audit: Audit;
  readonly clock: Clock;
  /** The name of a queue and how many calls wait in it; null when there is no such queue. */
  readonly queue: (id: QueueId) => { readonly name: string; readonly waiting: number } | null;
  /** After each change: routing looks at everybody anew. */
  readonly changed: () => void;
}
export type TeamWish = { readonly [K in Exclude<keyof Team, "id">]?: Team[K] | undefined };
type Answer<T> = Promise<Result<T, TeamsError>>;

export interface TeamSettings {
  readonly list: () => readonly TeamView[];
  readonly create: (by: UserId, team: { readonly name: string; readonly displayName: string }) => Answer<TeamView>;
  readonly update: (by: UserId, id: TeamId, wish: TeamWish) => Answer<TeamView>;
  readonly remove: (by: UserId, id: TeamId, confirmed: boolean) => Answer<Record<never, never>>;
}

export function createTeamSettings(deps: TeamSettingsDeps): TeamSettings {
  const { db, agents, audit } = deps;
  const teamOf = (id: TeamId): Team | undefined => agents.teams().find((team) => team.id === id);
  const view = (team: Team): TeamView => viewOf(deps, team);
  const reloaded = async (id: TeamId): Answer<TeamView> => {
    await agents.reload();
    deps.changed();
    const team = teamOf(id);
    return team === undefined ? err({ type: "team-missing" }) : ok(view(team));
  };
  return {
    list: () => agents.teams().map(view),
    create: async (by, { name, displayName }) => {
      if (agents.teams().length >= MAX_TEAMS) return err({ type: "teams-full", max: MAX_TEAMS });
      const team = { name, displayName, routingEnabled: false, members: [], queues: [] };
      const made = await written(() => db.transaction().execute((trx) => insertTeam(trx, team, deps.clock.now())));
      if (!made.ok) return made;
      await audit.record(by, "team.created", null, { id: made.value, name, displayName });
      return reloaded(made.value);
    },
    update: async (by, id, wish) => {
      const team = teamOf(id);
      if (team === undefined) return err({ type: "team-missing" });
      if (wish.members?.some((user) => deps.directory.user(user) === null) === true) return err({ type: "user-missing" });
      if (wish.queues?.some((queue) => deps.queue(queue) === null) === true) return err({ type: "queue-missing" });
      const changes = changesOf<Team>(team, wish, { orderMatters: false });
      if (changes === null) return ok(view(team));
      const done = await written(() => db.transaction().execute((trx) => updateTeam(trx, id, changes.after)));
      if (!done.ok) return done;
      await audit.record(by, "team.changed", { id, ...changes.before }, { id, ...changes.after });
      return reloaded(id);
    },
    remove: async (by, id, confirmed) => {
      const team = teamOf(id);
      if (team === undefined) return err({ type: "team-missing" });
      const stranded = strandedQueues(agents.teams(), team).flatMap((queue) => deps.queue(queue) ?? []).filter(({ waiting }) => waiting > 0);
      if (stranded.length > 0 && !confirmed) return err({ type: "calls-would-strand", queues: stranded });
      await deleteTeam(db, id);
      await audit.record(by, "team.deleted", team, null);
      await agents.reload();
      deps.changed();
      return ok({});
    },
  };
}

function viewOf({ agents, directory, queue }: TeamSettingsDeps, team: Team): TeamView {
  const name = (user: UserId): string => directory.user(user)?.name ?? "Somebody";
  const active = team.members.filter(directory.isActive);
  const withoutDialer = active.flatMap((userId) => {
    const dialer = agents.dialer(userId);
    return dialer.allowed ? [] : [{ userId, why: dialer.why }];
  });
  return {
    ...team, members: [...team.members], queues: [...team.queues], withoutDialer,
    warnings: contradictions(agents.teams(), team, directory.isActive).map(({ other, queues, users }) =>
      `${other.displayName} has another profile for ${listOf(queues.map((id) => queue(id)?.name ?? "a queue"))}, where ${listOf(users.map(name))} ${users.length === 1 ? "is" : "are"} in both teams. They get a conversation when either profile has room.`),
  };
}

const MAX_NAMED = 3;
const listOf = (names: readonly string[]): string => (names.length <= MAX_NAMED ? names.join(", ") : `${names.slice(0, MAX_NAMED).join(", ")} and ${names.length - MAX_NAMED} more`);

async function written<T>(write: () => Promise<T>): Answer<T> {
  try {
    return await unlessTaken({ type: "name-taken" }, write);
  } catch (error) {
    // A user or queue was deleted between the look and the write.
    if (sqlState(error) === FOREIGN_KEY_VIOLATION) return err({ type: "queue-missing" });
    throw error;
  }
}
