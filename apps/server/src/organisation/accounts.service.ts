// Users as the settings change them: invited, changed, deactivated and let in again. Each change is in the audit log.
import { addMs, err, ok, type PermissionSetId, type Result, type UserId } from "@ringdesk/std";
import type { Account, Role, UserLink } from "@ringdesk/contract/http";
import { hashToken, newId, newToken, type Clock } from "../kernel/index.ts";
import { unlessTaken, type Transaction } from "../platform/index.ts";
import type { AccountStore } from "./account.pg.ts";
import { LINK_VALID_MS, MAX_USERS, refusedChange, refusedDeactivation, type Wish } from "./account.rules.ts";
import { changesOf } from "./change.rules.ts";
import type { Audit } from "./organisation.ports.ts";
import type { DirectoryService } from "./organisation.service.ts";
import type { PeopleError } from "./people.errors.ts";
import type { SessionsService } from "./sessions.service.ts";

export interface AccountsDeps {
  readonly store: AccountStore;
  readonly directory: DirectoryService;
  readonly sessions: Pick<SessionsService, "endAll">;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly isOnCall: (user: UserId) => boolean;
  /** Somebody was deactivated: takes no calls from now on. */
  readonly left: (user: UserId) => void;
  /** Name, role or permissions of a user have changed: their pages show it. */
  readonly changed: (user: UserId) => void;
  readonly transaction: <T>(run: (trx: Transaction) => Promise<T>) => Promise<T>;
}
export interface Invited { readonly email: string; readonly name: string; readonly role: Role; readonly permissionSetId: PermissionSetId | null }
type Answer<T> = Promise<Result<T, PeopleError>>;

export interface Accounts {
  readonly invite: (by: UserId, who: Invited) => Answer<{ readonly account: Account; readonly link: UserLink }>;
  readonly update: (by: UserId, id: UserId, wish: Wish) => Answer<Account>;
  readonly withdraw: (by: UserId, id: UserId) => Answer<Record<never, never>>;
  /** A new link for an invited or active user; the one before is worth nothing then. */
  readonly issueLink: (by: UserId, id: UserId) => Answer<{ readonly link: UserLink }>;
  readonly deactivate: (by: UserId, id: UserId) => Answer<Account>;
  readonly reactivate: (by: UserId, id: UserId) => Answer<Account>;
}

export const createAccounts = (deps: AccountsDeps): Accounts => ({ ...createInvitations(deps), ...createChanges(deps) });

/** How people come to have an account. */
function createInvitations(deps: AccountsDeps): Pick<Accounts, "invite" | "withdraw" | "issueLink"> {
  const { store, directory, audit, clock } = deps;
  const freshLink = (userId: UserId) => {
    const token = newToken();
    const createdAt = clock.now();
    const expiresAt = addMs(createdAt, LINK_VALID_MS);
    return { link: { path: `/invitation/${token}`, expiresAt }, row: { tokenHash: hashToken(token), userId, createdAt, expiresAt } };
  };

  return {
    invite: async (by, { email, name, role, permissionSetId }) => {
      if (directory.accounts().length >= MAX_USERS) return err({ type: "users-full", max: MAX_USERS });
      if (!hasSet(directory, permissionSetId)) return err({ type: "set-missing" });
      const id = newId<UserId>();
      const { link, row } = freshLink(id);
      const made = await unlessTaken({ type: "email-taken" }, () => deps.transaction(async (trx) => {
        await store.insert(trx, { id, name, email, role, permissionSetId, createdAt: row.createdAt });
        await store.putLink(row, trx);
      }));
      if (!made.ok) return made;
      await audit.record(by, "user.invited", null, { id, email, name, role, permissionSetId });
      const account = await reloaded(directory, id);
      return account.ok ? ok({ account: account.value, link }) : account;
    },
    withdraw: async (by, id) => {
      const account = accountOf(directory, id);
      if (account === undefined) return err({ type: "user-missing" });
      if (!(await store.deleteInvited(id))) return err({ type: "state-wrong", why: "This invitation was accepted already" });
      await audit.record(by, "user.invitation-withdrawn", { id, email: account.email, name: account.name }, null);
      await directory.reload();
      return ok({});
    },
    issueLink: async (by, id) => {
      const account = accountOf(directory, id);
      if (account === undefined) return err({ type: "user-missing" });
      if (account.state === "deactivated") return err({ type: "state-wrong", why: "This account is deactivated. Reactivate it first" });
      const { link, row } = freshLink(id);
      await store.putLink(row);
      await audit.record(by, account.state === "invited" ? "user.invited-again" : "user.password-link-issued", null, { id, expiresAt: link.expiresAt });
      await directory.reload();
      return ok({ link });
    },
  };
}

/** What becomes of accounts that are there. */
function createChanges({ store, directory, audit, clock, ...deps }: AccountsDeps): Pick<Accounts, "update" | "deactivate" | "reactivate"> {
  return {
    update: async (by, id, wish) => {
      const account = accountOf(directory, id);
      if (account === undefined) return err({ type: "user-missing" });
      if (!hasSet(directory, wish.permissionSetId)) return err({ type: "set-missing" });
      const refused = refusedChange(account, wish, by);
      if (refused !== null) return err(refused);
      const changes = changesOf<Account>(account, wish);
      if (changes === null) return ok(account);
      await store.update(id, changes.after);
      await audit.record(by, "user.changed", { id, ...changes.before }, { id, ...changes.after });
      const now = await reloaded(directory, id);
      deps.changed(id);
      return now;
    },
    deactivate: async (by, id) => {
      const account = accountOf(directory, id);
      if (account === undefined) return err({ type: "user-missing" });
      const refused = refusedDeactivation(account, by, deps.isOnCall(id));
      if (refused !== null) return err(refused);
      if (account.state === "deactivated") return ok(account);
      deps.left(id); // before anything else: no call may be offered meanwhile
      await store.update(id, { deactivatedAt: clock.now() });
      await store.dropLink(id);
      const now = await reloaded(directory, id);
      await deps.sessions.endAll(id, null);
      await audit.record(by, "user.deactivated", { id, state: account.state }, { id, state: "deactivated" });
      return now;
    },
    reactivate: async (by, id) => {
      const account = accountOf(directory, id);
      if (account === undefined) return err({ type: "user-missing" });
      if (account.state !== "deactivated") return ok(account);
      await store.update(id, { deactivatedAt: null });
      await audit.record(by, "user.reactivated", { id, state: "deactivated" }, { id, state: "active" });
      return reloaded(directory, id);
    },
  };
}

const accountOf = (directory: DirectoryService, id: UserId): Account | undefined => directory.accounts().find((account) => account.id === id);

async function reloaded(directory: DirectoryService, id: UserId): Answer<Account> {
  await directory.reload();
  const account = accountOf(directory, id);
  return account === undefined ? err({ type: "user-missing" }) : ok(account);
}

const hasSet = (directory: DirectoryService, id: PermissionSetId | null | undefined): boolean => id === null || id === undefined || directory.permissionSets().some((set) => set.id === id);
