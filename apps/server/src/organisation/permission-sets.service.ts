// Permission sets: named lists of what their holders may (ORG-2).
import { err, ok, type PermissionSetId, type Result, type UserId } from "@ringdesk/std";
import type { Permission, PermissionSet } from "@ringdesk/contract/http";
import { newId, type Clock } from "../kernel/index.ts";
import { unlessTaken } from "../platform/index.ts";
import type { AccountStore } from "./account.pg.ts";
import { MAX_PERMISSION_SETS } from "./account.rules.ts";
import { changesOf } from "./change.rules.ts";
import type { Audit } from "./organisation.ports.ts";
import type { DirectoryService } from "./organisation.service.ts";
import type { PeopleError } from "./people.errors.ts";

type Answer<T> = Promise<Result<T, PeopleError>>;
export interface PermissionSets {
  readonly create: (by: UserId, set: { readonly name: string; readonly permissions: readonly Permission[] }) => Answer<PermissionSet>;
  readonly update: (by: UserId, id: PermissionSetId, wish: { readonly name?: string | undefined; readonly permissions?: readonly Permission[] | undefined }) => Answer<PermissionSet>;
  readonly remove: (by: UserId, id: PermissionSetId) => Answer<Record<never, never>>;
}

export interface PermissionSetsDeps {
  readonly store: AccountStore;
  readonly directory: DirectoryService;
  readonly audit: Audit;
  readonly clock: Clock;
  /** The permissions of a user have changed: their pages show it. */
  readonly changed: (user: UserId) => void;
}

export function createPermissionSets({ store, directory, audit, clock, ...deps }: PermissionSetsDeps): PermissionSets {
  const setOf = (id: PermissionSetId): PermissionSet | undefined => directory.permissionSets().find((set) => set.id === id);
  return {
    create: async (by, { name, permissions }) => {
      if (directory.permissionSets().length >= MAX_PERMISSION_SETS) return err({ type: "sets-full", max: MAX_PERMISSION_SETS });
      const set: PermissionSet = { id: newId<PermissionSetId>(), name, permissions: [...new Set(permissions)] };
      const written = await unlessTaken({ type: "name-taken" }, () => store.insertSet(set, clock.now()));
      if (!written.ok) return written;
      await audit.record(by, "permission-set.created", null, set);
      await directory.reload();
      return ok(set);
    },
    update: async (by, id, wish) => {
      const set = setOf(id);
      if (set === undefined) return err({ type: "set-missing" });
      const changes = changesOf<PermissionSet>(set, { name: wish.name, permissions: wish.permissions === undefined ? undefined : [...new Set(wish.permissions)] });
      const changed = { ...set, ...changes?.after };
      const written = await unlessTaken({ type: "name-taken" }, () => store.updateSet(changed));
      if (!written.ok) return written;
      if (changes !== null) await audit.record(by, "permission-set.changed", { id, ...changes.before }, { id, ...changes.after });
      await directory.reload();
      for (const account of directory.accounts()) if (account.permissionSetId === id) deps.changed(account.id);
      return ok(changed);
    },
    remove: async (by, id) => {
      const set = setOf(id);
      if (set === undefined) return err({ type: "set-missing" });
      const users = directory.accounts().filter((account) => account.permissionSetId === id).map((account) => account.name);
      if (users.length > 0) return err({ type: "set-in-use", users });
      await store.deleteSet(id);
      await audit.record(by, "permission-set.deleted", set, null);
      await directory.reload();
      return ok({});
    },
  };
}
