// Changes of support numbers: checked, written, told to the audit log, and true for the next call.
import { err, ok, type NumberId, type QueueId } from "@ringdesk/std";
import type { NumberChange, SupportNumber } from "@ringdesk/contract/http";
import type { Audit } from "../organisation/index.ts";
import { inTransaction, reach, type Database } from "../platform/index.ts";
import { changeNumber } from "./number.pg.ts";
import { changed, changeProblems, difference } from "./number-change.rules.ts";
import type { NumberSettings } from "./numbers.ports.ts";

export type NumberSettingsDeps = {
  readonly db: Database;
  readonly audit: Audit;
  /** Whether calls can be sent to this queue. */
  readonly isQueue: (id: QueueId) => boolean;
  /** Reads the numbers anew. */
  readonly reload: () => Promise<void>;
};

export function createNumberSettings({ db, audit, isQueue, reload }: NumberSettingsDeps): NumberSettings {
  const write = (id: NumberId, change: NumberChange) => reach(async () => {
    const written = await inTransaction(db, (trx) => changeNumber(trx, id, (before) => changed(before, change)));
    if (written !== null) await reload();
    return written;
  });
  return {
    update: async (id, change, by) => {
      const problems = changeProblems(change, isQueue);
      if (problems.length > 0) return err({ type: "change-invalid", errors: problems });
      const written = await write(id, change);
      if (!written.ok) return err({ type: "store-away" });
      if (written.value === null) return err({ type: "number-missing", id });
      const { before, after } = written.value;
      const what = difference(before, after);
      if (what !== null) await audit.record(by, "number.changed", { number: before.number, ...what.before }, { number: after.number, ...what.after });
      return ok<SupportNumber>(after);
    },
  };
}
