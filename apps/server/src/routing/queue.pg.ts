// Queues and the settings of routing in PostgreSQL, kept in memory.
import { sql } from "kysely";
import { err, ok, type Millis, type QueueId, type Result } from "@ringdesk/std";
import { newId } from "../kernel/index.ts";
import { storeAway, type Database, type Transaction } from "../platform/index.ts";
import { DEFAULT_UNANSWERED_TIMEOUT_MS } from "./queue.rules.ts";
import type { Queue, Queues, RoutingSettings } from "./routing.ports.ts";

type QueueTables = {
  queues: { id: QueueId; name: string; display_name: string; is_default: boolean; voice_enabled: boolean; voice_only: boolean; created_at: Millis };
  routing_settings: { only_row: boolean; unanswered_timeout_ms: number };
};

export type QueueMemory = Queues & {
  /** Reads queues and settings anew, after the first start or a change. Without a database what was known stays. */
  readonly reload: () => Promise<Result<void, { readonly type: "store-away" }>>;
};

/** Nothing is known before the first `reload`. */
export function createQueues(db: Database): QueueMemory {
  let byId: ReadonlyMap<QueueId, Queue> = new Map();
  let settings: RoutingSettings = { unansweredTimeoutMs: DEFAULT_UNANSWERED_TIMEOUT_MS };
  return {
    all: () => [...byId.values()],
    byId: (id) => byId.get(id) ?? null,
    standard: () => [...byId.values()].find((q) => q.isDefault) ?? null,
    isVoiceQueue: (id) => byId.get(id)?.voiceEnabled ?? false,
    settings: () => settings,
    reload: async () => {
      try {
        const tables = db.withTables<QueueTables>();
        const rows = await tables.selectFrom("queues").selectAll().orderBy("is_default").orderBy(sql`lower(name)`).execute();
        const set = await tables.selectFrom("routing_settings").selectAll().executeTakeFirst();
        byId = new Map(rows.map((r) => [r.id, { id: r.id, name: r.name, displayName: r.display_name, isDefault: r.is_default, voiceEnabled: r.voice_enabled }]));
        settings = { unansweredTimeoutMs: set?.unanswered_timeout_ms ?? DEFAULT_UNANSWERED_TIMEOUT_MS };
        return ok(undefined);
      } catch (error) {
        if (storeAway(error) === null) throw error;
        return err({ type: "store-away" });
      }
    },
  };
}

export type NewQueue = { readonly name: string; readonly displayName?: string; readonly isDefault?: boolean; readonly voiceEnabled?: boolean; readonly voiceOnly?: boolean };

/** A new queue, in the transaction of the first start or of a change of settings. */
export async function seedQueue(trx: Transaction, queue: NewQueue, now: Millis): Promise<QueueId> {
  const id = newId<QueueId>();
  await trx.withTables<QueueTables>().insertInto("queues").values({
    id, name: queue.name, display_name: queue.displayName ?? queue.name, is_default: queue.isDefault ?? false,
    voice_enabled: queue.voiceEnabled ?? false, voice_only: queue.voiceOnly ?? false, created_at: now,
  }).execute();
  return id;
}
