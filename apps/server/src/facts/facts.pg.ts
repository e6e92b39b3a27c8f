import { sql } from "kysely";
import { inTransaction, sqlState, storeAway, writeBehind, type Database } from "../platform/index.ts";
import type { Projection, StoredFact, Transaction } from "./facts.ports.ts";
import { kindOf, stored, type Append, type IdentifiedFact } from "./facts.rules.ts";

/** What became of a write. `refused`: the place in the stream belongs to another fact. */
export type WriteOutcome =
  | { readonly type: "stored"; readonly refused: readonly Append[] }
  | { readonly type: "away"; readonly detail: string };
export interface OpenStream { readonly stream: string; readonly lastSeq: number }

export interface FactStore {
  /** Stores appends in order with all that projections make of them. What is already stored is passed over. Never rejects. */
  readonly write: (appends: readonly Append[]) => Promise<WriteOutcome>;
  readonly read: (stream: string) => Promise<readonly StoredFact[]>;
  readonly openStreams: () => Promise<readonly OpenStream[]>;
}
export interface FactStoreDeps {
  readonly db: Database;
  readonly projections: readonly Projection[];
  /** A projection could not take in a fact; the fact itself is stored. */
  readonly projectionFailed: (projection: string, fact: StoredFact, error: unknown) => void;
}

/** SQLSTATE: the statement ran into statement_timeout. Not the database but the statement is to blame. */
const QUERY_CANCELED = "57014";
/** SQLSTATE class: deadlock or serialisation failure. Another try will do. */
const ROLLBACK_CLASS = "40";
const MAX_TRIES = 3;

class PlaceTaken extends Error {
  override name = "PlaceTaken";
}

export function createFactStore(deps: FactStoreDeps): FactStore {
  const { db } = deps;
  const singly = deps.projections.filter((projection) => projection.applyAll === undefined);

  /** What is usual: all facts are new. Their places are not asked for but taken; that one is not free shows at the commit. */
  const together = (appends: readonly Append[]): Promise<void> => inTransaction(db, async (trx) => {
    await writeBehind(trx, insertion(appends));
    const fresh = appends.flatMap((append) => append.facts.map(stored));
    for (const fact of fresh) for (const projection of interested(singly, fact)) await projection.apply(trx, fact);
    for (const { kinds, applyAll } of deps.projections) {
      const facts = fresh.filter((fact) => kinds.includes(kindOf(fact.stream)));
      if (facts.length > 0) await applyAll?.(trx, facts);
    }
  });

  /** Used when a batch failed: finds whose fault it was, so that one fact or projection does not stop all others. */
  const alone = (append: Append): Promise<readonly (() => void)[]> => inTransaction(db, async (trx) => {
    const reports: (() => void)[] = [];
    for (const fact of await insertMissing(trx, append)) {
      for (const projection of interested(deps.projections, fact)) {
        const failed = await project(trx, projection, fact);
        if (failed !== null) reports.push(() => deps.projectionFailed(projection.name, fact, failed));
      }
    }
    return reports;
  });

  const write = async (appends: readonly Append[]): Promise<WriteOutcome> => {
    const failure = await tried(() => together(appends));
    if (failure === null) return { type: "stored", refused: [] };
    if (isAway(failure)) return { type: "away", detail: words(failure) };
    const refused: Append[] = [];
    for (const append of appends) {
      let reports: readonly (() => void)[] = [];
      const error = await tried(async () => { reports = await alone(append); });
      if (error !== null && isAway(error)) return { type: "away", detail: words(error) };
      if (error !== null) refused.push(append);
      for (const report of reports) report();
    }
    return { type: "stored", refused };
  };

  return {
    write,
    read: async (stream) => {
      const { rows } = await sql<StoredFact>`select stream, seq, type, v, at, data from facts where stream = ${stream} order by seq`.execute(db);
      return rows;
    },
    openStreams: async () => {
      const { rows } = await sql<OpenStream>`select stream, last_seq as "lastSeq" from fact_streams where not closed`.execute(db);
      return rows;
    },
  };
}

