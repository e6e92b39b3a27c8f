// When agents took calls out of queues lately (QUE-6).
import { sql } from "kysely";
import type { Millis, QueueId, Result } from "@ringdesk/std";
import { reach, type Database } from "../platform/index.ts";

export type HandOver = { readonly queueId: QueueId; readonly at: Millis };
/** Instants, the first included and the last not. */
type Span = { readonly from: Millis; readonly until: Millis };

/** So many of all queues are looked at, the latest: at 10 hand-overs a second those of half an hour. */
const MAX_LOOKED_AT = 20_000;

/** The last `each` hand-overs of every queue within a span, in order of time. Calls that agents placed came out of no queue. */
export function recentHandOvers(db: Database, { from, until }: Span, each: number): Promise<Result<readonly HandOver[], { readonly type: "store-away" }>> {
  return reach(async () => {
    const { rows } = await sql<{ queue_id: QueueId; at: Millis }>`
      with taken as (
        select stream, seq, at from facts where type = 'call.assigned' and at >= ${from} and at < ${until} order by at desc limit ${MAX_LOOKED_AT}),
      placed as (
        select q.queue_id, t.at, row_number() over (partition by q.queue_id order by t.at desc, t.stream) as place
        from taken t cross join lateral (
          select f.data->>'queueId' as queue_id from facts f
          where f.stream = t.stream and f.seq < t.seq and f.type in ('call.queued', 'call.requeued') order by f.seq desc limit 1) q)
      select queue_id, at from placed where place <= ${each} order by at`.execute(db);
    return rows.map((row) => ({ queueId: row.queue_id, at: row.at }));
  });
}
