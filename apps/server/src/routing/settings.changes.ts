// How settings of routing are changed: one change after the other, in one transaction, then everything that follows looks anew.
import { err, ok, type Result } from "@ringdesk/std";
import type { Audit } from "../organisation/index.ts";
import type { Clock } from "../kernel/index.ts";
import { inTransaction, sqlState, storeAway, UNIQUE_VIOLATION, type Database, type Transaction } from "../platform/index.ts";
import type { QueueMemory } from "./queue.pg.ts";
import { fault, type SettingsError } from "./settings.errors.ts";

export type SettingsDeps = {
  readonly db: Database;
  readonly queues: QueueMemory;
  readonly clock: Clock;
  readonly audit: Audit;
  /** Teams, calls and desks look at queues and rules anew. */
  readonly changed: () => Promise<void>;
};
export type Changed<T> = Promise<Result<T, SettingsError>>;

/** Runs `decide` when the changes before it are done; what it returns to write is written, and then known everywhere. */
export type Change = <T>(decide: () => Result<{ readonly write: (trx: Transaction) => Promise<void>; readonly done: () => T }, SettingsError>) => Changed<T>;

export function createChange(deps: SettingsDeps): Change {
  let last: Promise<unknown> = Promise.resolve();
  const perform: Change = async (decide) => {
    const decided = decide();
    if (!decided.ok) return decided;
    try {
      await inTransaction(deps.db, decided.value.write);
    } catch (error) {
      if (storeAway(error) !== null) return err({ type: "store-away" });
      // Another server over the same database was faster.
      if (sqlState(error) === UNIQUE_VIOLATION) return err(fault("/name", "This name is taken"));
      throw error;
    }
    await deps.queues.reload();
    await deps.changed();
    return ok(decided.value.done());
  };
  return (decide) => {
    const mine = last.then(() => perform(decide));
    last = mine.catch(() => undefined);
    return mine;
  };
}
