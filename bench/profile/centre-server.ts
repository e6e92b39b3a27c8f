// The product's own server, over a database in which a contact centre works: agents at static contacts, all available, and
// two numbers whose menu leads to their queue. Everything from here on is the product: no part is left out or replaced.
import { createHash } from "node:crypto";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promptKey, promptPath } from "../../apps/server/src/prompts/prompt.rules.ts";
import { benchToken } from "../load/desks.ts";
import { serveFilled } from "./filled-server.ts";
import { CENTRE, CONTACT } from "./numbers.ts";

/** Two seconds of a prompt; beside the checkout, or silence. */
const PROMPT = join(import.meta.dirname, "../../../shared/bench/prompt2s.ulaw");
const PROMPT_BYTES = 16_000, ULAW_SILENCE = 0xff;
/** An agent is available again at once: the least that the table of queues takes. */
const WRAP_UP_MS = 1;

await serveFilled("npm run bench -- centre", async (client, config) => {
  const count = Number(process.env["BENCH_AGENTS"] ?? "50");
  await preparePrompt(join(resolve(config.dataFolder), "media"));
  const menu = JSON.stringify({ prompt: CENTRE.prompt, keys: [{ key: "1", queueId: "bench-queue" }] });
  const contact = `'sip:agent' || lpad(n::text, 3, '0') || '@${CONTACT.host}:${CONTACT.port}'`;
  const available = `'{"status": "available", "subStatus": null, "cause": "chosen"}'::jsonb`;
  await client.query(`
    insert into organisation (name, time_zone, country, created_at) values ('Bench', 'UTC', 'US', 0);
    insert into queues (id, name, display_name, is_default, voice_enabled, created_at) values ('bench-default', 'default', 'Default queue', true, false, 0);
    insert into queues (id, name, display_name, is_default, voice_enabled, wrap_up_ms, created_at) values ('bench-queue', 'bench', 'Bench', false, true, ${WRAP_UP_MS}, 0);
    insert into teams (id, name, display_name, routing_enabled, route_when_over_capacity, created_at) values ('bench-team', 'bench', 'Bench', true, true, 0);
    insert into team_queues (team_id, queue_id) values ('bench-team', 'bench-queue');
    insert into users (id, name, email, role, is_owner, password_hash, created_at)
      select 'bench-' || n, 'Bench ' || n, 'bench-' || n || '@example.com', case when n = 1 then 'admin' else 'agent' end, n = 1, '-', 0 from generate_series(1, ${count}) n;
    insert into sessions (id, token_hash, user_id, created_at, last_used_at)
      select 'bench-' || n, encode(sha256(('${benchToken(0).slice(0, -1)}' || n)::bytea), 'hex'), 'bench-' || n, ${Date.now()}, ${Date.now()} from generate_series(1, ${count}) n;
    insert into team_members (team_id, user_id) select 'bench-team', 'bench-' || n from generate_series(1, ${count}) n;
    insert into agent_devices (user_id, kind, contact, changed_at) select 'bench-' || n, 'phone', ${contact}, 0 from generate_series(1, ${count}) n;
    insert into facts (stream, seq, id, type, v, at, data) select 'agent:bench-' || n, 1, 'bench-' || n, 'agent.status-changed', 1, 0, ${available} from generate_series(1, ${count}) n;
    insert into fact_streams (stream, kind, last_seq, closed) select 'agent:bench-' || n, 'agent', 1, false from generate_series(1, ${count}) n;
    insert into agent_status_history (user_id, seq, status, cause, at) select 'bench-' || n, 1, 'available', 'chosen', 0 from generate_series(1, ${count}) n;
  `);
  for (const { number, recording } of CENTRE.numbers) {
    await client.query("insert into support_numbers (id, number, label, carrier, greeting, queue_id, recording, created_at, menu) values ($1, $1, $1, 'sip', '', 'bench-queue', $2, 0, $3)", [number, recording, menu]);
  }
});

/** In the place where the product would keep what it has spoken. */
async function preparePrompt(media: string): Promise<void> {
  const key = createHash("sha256").update(promptKey(CENTRE.prompt, "en-US")).digest("hex");
  const file = join(media, promptPath(key));
  await mkdir(dirname(file), { recursive: true });
  await copyFile(PROMPT, file).catch(() => writeFile(file, Buffer.alloc(PROMPT_BYTES, ULAW_SILENCE)));
}
