import type { UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import type { FactLog, Projection } from "../facts/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Audit } from "./organisation.ports.ts";

type Tables = {
  audit_log: { seq: number; at: number; who: string | null; what: string; before: string | null; after: string | null };
};
const STREAM = "audit:log";
const RECORDED = "audit.recorded";

/** The audit log as facts: an entry is durable also while the database is away. */
export function createAudit(deps: { readonly facts: FactLog; readonly clock: Clock; readonly log: Logger }): Audit {
  return {
    record: async (who: UserId | null, what, before, after) => {
      const result = await deps.facts.append(STREAM, [{ type: RECORDED, v: 1, at: deps.clock.now(), data: { who, what, before, after } }]);
      if (!result.ok) deps.log.error({ what, refused: result.error.type }, "an audit entry was lost");
    },
  };
}

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

/** Keeps the table `audit_log`. */
export const auditProjection: Projection = {
  name: "audit-log",
  kinds: ["audit"],
  apply: async (trx, fact) => {
    if (fact.type !== RECORDED) return;
    const { who, what, before, after } = fact.data;
    await trx.withTables<Tables>().insertInto("audit_log").values({
      seq: fact.seq, at: fact.at, who: typeof who === "string" ? who : null, what: String(what), before: json(before), after: json(after),
    }).execute();
  },
};
