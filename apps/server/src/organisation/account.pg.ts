// Users with their state, single-use links and permission sets in PostgreSQL. Everything rejects while the database is away.
import type { Account, Permission, PermissionSet, Role } from "@ringdesk/contract/http";
import type { Millis, PermissionSetId, UserId } from "@ringdesk/std";
import { sql } from "kysely";
import type { Database, Transaction } from "../platform/index.ts";

type Tables = {
  users: { id: string; name: string; email: string; role: string; permission_set_id: string | null; password_hash: string | null; deactivated_at: number | null; is_owner: boolean; created_at: number };
  user_links: { token_hash: string; user_id: string; created_at: number; expires_at: number };
  permission_sets: { id: string; name: string; permissions: string[]; created_at: number };
};
export interface NewAccount { readonly id: UserId; readonly name: string; readonly email: string; readonly role: Role; readonly permissionSetId: PermissionSetId | null; readonly createdAt: Millis }
export interface AccountChange { readonly name?: string; readonly role?: Role; readonly permissionSetId?: PermissionSetId | null; readonly deactivatedAt?: Millis | null; readonly passwordHash?: string }
export interface StoredLink { readonly tokenHash: string; readonly userId: UserId; readonly createdAt: Millis; readonly expiresAt: Millis }

export type AccountStore = ReturnType<typeof createAccountStore>;

export function createAccountStore(database: Database) {
  const tables = (trx?: Transaction) => (trx ?? database).withTables<Tables>();
  return {
    accounts: async (): Promise<readonly Account[]> => {
      const { rows } = await sql<Account>`
        select u.id, u.name, u.email, u.role, u.is_owner as "isOwner", u.permission_set_id as "permissionSetId", u.created_at as "createdAt", l.expires_at as "linkExpiresAt",
          case when u.deactivated_at is not null then 'deactivated' when u.password_hash is null then 'invited' else 'active' end as state
        from users u left join user_links l on l.user_id = u.id
        order by u.name, u.id`.execute(database);
      return rows;
    },
    insert: async (trx: Transaction, { id, name, email, role, permissionSetId, createdAt }: NewAccount): Promise<void> => {
      await tables(trx).insertInto("users").values({ id, name, email, role, permission_set_id: permissionSetId, password_hash: null, deactivated_at: null, is_owner: false, created_at: createdAt }).execute();
    },
    update: async (id: UserId, change: AccountChange, trx?: Transaction): Promise<void> => {
      const { name, role, permissionSetId, deactivatedAt, passwordHash } = change;
      await tables(trx).updateTable("users").where("id", "=", id).set({
        ...(name === undefined ? {} : { name }), ...(role === undefined ? {} : { role }), ...(permissionSetId === undefined ? {} : { permission_set_id: permissionSetId }),
        ...(deactivatedAt === undefined ? {} : { deactivated_at: deactivatedAt }), ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
      }).execute();
    },
    /** Deletes somebody who never came; false when there is no such user or they came. */
    deleteInvited: async (id: UserId): Promise<boolean> => {
      const gone = await tables().deleteFrom("users").where("id", "=", id).where("password_hash", "is", null).executeTakeFirst();
      return gone.numDeletedRows > 0n;
    },
    passwordHash: async (id: UserId): Promise<string | null> =>
      (await tables().selectFrom("users").select("password_hash").where("id", "=", id).executeTakeFirst())?.password_hash ?? null,

    /** Replaces the user's link: only the newest one counts. */
    putLink: async ({ tokenHash, userId, createdAt, expiresAt }: StoredLink, trx?: Transaction): Promise<void> => {
      const row = { token_hash: tokenHash, user_id: userId, created_at: createdAt, expires_at: expiresAt };
      await tables(trx).insertInto("user_links").values(row).onConflict((c) => c.column("user_id").doUpdateSet(row)).execute();
    },
    link: async (tokenHash: string): Promise<StoredLink | null> => {
      const row = await tables().selectFrom("user_links").selectAll().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row === undefined ? null : { tokenHash: row.token_hash, userId: row.user_id as UserId, createdAt: row.created_at as Millis, expiresAt: row.expires_at as Millis };
    },
    /** True for the one who uses the link; of two at once one succeeds. */
    takeLink: async (trx: Transaction, tokenHash: string): Promise<boolean> => {
      const taken = await tables(trx).deleteFrom("user_links").where("token_hash", "=", tokenHash).executeTakeFirst();
      return taken.numDeletedRows > 0n;
    },
    dropLink: async (user: UserId): Promise<void> => { await tables().deleteFrom("user_links").where("user_id", "=", user).execute(); },

    permissionSets: async (): Promise<readonly PermissionSet[]> => {
      const rows = await tables().selectFrom("permission_sets").selectAll().orderBy((e) => e.fn("lower", ["name"])).execute();
      return rows.map((row) => ({ id: row.id as PermissionSetId, name: row.name, permissions: row.permissions as Permission[] }));
    },
    insertSet: async ({ id, name, permissions }: PermissionSet, createdAt: Millis): Promise<void> => {
      await tables().insertInto("permission_sets").values({ id, name, permissions, created_at: createdAt }).execute();
    },
    updateSet: async ({ id, name, permissions }: PermissionSet): Promise<void> => {
      await tables().updateTable("permission_sets").set({ name, permissions }).where("id", "=", id).execute();
    },
    deleteSet: async (id: PermissionSetId): Promise<void> => { await tables().deleteFrom("permission_sets").where("id", "=", id).execute(); },
  };
}
