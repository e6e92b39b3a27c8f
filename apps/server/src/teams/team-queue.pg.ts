// A queue that a team is to take, as other rooms' changes need it.
import { sql } from "kysely";
import type { QueueId, TeamId } from "@ringdesk/std";
import type { Transaction } from "../platform/index.ts";

/** Gives the queue to the team and turns its routing on, in the caller's transaction. Done before: nothing changes. */
export async function assignQueue(trx: Transaction, team: TeamId, queue: QueueId): Promise<void> {
  await sql`update teams set routing_enabled = true where id = ${team}`.execute(trx);
  await sql`insert into team_queues (team_id, queue_id) values (${team}, ${queue}) on conflict do nothing`.execute(trx);
}
