// Teams and the history of statuses in PostgreSQL.
import { sql } from "kysely";
import type { QueueId, TeamId, UserId } from "@ringdesk/std";
import type { Projection } from "../facts/index.ts";
import { newId } from "../kernel/index.ts";
import { writeBehind, type Database, type Transaction } from "../platform/index.ts";
import { decodeAgentFact } from "./agent.facts.ts";
import type { KnownStatus, Profile, Team, TeamsStore } from "./agents.ports.ts";

type TeamsTables = {
  teams: TeamColumns & { id: TeamId; created_at: number };
  team_members: { team_id: TeamId; user_id: UserId };
  team_queues: { team_id: TeamId; queue_id: QueueId };
};
type TeamColumns = {
  name: string; display_name: string; routing_enabled: boolean; route_when_over_capacity: boolean;
  capacity_sms: number; capacity_email: number; capacity_chat: number; capacity_total: number;
};

/** The profile of a team that nobody has set up yet. */
const DEFAULT_PROFILE: Profile = { routeWhenOverCapacity: false, capacity: { sms: 5, email: 5, chat: 3, total: 10 } };

/** Teams and last statuses as they are stored. */
export function createTeamsStore(db: Database): TeamsStore {
  return {
    teams: async () => {
      const { rows } = await sql<TeamColumns & { id: TeamId; members: UserId[]; queues: QueueId[] }>`
        select t.*,
          array(select user_id from team_members m where m.team_id = t.id order by user_id) as members,
          array(select queue_id from team_queues q where q.team_id = t.id order by queue_id) as queues
        from teams t order by created_at, id`.execute(db);
      return rows.map((r): Team => ({
        id: r.id, name: r.name, displayName: r.display_name, routingEnabled: r.routing_enabled, members: r.members, queues: r.queues,
        routeWhenOverCapacity: r.route_when_over_capacity, capacity: { sms: r.capacity_sms, email: r.capacity_email, chat: r.capacity_chat, total: r.capacity_total },
      }));
    },
    statuses: async () => {
      // One look at the end of the history per agent, not a walk through it.
      const { rows } = await sql<KnownStatus>`
        select u.id as "user", h.status, h.cause, h.at as since, h.wrap_up_until as "wrapUpUntil",
          case when h.sub_status_id is not null then json_build_object('id', h.sub_status_id, 'name', h.sub_status_name) end as "subStatus"
        from users u cross join lateral (
          select status, cause, at, sub_status_id, sub_status_name, wrap_up_until from agent_status_history where user_id = u.id order by seq desc limit 1
        ) h`.execute(db);
      return rows;
    },
  };
}

/** Writes the history of statuses from the facts (STAT-6), and beside the last how long wrap-up lasts. */
export const statusHistoryProjection: Projection = {
  name: "agent-status-history",
  kinds: ["agent"],
  apply: async (trx, stored) => {
    const fact = decodeAgentFact(stored);
    if (!fact.ok) throw new Error(fact.error.detail);
    const user_id = stored.stream.slice("agent:".length) as UserId;
    if (fact.value.type === "agent.wrap-up-set") {
      const { until } = fact.value.data;
      return writeBehind(trx, sql`
        update agent_status_history set wrap_up_until = ${until} where user_id = ${user_id}
          and seq = (select max(seq) from agent_status_history where user_id = ${user_id} and seq < ${stored.seq})`);
    }
    const { status, cause, subStatus } = fact.value.data;
    return writeBehind(trx, sql`insert into agent_status_history (user_id, seq, status, cause, sub_status_id, sub_status_name, at)
      values (${user_id}, ${stored.seq}, ${status}, ${cause}, ${subStatus?.id ?? null}, ${subStatus?.name ?? null}, ${fact.value.at}) on conflict (user_id, seq) do nothing`);
  },
};

/** A team to be made. What its profile leaves out is {@link DEFAULT_PROFILE}. */
export type NewTeam = Omit<Team, "id" | keyof Profile> & Partial<Profile>;

/** A new team with its members and queues, in the caller's transaction. */
export async function insertTeam(trx: Transaction, team: NewTeam, at: number): Promise<TeamId> {
  const id = newId<TeamId>();
  const tables = trx.withTables<TeamsTables>();
  await tables.insertInto("teams").values({ id, ...columnsOf({ ...DEFAULT_PROFILE, ...team }), created_at: at }).execute();
  if (team.members.length > 0) await tables.insertInto("team_members").values(team.members.map((user_id) => ({ team_id: id, user_id }))).execute();
  if (team.queues.length > 0) await tables.insertInto("team_queues").values(team.queues.map((queue_id) => ({ team_id: id, queue_id }))).execute();
  return id;
}

/** Changes what is named; members and queues are replaced. */
export async function updateTeam(trx: Transaction, id: TeamId, change: Partial<Team>): Promise<void> {
  const tables = trx.withTables<TeamsTables>();
  const columns = Object.entries(columnsOf(change)).filter(([, value]) => value !== undefined);
  if (columns.length > 0) await tables.updateTable("teams").set(Object.fromEntries(columns)).where("id", "=", id).execute();
  if (change.members !== undefined) {
    await tables.deleteFrom("team_members").where("team_id", "=", id).execute();
    if (change.members.length > 0) await tables.insertInto("team_members").values([...new Set(change.members)].map((user_id) => ({ team_id: id, user_id }))).execute();
  }
  if (change.queues === undefined) return;
  await tables.deleteFrom("team_queues").where("team_id", "=", id).execute();
  if (change.queues.length > 0) await tables.insertInto("team_queues").values([...new Set(change.queues)].map((queue_id) => ({ team_id: id, queue_id }))).execute();
}

export async function deleteTeam(db: Database, id: TeamId): Promise<void> {
  await db.withTables<TeamsTables>().deleteFrom("teams").where("id", "=", id).execute();
}

type Settable = Omit<Team, "id" | "members" | "queues">;
const columnsOf = <T extends Partial<Settable>>({ name, displayName, routingEnabled, routeWhenOverCapacity, capacity }: T) => ({
  name, display_name: displayName, routing_enabled: routingEnabled, route_when_over_capacity: routeWhenOverCapacity,
  capacity_sms: capacity?.sms, capacity_email: capacity?.email, capacity_chat: capacity?.chat, capacity_total: capacity?.total,
}) as { [K in keyof TeamColumns]: T extends Settable ? TeamColumns[K] : TeamColumns[K] | undefined };
