import type { User } from "@ringdesk/contract/http";
import { err, ok, type Result, type UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import { hashToken, newId, newToken, type Clock } from "../kernel/index.ts";
import { storeAway, type Transaction } from "../platform/index.ts";
import type { SignInError } from "./organisation.errors.ts";
import type { OrganisationStore } from "./organisation.pg.ts";
import type { Audit, Directory, Sessions } from "./organisation.ports.ts";
import type { Passwords } from "./passwords.ts";
import { createSessionMemory } from "./session-memory.ts";
import { supernumerary, type StoredSession } from "./session.rules.ts";
import type { Throttle } from "./throttle.ts";

export interface SessionsDeps {
  readonly store: OrganisationStore;
  readonly directory: Directory;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Logger;
  /** Nobody is signed out during a call. */
  readonly isOnCall: (user: UserId) => boolean;
}
export interface Credentials { readonly email: string; readonly password: string; readonly remoteAddress: string }
export interface SignedIn { readonly user: User; readonly token: string }

export interface SessionsService extends Sessions {
  readonly signIn: (credentials: Credentials) => Promise<Result<SignedIn, SignInError>>;
  /** Begins a session without a password, for the owner at the first start. The row is written by `trx`; `use` makes it count after the commit. */
  readonly begin: (user: UserId, trx: Transaction) => Promise<{ readonly token: string; readonly use: () => void }>;
  readonly signOut: (sessionId: string) => Promise<void>;
  /** Ends all sessions of a user, but for one when it is named. */
  readonly endAll: (user: UserId, except: string | null) => Promise<void>;
  readonly onSignedIn: (listen: (user: UserId) => void) => () => void;
  readonly stop: () => void;
}

/** Sessions, answered from memory so that agents go on working while the database is away. */
export async function openSessions(deps: SessionsDeps): Promise<SessionsService> {
  const { store, clock, audit } = deps;
  const memory = createSessionMemory(deps);
  for (const session of await store.sessions()) memory.keep(session);
  const signedIn = new Set<(user: UserId) => void>();
  const use = (session: StoredSession): void => {
    memory.keep(session);
    for (const listen of signedIn) listen(session.userId);
  };
  const fresh = (userId: UserId): { session: StoredSession; token: string } => {
    const token = newToken();
    const now = clock.now();
    return { token, session: { id: newId(), tokenHash: hashToken(token), userId, createdAt: now, lastUsedAt: now } };
  };
  return {
    find: memory.find,
    onEnded: memory.onEnded,
    signIn: (credentials) => signIn(deps, credentials, async (user) => {
      const { session, token } = fresh(user.id);
      await store.insertSession(session);
      await memory.end(supernumerary(memory.ofUser(user.id)));
      use(session);
      return token;
    }),
    begin: async (user, trx) => {
      const { session, token } = fresh(user);
      await store.insertSession(session, trx);
      return { token, use: () => use(session) };
    },
    signOut: async (sessionId) => {
      const session = memory.byId(sessionId);
      if (session === null) return;
      await memory.end([session]);
      await audit.record(session.userId, "session.ended", null, null);
    },
    endAll: (user, except) => memory.end(memory.ofUser(user).filter((session) => session.id !== except)),
    onSignedIn: (listen) => {
      signedIn.add(listen);
      return () => { signedIn.delete(listen); };
    },
    stop: memory.stop,
  };
}

/** Checks a password; `begin` makes the session and tells its token. */
async function signIn(deps: SessionsDeps, credentials: Credentials, begin: (user: User) => Promise<string>): Promise<Result<SignedIn, SignInError>> {
  const { store, directory, throttle, audit } = deps;
  const { password, remoteAddress } = credentials;
  const account = credentials.email.trim().toLowerCase();
  const waitMs = throttle.begin(account, remoteAddress);
  if (waitMs > 0) return err({ type: "too-many-tries", waitMs });
  try {
    const known = await store.credentials(account);
    const right = await deps.passwords.verify(known?.passwordHash ?? null, password);
    if (!right.ok) return err({ type: "sign-ins-busy" });
    const user = known === null || !right.value ? null : directory.user(known.id);
    if (user === null) {
      await audit.record(known?.id ?? null, "session.refused", null, { email: account, from: remoteAddress });
      return err({ type: "credentials-wrong" });
    }
    throttle.succeeded(account, remoteAddress);
    const token = await begin(user);
    await audit.record(user.id, "session.begun", null, { from: remoteAddress });
    return ok({ user, token });
  } catch (error) {
    const away = storeAway(error);
    if (away === null) throw error;
    throttle.succeeded(account, remoteAddress); // nothing was guessed
    return err(away);
  }
}
