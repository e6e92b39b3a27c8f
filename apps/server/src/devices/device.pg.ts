// The devices of agents in PostgreSQL.
import { err, ok, type Millis, type UserId } from "@ringdesk/std";
import { storeAway, type Database } from "../platform/index.ts";
import type { StoredDevice } from "./device.rules.ts";
import type { DeviceStore } from "./devices.ports.ts";

type Tables = {
  agent_devices: { user_id: UserId; kind: StoredDevice["kind"]; contact: string | null; account_number: string | null; account_password: string | null; changed_at: Millis };
};

export function createDeviceStore(db: Database): DeviceStore {
  const tables = db.withTables<Tables>();
  return {
    all: async () => {
      const rows = await tables.selectFrom("agent_devices").selectAll().execute();
      return rows.map((row) => ({
        userId: row.user_id, kind: row.kind, contact: row.contact, changedAt: row.changed_at,
        account: row.account_number === null || row.account_password === null ? null : { number: row.account_number, password: row.account_password },
      }));
    },
    save: async ({ userId, kind, contact, account, changedAt }) => {
      const values = { kind, contact, account_number: account?.number ?? null, account_password: account?.password ?? null, changed_at: changedAt };
      try {
        await tables.insertInto("agent_devices").values({ user_id: userId, ...values })
          .onConflict((conflict) => conflict.column("user_id").doUpdateSet(values)).execute();
        return ok(undefined);
      } catch (error) {
        if (storeAway(error) === null) throw error;
        return err({ type: "store-away" });
      }
    },
  };
}
