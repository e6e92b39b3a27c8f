// How settings of routing are changed: one change after the other, in one transaction, then everything that follows looks anew.
import { err, ok, type Result } from "@ringdesk/std";
import type { Audit } from "../organisation/index.ts";
import { createTurns, type Clock } from "../kernel/index.ts";
import { inTransaction, reach, unlessTaken, type Database, type Transaction } from "../platform/index.ts";
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
  const inTurn = createTurns();
  const perform: Change = async (decide) => {
    const decided = decide();
    if (!decided.ok) return decided;
    // Taken: another server over the same database was faster.
    const written = await reach(() => unlessTaken(fault("/name", "This name is taken"), () => inTransaction(deps.db, decided.value.write)));
    if (!written.ok) return err({ type: "store-away" });
    if (!written.value.ok) return written.value;
    await deps.queues.reload();
    await deps.changed();
    return ok(decided.value.done());
  };
  return (decide) => inTurn(() => perform(decide));
}
