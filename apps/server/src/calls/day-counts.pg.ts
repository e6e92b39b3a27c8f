// How the calls of a day went, queue by queue (RTE-10).
import { sql } from "kysely";
import type { Millis, QueueId, Result } from "@ringdesk/std";
import type { DayCount } from "@ringdesk/contract/http";
import { reach, type Database } from "../platform/index.ts";

export type DayOfQueue = DayCount & { readonly queueId: QueueId };

/** Inbound calls since `from` that came to a queue and were answered or lost. `withinMs`: what counts as answered in time. */
export function countDay(db: Database, from: Millis, withinMs: number): Promise<Result<readonly DayOfQueue[], { readonly type: "store-away" }>> {
  return reach(async () => {
    const { rows } = await sql<{ queue_id: QueueId; answered: number; in_time: number; lost: number }>`
      with today as (
        select queue_id, state, (fold->'summary'->>'answeredAt') is not null as answered, (fold->'summary'->>'waitMs')::bigint as wait_ms
        from calls where started_at >= ${from} and direction = 'inbound' and queue_id is not null)
      select queue_id, count(*) filter (where answered)::int as answered, count(*) filter (where answered and wait_ms <= ${withinMs})::int as in_time,
        count(*) filter (where not answered and state = 'ended' and wait_ms is not null)::int as lost
      from today group by queue_id`.execute(db);
    return rows.map((r) => ({ queueId: r.queue_id, answered: r.answered, answeredInTime: r.in_time, lost: r.lost }));
  });
}