/** Moves streams on and inserts their facts; fails where a place is taken. */
const insertion = (appends: readonly Append[]) => sql<{ id: string }>`
    with streams as (
      insert into fact_streams (stream, kind, last_seq, closed)
      select stream, kind, last_seq, closed
        from jsonb_to_recordset(${JSON.stringify(streamsOf(appends))}::jsonb) as x (stream text, kind text, last_seq int, closed boolean)
       order by stream
      on conflict (stream) do update
        set last_seq = greatest(fact_streams.last_seq, excluded.last_seq), closed = fact_streams.closed or excluded.closed
    )
    insert into facts (stream, seq, id, type, v, at, data)
    select stream, seq, id, type, v, at, data
      from jsonb_to_recordset(${JSON.stringify(appends.flatMap((append) => append.facts))}::jsonb) as x (stream text, seq int, id text, type text, v int, at bigint, data jsonb)`;

/** Inserts those facts that are not there yet, moves their stream on, and returns them, in order. */
async function insertMissing(trx: Transaction, append: Append): Promise<readonly StoredFact[]> {
  const { facts } = append;
  const inserted = await sql<{ id: string }>`${insertion([append])} on conflict (stream, seq) do nothing returning id`.execute(trx);
  if (inserted.rows.length === facts.length) return facts.map(stored);
  await expectSameFacts(trx, facts);
  const ids = new Set(inserted.rows.map((row) => row.id));
  return facts.filter((fact) => ids.has(fact.id)).map(stored);
}

/** Some places were taken: by these very facts, written before, or else by others, which is refused. */
async function expectSameFacts(trx: Transaction, facts: readonly IdentifiedFact[]): Promise<void> {
  const { rows } = await sql<{ id: string }>`select id from facts where (stream, seq) in (
    select stream, seq from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb) as x (stream text, seq int))`.execute(trx);
  const there = new Set(rows.map((row) => row.id));
  const other = facts.find((fact) => !there.has(fact.id));
  if (other !== undefined) throw new PlaceTaken(`${other.stream} has another fact ${other.seq}`);
}

/** How far these appends bring their streams. */
function streamsOf(appends: readonly Append[]): readonly { readonly stream: string; readonly kind: string; readonly last_seq: number; readonly closed: boolean }[] {
  const streams = new Map<string, { stream: string; kind: string; last_seq: number; closed: boolean }>();
  for (const { stream, facts, closes } of appends) {
    const before = streams.get(stream);
    streams.set(stream, { stream, kind: kindOf(stream), last_seq: facts.at(-1)?.seq ?? before?.last_seq ?? 0, closed: closes || (before?.closed ?? false) });
  }
  return [...streams.values()];
}

/** Applies one projection under a savepoint; a failure is noted in the database and returned. */
async function project(trx: Transaction, projection: Projection, fact: StoredFact): Promise<Error | null> {
  await sql`savepoint projection`.execute(trx);
  try {
    await projection.apply(trx, fact);
    await sql`release savepoint projection`.execute(trx);
    return null;
  } catch (error) {
    if (!(error instanceof Error) || isAway(error) || isRollback(error)) throw error;
    await sql`rollback to savepoint projection`.execute(trx);
    await sql`insert into projection_failures (projection, stream, seq, error)
      values (${projection.name}, ${fact.stream}, ${fact.seq}, ${words(error)}) on conflict do nothing`.execute(trx);
    return error;
  }
}

const interested = (projections: readonly Projection[], fact: StoredFact): readonly Projection[] =>
  projections.filter((projection) => projection.kinds.includes(kindOf(fact.stream)));

/** Runs until it succeeds or fails for a reason that another try does not cure; null: it succeeded. */
async function tried(run: () => Promise<unknown>): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run();
      return null;
    } catch (error) {
      if (!isRollback(error) || attempt === MAX_TRIES) return error ?? new Error("unknown");
    }
  }
}

const isAway = (error: unknown): boolean => storeAway(error) !== null && sqlState(error) !== QUERY_CANCELED;
const isRollback = (error: unknown): boolean => sqlState(error)?.startsWith(ROLLBACK_CLASS) === true;
const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
