// Named sub-statuses and the history of statuses in PostgreSQL. Everything rejects while the database is away.
import type { AgentStatus, StatusChange, SubStatus } from "@ringdesk/contract/http";
import type { Millis, SubStatusId, UserId } from "@ringdesk/std";
import type { Database } from "../platform/index.ts";
import { statusCause } from "./agent.facts.ts";
import { statusReasons } from "./status.rules.ts";

type Tables = {
  sub_statuses: { id: string; status: SubStatus["status"]; name: string; position: number; retired: boolean; created_at: number };
  agent_status_history: { user_id: string; seq: number; status: AgentStatus; cause: string; at: number; sub_status_name: string | null };
};

export type SubStatusStore = ReturnType<typeof createSubStatusStore>;
export function createSubStatusStore(database: Database) {
  const db = database.withTables<Tables>();
  return {
    all: async (): Promise<readonly SubStatus[]> => {
      const rows = await db.selectFrom("sub_statuses").selectAll().orderBy("status").orderBy("position").orderBy("created_at").execute();
      return rows.map(({ id, status, name, retired }) => ({ id: id as SubStatusId, status, name, retired }));
    },
    insert: async ({ id, status, name, retired }: SubStatus, position: number, at: Millis): Promise<void> => {
      await db.insertInto("sub_statuses").values({ id, status, name, retired, position, created_at: at }).execute();
    },
    update: async ({ id, name, retired }: Pick<SubStatus, "id" | "name" | "retired">): Promise<void> => {
      await db.updateTable("sub_statuses").set({ name, retired }).where("id", "=", id).execute();
    },
    /** Writes down the order of these. */
    order: (ids: readonly SubStatusId[]): Promise<void> => database.transaction().execute(async (trx) => {
      for (const [position, id] of ids.entries()) await trx.withTables<Tables>().updateTable("sub_statuses").set({ position }).where("id", "=", id).execute();
    }),
  };
}

/** Pages of an agent's history, newest first (STAT-6). */
export interface StatusHistory {
  readonly page: (user: UserId, query: { readonly cursor?: string | undefined; readonly limit: number }) => Promise<{ readonly items: StatusChange[]; readonly nextCursor: string | null }>;
}
export function createStatusHistory(database: Database): StatusHistory {
  const db = database.withTables<Tables>();
  return {
    page: async (user, { cursor, limit }) => {
      const before = Number(cursor);
      let rows = db.selectFrom("agent_status_history").select(["seq", "at", "status", "cause", "sub_status_name"]).where("user_id", "=", user).orderBy("seq", "desc").limit(limit + 1);
      if (cursor !== undefined && Number.isSafeInteger(before)) rows = rows.where("seq", "<", before);
      const found = await rows.execute();
      const items = found.slice(0, limit).map((row): StatusChange => {
        const cause = statusCause.safeParse(row.cause);
        return { seq: row.seq, at: row.at as Millis, status: row.status, subStatusName: row.sub_status_name, why: cause.success ? statusReasons[cause.data] : null };
      });
      return { items, nextCursor: found.length > limit ? String(items.at(-1)?.seq ?? "") : null };
    },
  };
}
