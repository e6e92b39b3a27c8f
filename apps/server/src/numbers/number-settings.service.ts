// Changes of support numbers: checked, written, told to the audit log, and true for the next call.
import { err, ok, type E164, type NumberId, type QueueId, type Result } from "@ringdesk/std";
import type { NumberChange, SupportNumber } from "@ringdesk/contract/http";
import { changesOf, type Audit } from "../organisation/index.ts";
import type { Clock } from "../kernel/index.ts";
import { inTransaction, reach, unlessTaken, type Database } from "../platform/index.ts";
import { changeNumber, insertNumber } from "./number.pg.ts";
import { changed, changeProblems } from "./number-change.rules.ts";
import type { NewSupportNumber, NumberSettings } from "./numbers.ports.ts";

export type NumberSettingsDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly audit: Audit;
  /** Understands a number as it was typed, or says what is wrong with it. */
  readonly readNumber: (input: string) => Result<E164, string>;
  /** What a new number says first until somebody writes better words. */
  readonly greeting: () => string;
  /** Whether calls can be sent to this queue. */
  readonly isQueue: (id: QueueId) => boolean;
  /** Reads the numbers anew. */
  readonly reload: () => Promise<void>;
};

export function createNumberSettings({ db, clock, audit, readNumber, greeting, isQueue, reload }: NumberSettingsDeps): NumberSettings {
  const write = (id: NumberId, change: NumberChange) => reach(async () => {
    const written = await inTransaction(db, (trx) => changeNumber(trx, id, (before) => changed(before, change)));
    if (written !== null) await reload();
    return written;
  });
  const wrong = (pointer: string, detail: string) => err({ type: "change-invalid" as const, errors: [{ pointer, detail }] });
  return {
    create: async ({ number: typed, label, queueId }, by) => {
      const read = readNumber(typed);
      if (!read.ok) return wrong("/number", read.error);
      const problems = changeProblems({ queueId }, isQueue);
      if (problems.length > 0) return err({ type: "change-invalid", errors: problems });
      const made: NewSupportNumber = { number: read.value, label, carrier: "sip", greeting: greeting(), queueId, recording: false };
      const written = await reach(() => unlessTaken("number-taken", () => inTransaction(db, (trx) => insertNumber(trx, made, clock.now()))));
      if (!written.ok) return err({ type: "store-away" });
      if (!written.value.ok) return wrong("/number", "This number is here already");
      await reach(reload);
      await audit.record(by, "number.created", null, made);
      return ok<SupportNumber>({ ...made, id: written.value.value, menu: null, voicemail: { on: false, greeting: "" } });
    },
    update: async (id, change, by) => {
      const problems = changeProblems(change, isQueue);
      if (problems.length > 0) return err({ type: "change-invalid", errors: problems });
      const written = await write(id, change);
      if (!written.ok) return err({ type: "store-away" });
      if (written.value === null) return err({ type: "number-missing", id });
      const { before, after } = written.value;
      const what = changesOf<SupportNumber>(before, after);
      if (what !== null) await audit.record(by, "number.changed", { number: before.number, ...what.before }, { number: after.number, ...what.after });
      return ok<SupportNumber>(after);
    },
  };
}
