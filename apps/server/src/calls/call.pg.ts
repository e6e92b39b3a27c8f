// Calls in PostgreSQL: one row with the summary, kept by the projection of their facts, and the entry on the timeline.
import { sql } from "kysely";
import type { CallId, ConversationId, CustomerId, E164, Millis, QueueId, UserId } from "@ringdesk/std";
import { callSummary, type CallOutcome, type CallSummary } from "@ringdesk/contract/http";
import type { Timeline } from "../conversations/index.ts";
import type { Projection, StoredFact } from "../facts/index.ts";
import { afterCommit, inTransaction, reach, writeBehind, type Database, type Transaction } from "../platform/index.ts";
import { callStream, decodeCallFact, type CallFact } from "./call.facts.ts";
import type { CallStore } from "./call.ports.ts";
import { beginSummary, foldSummary, type SummaryFold } from "./call.summary.rules.ts";

type CallTables = {
  calls: {
    id: CallId; direction: "inbound" | "outbound"; state: "live" | "ended"; outcome: CallOutcome | null; support_number: E164; customer_number: E164 | null;
    customer_id: CustomerId | null; conversation_id: ConversationId | null; queue_id: QueueId | null; agent_id: UserId | null;
    started_at: Millis; ended_at: Millis | null; fold: SummaryFold;
  };
};

/** Folds of live calls that are kept in memory: as many as there may be live calls, and those of which nobody hears any more. */
const MAX_KEPT_FOLDS = 5_000;

/**
 * Keeps the table of calls and their timeline entries in step with the facts, in the facts' own transaction. Of many facts of
 * a call in one transaction the row and the entry are written once.
 */
export function callProjection(timeline: Timeline): Projection {
  const kept = createKeptFolds();
  const applyAll = async (trx: Transaction, facts: readonly StoredFact[]): Promise<void> => {
    for (const stream of new Set(facts.map((fact) => fact.stream))) {
      await applyFacts({ trx, timeline, kept }, stream.slice(callStream("").length) as CallId, facts.filter((fact) => fact.stream === stream));
    }
  };
  return { name: "calls", kinds: ["call"], apply: (trx, fact) => applyAll(trx, [fact]), applyAll };
}

/** Summaries of calls, live and ended. */
export function createCallStore(db: Database, timeline: Timeline): CallStore {
  return {
    summary: (id) => reach(async () => {
      const row = await db.withTables<CallTables>().selectFrom("calls").select("fold").where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : callSummary.parse(row.fold.summary);
    }),
    markHeard: (id, by, at) => reach(() => inTransaction(db, (trx) => markHeard(trx, timeline, id, { by, at }))),
    lastSupportNumber: (customer, number) => reach(async () => {
      const { rows } = await sql<{ support_number: E164 }>`select support_number from calls
        where customer_id = coalesce((select coalesce(merged_into, id) from customers where id = ${customer}), (select customer_id from customer_numbers where number = ${number}))
        order by started_at desc limit 1`.execute(db);
      return rows[0]?.support_number ?? null;
    }),
  };
}

type Projecting = { readonly trx: Transaction; readonly timeline: Timeline; readonly kept: KeptFolds };

/** `facts` are those of one call, in order. */
async function applyFacts({ trx, timeline, kept }: Projecting, id: CallId, facts: readonly StoredFact[]): Promise<void> {
  const [first, last] = [facts[0], facts.at(-1)];
  if (first === undefined || last === undefined) return;
  const before = first.seq === 1 ? null : kept.upTo(id, first.seq - 1) ?? await foldOf(trx, id);
  // A fact that cannot be read changes no table; the reader of the stream reports it.
  const after = facts.map(decodeCallFact).reduce((fold, fact) => (fact.ok ? next(id, fold, fact.value) : fold), before);
  if (after === null) return;
  if (after !== before) {
    await writeRow(trx, after);
    await putEntry(trx, timeline, after);
  }
  afterCommit(trx, () => kept.keep(id, last.seq, after));
}

type KeptFolds = {
  /** The fold of all facts up to `seq`; null when it has to be read. */
  readonly upTo: (id: CallId, seq: number) => SummaryFold | null;
  readonly keep: (id: CallId, seq: number, fold: SummaryFold) => void;
};

/**
 * The folds of calls that only the projection writes: those that are live and without a message. Which facts are in a fold
 * is kept with it, so that after a write of unknown outcome the row is read.
 */
function createKeptFolds(): KeptFolds {
  const folds = new Map<CallId, { readonly seq: number; readonly fold: SummaryFold }>();
  return {
    upTo: (id, seq) => {
      const known = folds.get(id);
      return known?.seq === seq ? known.fold : null;
    },
    keep: (id, seq, fold) => {
      folds.delete(id);
      if (fold.summary.state !== "live" || fold.summary.voicemail !== null) return;
      folds.set(id, { seq, fold });
      for (const oldest of folds.keys()) {
        if (folds.size <= MAX_KEPT_FOLDS) break;
        folds.delete(oldest);
      }
    },
  };
}

const laterFields = { steps: [], voicemail: null, callback: null };

async function foldOf(trx: Transaction, id: CallId): Promise<SummaryFold | null> {
  const row = await trx.withTables<CallTables>().selectFrom("calls").select("fold").where("id", "=", id).forUpdate().executeTakeFirst();
  if (row === undefined) return null;
  // An earlier version may have written the summary of a call that still goes on.
  return { ...row.fold, summary: { ...laterFields, ...row.fold.summary } };
}

async function markHeard(trx: Transaction, timeline: Timeline, id: CallId, heard: { readonly by: string; readonly at: Millis }): Promise<CallSummary | null> {
  const fold = await foldOf(trx, id);
  const voicemail = fold?.summary.voicemail ?? null;
  if (fold === null || voicemail === null) return null;
  if (voicemail.heard !== null) return fold.summary;
  const after: SummaryFold = { ...fold, summary: { ...fold.summary, voicemail: { ...voicemail, heard } } };
  await writeRow(trx, after);
  await putEntry(trx, timeline, after);
  return after.summary;
}

async function putEntry(trx: Transaction, timeline: Timeline, { customerId, conversationId, summary }: SummaryFold): Promise<void> {
  if (customerId === null || conversationId === null) return;
  await timeline.put(trx, customerId, { id: `call-${summary.id}`, kind: "call", at: summary.startedAt, conversationId, call: summary });
}

function next(id: CallId, before: SummaryFold | null, fact: CallFact): SummaryFold | null {
  if (before !== null) return foldSummary(before, fact);
  return fact.type === "call.arrived" || fact.type === "call.placed" ? beginSummary(id, fact) : null;
}

async function writeRow(trx: Transaction, fold: SummaryFold): Promise<void> {
  const { summary: s } = fold;
  await writeBehind(trx, sql`
    insert into calls (id, direction, state, outcome, support_number, customer_number, customer_id, conversation_id, queue_id, agent_id, started_at, ended_at, fold)
    values (${s.id}, ${s.direction}, ${s.state}, ${s.outcome}, ${s.supportNumber}, ${s.customerNumber},
      (select coalesce(merged_into, id) from customers where id = ${fold.customerId}), ${fold.conversationId},
      ${fold.queueId}, ${fold.agentId}, ${s.startedAt}, ${s.endedAt}, ${JSON.stringify(fold)}::jsonb)
    on conflict (id) do update set state = excluded.state, outcome = excluded.outcome, customer_id = excluded.customer_id,
      conversation_id = excluded.conversation_id, queue_id = excluded.queue_id, agent_id = excluded.agent_id, ended_at = excluded.ended_at, fold = excluded.fold`);
}
