import { err, ok } from "@ringdesk/std";
import { sql } from "kysely";
import { storeAway, type Database } from "../platform/index.ts";
import type { EventPosition, PositionStore, PositionStoreAway } from "./telephony.ports.ts";

/** There is one switch on one machine; several will have names. */
const SWITCH_NAME = "local";

/** Positions in table `switch_positions`. */
export function createPgPositionStore(db: Database): PositionStore {
  return {
    load: async () => {
      try {
        const { rows } = await sql<EventPosition>`select epoch, seq from switch_positions where switch = ${SWITCH_NAME}`.execute(db);
        return ok(rows[0] ?? null);
      } catch (error) {
        return err(away(error));
      }
    },
    save: async ({ epoch, seq }) => {
      try {
        // Within one life of the switch a position never goes back, whichever server process writes last.
        await sql`
          insert into switch_positions (switch, epoch, seq) values (${SWITCH_NAME}, ${epoch}, ${seq})
          on conflict (switch) do update set epoch = excluded.epoch, saved_at = now(),
            seq = case when switch_positions.epoch = excluded.epoch then greatest(switch_positions.seq, excluded.seq) else excluded.seq end
        `.execute(db);
        return ok(undefined);
      } catch (error) {
        return err(away(error));
      }
    },
  };
}

/** Anything but a database that is away is a bug in the statements above. */
function away(error: unknown): PositionStoreAway {
  const known = storeAway(error);
  if (known === null) throw error;
  return { type: "position-store-away", detail: known.detail };
}
