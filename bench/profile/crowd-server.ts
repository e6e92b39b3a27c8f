// The server of a large house (crowd.ts): agents at desktops, those of the quiet queues available.
import { benchToken } from "../load/desks.ts";
import { CROWD, LAST_QUIET_QUEUE, MANAGERS, numberOfQueue, PERSONS_QUEUE } from "./crowd.ts";
import { serveFilled } from "./filled-server.ts";

/** The most that is allowed: calls wait until their caller hangs up. */
const TIMEOUT_MS = 300_000;

await serveFilled("npm run bench -- routing", async (client) => {
  const { agents, queues } = CROWD;
  const queueOf = `(n - 1) % ${queues}`;
  const available = `'{"status": "available", "subStatus": null, "cause": "chosen"}'::jsonb`;
  const quiet = `generate_series(1, ${agents}) n where ${queueOf} between ${PERSONS_QUEUE + 1} and ${LAST_QUIET_QUEUE}`;
  await client.query(`
    insert into organisation (name, time_zone, country, created_at) values ('Bench', 'UTC', 'US', 0);
    insert into routing_settings (unanswered_timeout_ms) values (${TIMEOUT_MS});
    insert into queues (id, name, display_name, is_default, voice_enabled, created_at) values ('bench-default', 'default', 'Default queue', true, false, 0);
    insert into queues (id, name, display_name, is_default, voice_enabled, created_at)
      select 'bench-queue-' || q, 'queue-' || q, 'Queue ' || q, false, true, 0 from generate_series(0, ${queues - 1}) q;
    insert into teams (id, name, display_name, routing_enabled, created_at) select 'bench-team-' || q, 'team-' || q, 'Team ' || q, true, 0 from generate_series(0, ${queues - 1}) q;
    insert into team_queues (team_id, queue_id) select 'bench-team-' || q, 'bench-queue-' || q from generate_series(0, ${queues - 1}) q;
    insert into users (id, name, email, role, is_owner, password_hash, created_at)
      select 'bench-' || n, 'Bench ' || n, 'bench-' || n || '@example.com', case when n = ${agents} then 'admin' when n > ${agents - MANAGERS} then 'manager' else 'agent' end, n = ${agents}, '-', 0
      from generate_series(1, ${agents}) n;
    insert into sessions (id, token_hash, user_id, created_at, last_used_at)
      select 'bench-' || n, encode(sha256(('${benchToken(0).slice(0, -1)}' || n)::bytea), 'hex'), 'bench-' || n, ${Date.now()}, ${Date.now()} from generate_series(1, ${agents}) n;
    insert into team_members (team_id, user_id) select 'bench-team-' || ${queueOf}, 'bench-' || n from generate_series(1, ${agents}) n;
    insert into facts (stream, seq, id, type, v, at, data) select 'agent:bench-' || n, 1, 'bench-' || n, 'agent.status-changed', 2, ${Date.now()}, ${available} from ${quiet};
    insert into fact_streams (stream, kind, last_seq, closed) select 'agent:bench-' || n, 'agent', 1, false from ${quiet};
    insert into agent_status_history (user_id, seq, status, cause, at) select 'bench-' || n, 1, 'available', 'chosen', ${Date.now()} from ${quiet};
  `);
  for (let queue = 0; queue < queues; queue += 1) {
    await client.query("insert into support_numbers (id, number, label, carrier, greeting, queue_id, recording, created_at) values ($1, $2, $3, 'sip', '', $4, false, 0)",
      [`bench-${queue}`, numberOfQueue(queue), `Line ${queue}`, `bench-queue-${queue}`]);
  }
});
