import { invariant } from "@ringdesk/std";
import type { RawBuilder } from "kysely";
import type { Database, Transaction } from "./database.ports.ts";
import { sendBehind } from "./pipelined-pool.ts";
import { sqlState } from "./store-errors.ts";

const DEADLOCK = "40P01";
/** Run again at once, it could take the lock for which the other is just being woken, and both would wait anew. */
const LET_THE_OTHER_FINISH_MS = 50;
const MOST_RUNS = 4;

const waiting = new WeakMap<Transaction, (() => void)[]>();

/**
 * Runs `run` in a transaction; again, up to three times, when PostgreSQL has ended it because it and another waited for each other.
 * So `run` changes nothing but the database. What it asked for by {@link afterCommit} is done when the transaction has committed,
 * and never otherwise.
 */
export async function inTransaction<T>(db: Database, run: (trx: Transaction) => Promise<T>): Promise<T> {
  for (let runs = 1; ; runs += 1) {
    try {
      return await once(db, run);
    } catch (error) {
      if (sqlState(error) !== DEADLOCK || runs === MOST_RUNS) throw error;
      await new Promise((resolve) => { setTimeout(resolve, LET_THE_OTHER_FINISH_MS); });
    }
  }
}

async function once<T>(db: Database, run: (trx: Transaction) => Promise<T>): Promise<T> {
  const deeds: (() => void)[] = [];
  const result = await db.transaction().execute((trx) => {
    waiting.set(trx, deeds);
    return run(trx);
  });
  for (const deed of deeds) deed();
  return result;
}

/** Puts `deed` off until what `trx` writes can be read by others. It must not throw. */
export function afterCommit(trx: Transaction, deed: () => void): void {
  const deeds = waiting.get(trx);
  invariant(deeds !== undefined, "the transaction was begun without inTransaction");
  deeds.push(deed);
}

/**
 * Sends a statement of `trx` without waiting for its answer: `answered` gets its rows before the transaction commits, and must
 * not throw. When the statement fails, so does what comes next in the transaction, or else its commit, with that error.
 */
export async function writeBehind<Row>(trx: Transaction, statement: RawBuilder<Row>, answered: (rows: readonly Row[]) => void = () => {}): Promise<void> {
  const compiled = statement.compile(trx);
  sendBehind(compiled.parameters, (rows) => { answered(rows as readonly Row[]); });
  await trx.executeQuery(compiled);
}
