import { permissionsOf, type Account, type Organisation, type Permission, type PermissionSet, type User } from "@ringdesk/contract/http";
import { err, invariant, ok, type Result, type UserId } from "@ringdesk/std";
import { newId, type Clock } from "../kernel/index.ts";
import { sqlState, storeAway, UNIQUE_VIOLATION, type Transaction } from "../platform/index.ts";
import type { AccountStore } from "./account.pg.ts";
import type { SetupError } from "./organisation.errors.ts";
import type { OrganisationStore } from "./organisation.pg.ts";
import type { Audit, Directory, NewUser, SeedOutcome, SetupMade, SetupSeed } from "./organisation.ports.ts";
import { passwordWeakness } from "./password.rules.ts";
import { generatePassword, type Passwords } from "./passwords.ts";
import type { SessionsService } from "./sessions.service.ts";

export interface SetupRequest {
  readonly organisation: Organisation;
  readonly owner: { readonly name: string; readonly email: string; readonly password: string };
  readonly sample: boolean;
}
export interface SetUp extends SeedOutcome { readonly owner: User; readonly token: string }

export interface DirectoryService extends Directory {
  /** Everybody with their state, in the order of their names. */
  readonly accounts: () => readonly Account[];
  readonly permissionSets: () => readonly PermissionSet[];
  /** Reads everything anew from the database. */
  readonly reload: () => Promise<void>;
}

/** The directory: all users and the organisation, in memory. */
export async function openDirectory(store: Pick<OrganisationStore, "organisation">, people: Pick<AccountStore, "accounts" | "permissionSets">): Promise<DirectoryService> {
  let organisation: Organisation | null = null;
  let accounts: readonly Account[] = [];
  let sets: readonly PermissionSet[] = [];
  let users: readonly User[] = [];
  let byId: ReadonlyMap<UserId, Person> = new Map();
  const listeners = new Set<() => void>();
  const reload = async (): Promise<void> => {
    organisation = await store.organisation();
    [accounts, sets] = await Promise.all([people.accounts(), people.permissionSets()]);
    byId = new Map(accounts.map((account) => [account.id, personOf(account, sets)]));
    users = [...byId.values()].filter((person) => person.active).map((person) => person.user);
    for (const listen of listeners) listen();
  };
  await reload();
  return {
    reload,
    isSetUp: () => organisation !== null,
    organisation: () => {
      invariant(organisation !== null, "the organisation is asked for after the first start only");
      return organisation;
    },
    user: (id) => byId.get(id)?.user ?? null,
    users: () => users,
    isActive: (id) => byId.get(id)?.active ?? false,
    permissions: (id) => byId.get(id)?.permissions ?? [],
    accounts: () => accounts,
    permissionSets: () => sets,
    onChanged: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
  };
}

interface Person { readonly user: User; readonly active: boolean; readonly permissions: readonly Permission[] }

function personOf({ id, name, email, role, state, permissionSetId }: Account, sets: readonly PermissionSet[]): Person {
  const active = state === "active";
  const custom = permissionSetId === null ? null : sets.find((set) => set.id === permissionSetId)?.permissions ?? null;
  return { user: { id, name, email, role }, active, permissions: active ? permissionsOf(role, custom) : [] };
}

export interface SetupDeps {
  readonly store: OrganisationStore;
  readonly directory: DirectoryService;
  readonly sessions: SessionsService;
  readonly passwords: Passwords;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly seed: SetupSeed;
  /** Called after the commit, before anyone is told: rooms read what the seed made. */
  readonly afterSetup: () => Promise<void>;
}

/** The first start (ORG-1): organisation, owner and seed in one transaction. Of two at once one succeeds. */
export function createSetup(deps: SetupDeps): (request: SetupRequest) => Promise<Result<SetUp, SetupError>> {
  const { store, directory } = deps;
  return async ({ organisation, owner, sample }) => {
    if (directory.isSetUp()) return err({ type: "already-set-up" });
    if (!isTimeZone(organisation.timeZone)) return err({ type: "time-zone-unknown", given: organisation.timeZone });
    const weakness = passwordWeakness(owner.password, [owner.name, owner.email, organisation.name]);
    if (weakness !== null) return err({ type: "password-weak", why: weakness });
    try {
      const made = await store.transaction(async (trx) => {
        await store.insertOrganisation(trx, organisation, deps.clock.now());
        const { user } = await createUser(deps, trx, { ...owner, role: "admin" }, true);
        const context: SetupMade = { organisation, owner: user, now: deps.clock.now(), sample, createUser: (fresh) => createUser(deps, trx, fresh, false) };
        const outcome = await deps.seed(trx, context);
        return { owner: user, outcome, session: await deps.sessions.begin(user.id, trx) };
      });
      await directory.reload();
      await deps.afterSetup();
      made.session.use();
      await deps.audit.record(made.owner.id, "organisation.created", null, { name: organisation.name, sample });
      return ok({ owner: made.owner, token: made.session.token, ...made.outcome });
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION && (await store.organisation()) !== null) return err({ type: "already-set-up" });
      const away = storeAway(error);
      if (away === null) throw error;
      return err(away);
    }
  };
}

type UserDeps = Pick<SetupDeps, "store" | "passwords" | "clock">;
async function createUser({ store, passwords, clock }: UserDeps, trx: Transaction, fresh: NewUser, isOwner: boolean): Promise<{ user: User; password: string }> {
  const password = fresh.password ?? generatePassword();
  const user: User = { id: newId<UserId>(), name: fresh.name, email: fresh.email, role: fresh.role };
  await store.insertUser(trx, { user, passwordHash: await passwords.hash(password), isOwner, createdAt: clock.now() });
  return { user, password };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
