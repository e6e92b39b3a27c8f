// Agents for the bench profile: rows that conversations may be assigned to.
import type { UserId } from "@ringdesk/std";
import pg from "pg";

/** As many as the server has calls at once. */
const AGENTS = 2_000;

export type AgentPool = { readonly take: () => UserId | null; readonly free: (agent: UserId) => void };

/** Writes the agents down, once, and hands them out, the longest free first. */
export async function agentPool(databaseUrl: string): Promise<AgentPool> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into users (id, name, email, role, is_owner, password_hash, created_at)
       select 'bench-' || n, 'Bench ' || n, 'bench-' || n || '@example.com', 'agent', false, '-', 0 from generate_series(1, $1::int) n on conflict do nothing`, [AGENTS]);
  } finally {
    await client.end();
  }
  const idle = new Set(Array.from({ length: AGENTS }, (_, n) => `bench-${n + 1}` as UserId));
  return {
    take: () => {
      const next = idle.values().next();
      if (next.done === true) return null;
      idle.delete(next.value);
      return next.value;
    },
    free: (agent) => void idle.add(agent),
  };
}
