import type { AuditEntry } from "@ringdesk/contract/http";
import type { Millis, UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import type { FactLog, Projection } from "../facts/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Database } from "../platform/index.ts";
import type { Audit } from "./organisation.ports.ts";

type Tables = {
  audit_log: { seq: number; at: number; who: string | null; what: string; before: string | null; after: string | null };
  users: { id: string; name: string };
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

export interface AuditQuery {
  readonly cursor?: string | undefined; readonly limit: number;
  readonly who?: UserId | undefined;
  /** Beginning of the kind, e.g. `team`. */
  readonly what?: string | undefined;
  /** Instants, both included. */
  readonly from?: number | undefined; readonly to?: number | undefined;
}
/** Reads the audit log. */
export interface AuditReader {
  /** Newest first; the cursor is where the page before has ended. Rejects while the database is away. */
  readonly page: (query: AuditQuery) => Promise<{ readonly items: AuditEntry[]; readonly nextCursor: string | null }>;
}

export function createAuditReader(database: Database): AuditReader {
  const db = database.withTables<Tables>();
  return {
    page: async ({ cursor, limit, who, what, from, to }) => {
      const before = Number(cursor);
      let rows = db.selectFrom("audit_log").leftJoin("users", "users.id", "audit_log.who")
        .select(["seq", "at", "who", "what", "before", "after", "users.name as whoName"]).orderBy("seq", "desc").limit(limit + 1);
      if (cursor !== undefined && Number.isSafeInteger(before)) rows = rows.where("seq", "<", before);
      if (who !== undefined) rows = rows.where("who", "=", who);
      if (what !== undefined) rows = rows.where((e) => e(e.fn<boolean>("starts_with", ["what", e.val(what)]), "=", true));
      if (from !== undefined) rows = rows.where("at", ">=", from);
      if (to !== undefined) rows = rows.where("at", "<=", to);
      const found = await rows.execute();
      const items = found.slice(0, limit).map((row): AuditEntry => ({
        seq: row.seq, at: row.at as Millis, who: row.who as UserId | null, whoName: row.whoName, what: row.what,
        before: row.before as unknown as AuditEntry["before"], after: row.after as unknown as AuditEntry["after"],
      }));
      return { items, nextCursor: found.length > limit ? String(items.at(-1)?.seq ?? "") : null };
    },
  };
}
