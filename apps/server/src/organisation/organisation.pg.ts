import type { Organisation, User } from "@ringdesk/contract/http";
import type { Millis, UserId } from "@ringdesk/std";
import type { Database, Transaction } from "../platform/index.ts";
import type { StoredSession } from "./session.rules.ts";

type Tables = {
  organisation: { name: string; time_zone: string; country: string; created_at: number };
  users: { id: string; name: string; email: string; role: string; is_owner: boolean; deactivated_at: number | null; password_hash: string | null; created_at: number };
  sessions: { id: string; token_hash: string; user_id: string; created_at: number; last_used_at: number };
};

export interface UserRow { readonly user: User; readonly passwordHash: string; readonly isOwner: boolean; readonly createdAt: Millis }

/** SQL of the organisation. Everything rejects while the database is away. */
export interface OrganisationStore {
  readonly organisation: () => Promise<Organisation | null>;
  /** The stored hash of the active or invited user with this e-mail address, whatever its case; the hash is null for the invited. */
  readonly credentials: (email: string) => Promise<{ readonly id: UserId; readonly passwordHash: string | null } | null>;
  /** Runs a transaction, e.g. of the first start. */
  readonly transaction: <T>(run: (trx: Transaction) => Promise<T>) => Promise<T>;
  readonly insertOrganisation: (trx: Transaction, organisation: Organisation, now: Millis) => Promise<void>;
  readonly insertUser: (trx: Transaction, row: UserRow) => Promise<void>;
  readonly sessions: () => Promise<readonly StoredSession[]>;
  readonly insertSession: (session: StoredSession, trx?: Transaction) => Promise<void>;
  readonly noteUse: (id: string, at: Millis) => Promise<void>;
  readonly deleteSessions: (ids: readonly string[]) => Promise<void>;
}

export function createOrganisationStore(database: Database): OrganisationStore {
  const db = database.withTables<Tables>();
  const on = (trx: Transaction | undefined) => (trx === undefined ? db : trx.withTables<Tables>());
  return {
    organisation: async () => {
      const row = await db.selectFrom("organisation").select(["name", "time_zone", "country"]).executeTakeFirst();
      return row === undefined ? null : { name: row.name, timeZone: row.time_zone, country: row.country };
    },
    credentials: async (email) => {
      const row = await db.selectFrom("users").select(["id", "password_hash"]).where("deactivated_at", "is", null)
        .where((e) => e.fn<string>("lower", ["email"]), "=", email.toLowerCase()).executeTakeFirst();
      return row === undefined ? null : { id: row.id as UserId, passwordHash: row.password_hash };
    },
    transaction: (run) => database.transaction().execute(run),
    insertOrganisation: async (trx, { name, timeZone, country }, now) => {
      await on(trx).insertInto("organisation").values({ name, time_zone: timeZone, country, created_at: now }).execute();
    },
    insertUser: async (trx, { user, passwordHash, isOwner, createdAt }) => {
      await on(trx).insertInto("users").values({ ...user, deactivated_at: null, is_owner: isOwner, password_hash: passwordHash, created_at: createdAt }).execute();
    },
    sessions: async () => {
      const rows = await db.selectFrom("sessions").selectAll().execute();
      return rows.map((row): StoredSession => ({
        id: row.id, tokenHash: row.token_hash, userId: row.user_id as UserId, createdAt: row.created_at as Millis, lastUsedAt: row.last_used_at as Millis,
      }));
    },
    insertSession: async (session, trx) => {
      const { id, tokenHash, userId, createdAt, lastUsedAt } = session;
      await on(trx).insertInto("sessions").values({ id, token_hash: tokenHash, user_id: userId, created_at: createdAt, last_used_at: lastUsedAt }).execute();
    },
    noteUse: async (id, at) => { await db.updateTable("sessions").set({ last_used_at: at }).where("id", "=", id).execute(); },
    deleteSessions: async (ids) => { if (ids.length > 0) await db.deleteFrom("sessions").where("id", "in", ids).execute(); },
  };
}
