import { err, ok, type Result } from "@ringdesk/std";
import type { RecordingKeeping } from "@ringdesk/contract/http";
import type { Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import { inTransaction, reach, type Database } from "../platform/index.ts";
import { countKept, countOld, cutoff, selectRetention, updateRetention, type Home } from "./keeping.pg.ts";
import type { RecordingKeeper, RecordingSettings } from "./recordings.ports.ts";

/** `place`: the folder or the bucket, as admins are told. */
export function createRecordingSettings(deps: {
  readonly db: Database; readonly clock: Clock; readonly audit: Audit; readonly keeper: RecordingKeeper; readonly home: Home; readonly place: string;
}): RecordingSettings {
  const { db, home, keeper } = deps;
  const get = async (): Promise<Result<RecordingKeeping, { readonly type: "store-away" }>> => {
    const found = await reach(async () => ({ retentionDays: await selectRetention(db), ...await countKept(db, home) }));
    if (!found.ok) return err({ type: "store-away" });
    return ok({ ...found.value, store: { kind: home.bucket === null ? "disk" : "s3", place: deps.place }, encrypted: home.sealed, trouble: keeper.trouble() });
  };
  return {
    get,
    due: async (days) => {
      const found = await reach(() => countOld(db, cutoff(deps.clock.now(), days)));
      return found.ok ? found : err({ type: "store-away" });
    },
    setRetention: async (days, by) => {
      const written = await reach(() => inTransaction(db, (trx) => updateRetention(trx, days)));
      if (!written.ok) return err({ type: "store-away" });
      if (written.value !== days) await deps.audit.record(by, "recording-retention.changed", { days: written.value }, { days });
      keeper.wake();
      return get();
    },
  };
}
