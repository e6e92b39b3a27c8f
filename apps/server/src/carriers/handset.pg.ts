// Handsets of the sandbox carrier in PostgreSQL.
import { sql } from "kysely";
import { z } from "zod";
import type { E164, Millis } from "@ringdesk/std";
import { e164, instant, legId } from "@ringdesk/contract/ids";
import { sqlState, UNIQUE_VIOLATION, type Database } from "../platform/index.ts";
import type { HandsetState } from "./handset.machine.ts";

/** A handset as it is stored, with the call it was in. */
export type StoredHandset = { readonly id: string; readonly number: E164; readonly state: HandsetState; readonly lastSeenAt: Millis };

const base = { goneSince: instant.nullable() };
const onCall = { ...base, leg: legId, with: e164, since: instant };
const withAudio = { ...onCall, direction: z.enum(["in", "out"]), silentSince: instant.nullable() };
const cause = z.enum([
  "hangup", "cancelled", "rejected", "busy", "no-answer", "declined", "not-found", "not-allowed", "unreachable", "no-common-codec",
  "media-timeout", "media-lost", "protocol-error", "limit-reached", "switch-failed",
]);
const storedState = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("idle"), ...base, lastEnd: z.object({ cause, by: z.enum(["handset", "other"]) }).nullable() }),
  z.object({ kind: z.literal("connecting"), ...onCall }),
  z.object({ kind: z.literal("dialling"), ...withAudio }),
  z.object({ kind: z.literal("ringing"), ...onCall }),
  z.object({ kind: z.literal("answering"), ...onCall }),
  z.object({ kind: z.literal("talking"), ...withAudio }),
]);

/** All handsets. One whose state cannot be read any more is idle: whatever call it had is over. */
export async function selectHandsets(db: Database): Promise<readonly StoredHandset[]> {
  const { rows } = await sql<{ id: string; number: E164; state: unknown; last_seen_at: Millis }>`select id, number, state, last_seen_at from handsets`.execute(db);
  return rows.map((r) => {
    const parsed = storedState.safeParse(r.state);
    const state: HandsetState = parsed.success ? parsed.data : { kind: "idle", goneSince: r.last_seen_at, lastEnd: null };
    return { id: r.id, number: r.number, state, lastSeenAt: r.last_seen_at };
  });
}

/** Adds a handset, in place of another when one must give up its number. False when the number was taken meanwhile. */
export async function insertHandset(db: Database, h: StoredHandset, insteadOf: string | null): Promise<boolean> {
  try {
    await db.transaction().execute(async (trx) => {
      if (insteadOf !== null) await sql`delete from handsets where id = ${insteadOf}`.execute(trx);
      await sql`insert into handsets (id, number, state, created_at, last_seen_at)
        values (${h.id}, ${h.number}, ${JSON.stringify(h.state)}::jsonb, ${h.lastSeenAt}, ${h.lastSeenAt})`.execute(trx);
    });
    return true;
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

export async function saveHandset(db: Database, id: string, state: HandsetState, at: Millis): Promise<void> {
  await sql`update handsets set state = ${JSON.stringify(state)}::jsonb, last_seen_at = ${at} where id = ${id}`.execute(db);
}
