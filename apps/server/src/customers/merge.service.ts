import { err, ok, type CustomerId, type Result } from "@ringdesk/std";
import { inTransaction, reach } from "../platform/index.ts";
import { selectCustomer } from "./customer.pg.ts";
import type { Customer } from "@ringdesk/contract/http";
import type { Customers, CustomersDeps, MergeError } from "./customers.ports.ts";
import { countBelongings, gaveWay, lockBoth, writeMerged } from "./merge.pg.ts";
import { mergeChoices, mergedCustomer, tooMuch } from "./merge.rules.ts";

/** How often a merge gives way to calls before it gives up. */
const ATTEMPTS = 8;

type Both = { readonly kept: Customer; readonly other: Customer };

/**
 * Two customers become one. The other one stays as a sign: calls that go on, and facts that come late, name it still, and
 * what they bring goes to the customer that was kept.
 */
export function createMerge({ db, audit, belongings, changed }: CustomersDeps): Pick<Customers, "previewMerge" | "merge"> {
  const read = async (keptId: CustomerId, otherId: CustomerId): Promise<Result<Both, MergeError>> => {
    const both = await reach(() => Promise.all([selectCustomer(db, keptId), selectCustomer(db, otherId)]));
    if (!both.ok) return both;
    const [kept, other] = both.value;
    if (kept === null || other === null) return err({ type: "customer-missing", id: kept === null ? keptId : otherId });
    return kept.id === other.id ? err({ type: "merge-same" }) : ok({ kept, other });
  };
  const mergeOnce = (keptId: CustomerId, otherId: CustomerId, take: ReadonlySet<string>) => inTransaction(db, async (trx): Promise<Result<Both & { readonly result: Customer }, MergeError> | "again"> => {
    if (!await lockBoth(trx, keptId, otherId)) return "again";
    const [kept, other] = [await selectCustomer(trx, keptId), await selectCustomer(trx, otherId)];
    if (kept === null || other === null) return "again";
    const result = mergedCustomer(kept, other, take);
    const much = tooMuch(result);
    if (much !== null) return err({ type: "merge-too-much", what: much });
    for (const each of belongings) await each.move(trx, other.id, kept.id);
    await writeMerged(trx, result, other.id, kept.numbers.length);
    return ok({ kept, other, result });
  });

  return {
    previewMerge: async (keptId, otherId, take) => {
      const both = await read(keptId, otherId);
      if (!both.ok) return both;
      const { kept, other } = both.value;
      const counts = await reach(() => countBelongings(db, other.id));
      if (!counts.ok) return counts;
      const result = mergedCustomer(kept, other, new Set(take));
      const much = tooMuch(result);
      if (much !== null) return err({ type: "merge-too-much", what: much });
      return ok({ kept, other, result, choices: [...mergeChoices(kept, other)], moves: { numbers: other.numbers.length, emails: other.emails.length, ...counts.value } });
    },
    merge: async (keptId, otherId, take, by) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const both = await read(keptId, otherId);
        if (!both.ok) return both;
        const merged = await reach(() => mergeOnce(both.value.kept.id, both.value.other.id, new Set(take)).catch((error: unknown) => {
          if (gaveWay(error)) return "again" as const;
          throw error;
        }));
        if (!merged.ok) return merged;
        if (merged.value === "again") continue;
        if (!merged.value.ok) return merged.value;
        const { kept, other, result } = merged.value.value;
        await audit.record(by, "customer.merged", { kept, other }, result);
        changed(other.id, kept.id);
        changed(kept.id, null);
        return ok(result);
      }
      return err({ type: "customers-busy" });
    },
  };
}
