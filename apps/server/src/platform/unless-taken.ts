import { err, ok, type Result } from "@ringdesk/std";
import { sqlState, UNIQUE_VIOLATION } from "./store-errors.ts";

/** Writes; `taken` when another row has the same name, number or address already. A transaction is then lost. Everything else rejects. */
export async function unlessTaken<T, const E>(taken: E, write: () => Promise<T>): Promise<Result<T, E>> {
  try {
    return ok(await write());
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) return err(taken);
    throw error;
  }
}
