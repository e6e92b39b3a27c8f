// Teams and the history of statuses in PostgreSQL.
import { sql } from "kysely";
import type { QueueId, TeamId, UserId } from "@ringdesk/std";
import type { Projection } from "../facts/index.ts";
import { newId } from "../kernel/index.ts";
import type { Database, Transaction } from "../platform/index.ts";
import { decodeAgentFact } from "./agent.facts.ts";
import type { KnownStatus, Team, TeamsStore } from "./agents.ports.ts";

type TeamsTables = {
  teams: { id: TeamId; name: string; display_name: string; routing_enabled: boolean; created_at: number };
  team_members: { team_id: TeamId; user_id: UserId };
  team_queues: { team_id: TeamId; queue_id: QueueId };
  agent_status_history: { user_id: UserId; seq: number; status: KnownStatus["status"]; cause: KnownStatus["cause"]; at: number };
};

/** Teams and last statuses as they are stored. */
export function createTeamsStore(db: Database): TeamsStore {
  return {
    teams: async () => {
      const { rows } = await sql<{ id: TeamId; name: string; display_name: string; routing_enabled: boolean; members: UserId[]; queues: QueueId[] }>`
        select id, name, display_name, routing_enabled,
          array(select user_id from team_members m where m.team_id = t.id order by user_id) as members,
          array(select queue_id from team_queues q where q.team_id = t.id order by queue_id) as queues
        from teams t order by created_at, id`.execute(db);
      return rows.map((r): Team => ({ id: r.id, name: r.name, displayName: r.display_name, routingEnabled: r.routing_enabled, members: r.members, queues: r.queues }));
    },
    statuses: async () => {
      // One look at the end of the history per agent, not a walk through it.
      const { rows } = await sql<KnownStatus>`
        select u.id as "user", h.status, h.cause, h.at as since
        from users u cross join lateral (
          select status, cause, at from agent_status_history where user_id = u.id order by seq desc limit 1
        ) h`.execute(db);
      return rows;
    },
  };
}

/** Writes the history of statuses from the facts (STAT-6). */
export const statusHistoryProjection: Projection = {
  name: "agent-status-history",
  kinds: ["agent"],
  apply: async (trx, stored) => {
    const fact = decodeAgentFact(stored);
    if (!fact.ok) throw new Error(fact.error.detail);
    const user_id = stored.stream.slice("agent:".length) as UserId;
    await trx.withTables<TeamsTables>().insertInto("agent_status_history")
      .values({ user_id, seq: stored.seq, status: fact.value.data.status, cause: fact.value.data.cause, at: fact.value.at })
      .onConflict((c) => c.columns(["user_id", "seq"]).doNothing()).execute();
  },
};

/** A new team with its members and queues, in the caller's transaction. */
export async function insertTeam(trx: Transaction, team: Omit<Team, "id">, at: number): Promise<TeamId> {
  const id = newId<TeamId>();
  const tables = trx.withTables<TeamsTables>();
  await tables.insertInto("teams").values({ id, name: team.name, display_name: team.displayName, routing_enabled: team.routingEnabled, created_at: at }).execute();
  if (team.members.length > 0) await tables.insertInto("team_members").values(team.members.map((user_id) => ({ team_id: id, user_id }))).execute();
  if (team.queues.length > 0) await tables.insertInto("team_queues").values(team.queues.map((queue_id) => ({ team_id: id, queue_id }))).execute();
  return id;
}
