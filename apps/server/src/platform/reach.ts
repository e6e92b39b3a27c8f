import { err, ok, type Result } from "@ringdesk/std";
import { storeAway } from "./store-errors.ts";
import type { StoreAway } from "./database.ports.ts";

/** Asks the database; its absence is a value. What is wrong with the statement itself is a bug and rejects. */
export async function reach<T>(ask: () => Promise<T>): Promise<Result<T, StoreAway>> {
  try {
    return ok(await ask());
  } catch (error) {
    const away = storeAway(error);
    if (away === null) throw error;
    return err(away);
  }
}
