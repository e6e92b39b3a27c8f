// How people get in without their password, and change it: single-use links, and the own password.
import { err, ok, type Result, type UserId } from "@ringdesk/std";
import type { Account } from "@ringdesk/contract/http";
import { hashToken, type Clock } from "../kernel/index.ts";
import type { Transaction } from "../platform/index.ts";
import type { AccountStore, StoredLink } from "./account.pg.ts";
import type { Audit } from "./organisation.ports.ts";
import type { DirectoryService } from "./organisation.service.ts";
import { passwordWeakness } from "./password.rules.ts";
import type { Passwords } from "./passwords.ts";
import type { PeopleError } from "./people.errors.ts";
import type { SessionsService } from "./sessions.service.ts";
import type { Throttle } from "./throttle.ts";

export interface EntranceDeps {
  readonly store: AccountStore;
  readonly directory: DirectoryService;
  readonly sessions: Pick<SessionsService, "begin" | "endAll">;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly transaction: <T>(run: (trx: Transaction) => Promise<T>) => Promise<T>;
}
type Answer<T> = Promise<Result<T, PeopleError>>;

export interface Entrance {
  /** Whom this link lets in; `link-over` when nobody. */
  readonly look: (token: string) => Answer<Account>;
  /** Uses the link up: sets the password and begins a session. An invited user may correct their name. */
  readonly enter: (token: string, as: { readonly name?: string | undefined; readonly password: string }) => Answer<{ readonly user: UserId; readonly token: string }>;
  /** Changes the own password; all other sessions of the user end. */
  readonly changePassword: (user: UserId, sessionId: string, passwords: { readonly current: string; readonly password: string }, remoteAddress: string) => Answer<Record<never, never>>;
}

export function createEntrance(deps: EntranceDeps): Entrance {
  const { store, directory, sessions, passwords, throttle, audit } = deps;
  const find = async (token: string): Answer<{ readonly link: StoredLink; readonly account: Account }> => {
    const link = await store.link(hashToken(token));
    const account = link === null || link.expiresAt <= deps.clock.now() ? undefined : directory.accounts().find(({ id }) => id === link.userId);
    return link === null || account === undefined || account.state === "deactivated" ? err({ type: "link-over" }) : ok({ link, account });
  };
  const weakness = (password: string, { name, email }: Pick<Account, "name" | "email">): PeopleError | null => {
    const why = passwordWeakness(password, [name, email, directory.organisation().name]);
    return why === null ? null : { type: "password-weak", why };
  };

  return {
    look: async (token) => {
      const found = await find(token);
      return found.ok ? ok(found.value.account) : found;
    },
    enter: async (token, { name, password }) => {
      const found = await find(token);
      if (!found.ok) return found;
      const { link, account } = found.value;
      const invited = account.state === "invited";
      const weak = weakness(password, { name: name ?? account.name, email: account.email });
      if (weak !== null) return err(weak);
      const passwordHash = await passwords.hash(password);
      const begun = await deps.transaction(async (trx) => {
        if (!(await store.takeLink(trx, link.tokenHash))) return null;
        await store.update(account.id, { passwordHash, ...(invited && name !== undefined ? { name } : {}) }, trx);
        return sessions.begin(account.id, trx);
      });
      if (begun === null) return err({ type: "link-over" });
      await directory.reload();
      if (!invited) await sessions.endAll(account.id, null);
      begun.use();
      await audit.record(account.id, invited ? "user.invitation-accepted" : "user.password-reset", null, { id: account.id });
      return ok({ user: account.id, token: begun.token });
    },
    changePassword: async (user, sessionId, { current, password }, remoteAddress) => {
      const account = directory.accounts().find(({ id }) => id === user);
      if (account === undefined) return err({ type: "user-missing" });
      const waitMs = throttle.begin(account.email.toLowerCase(), remoteAddress);
      if (waitMs > 0) return err({ type: "too-many-tries", waitMs });
      const right = await passwords.verify(await store.passwordHash(user), current);
      if (!right.ok) return err({ type: "sign-ins-busy" });
      if (!right.value) return err({ type: "password-wrong" });
      throttle.succeeded(account.email.toLowerCase(), remoteAddress);
      const weak = weakness(password, account);
      if (weak !== null) return err(weak);
      await store.update(user, { passwordHash: await passwords.hash(password) });
      await store.dropLink(user);
      await sessions.endAll(user, sessionId);
      await audit.record(user, "user.password-changed", null, { id: user });
      return ok({});
    },
  };
}
