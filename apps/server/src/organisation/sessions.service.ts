import type { User } from "@ringdesk/contract/http";
import { err, ok, type Millis, type Result, type UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import { hashToken, newId, newToken, type Clock } from "../kernel/index.ts";
import { storeAway, type StoreAway, type Transaction } from "../platform/index.ts";
import type { SignInError } from "./organisation.errors.ts";
import type { OrganisationStore } from "./organisation.pg.ts";
import type { Audit, Directory, Sessions } from "./organisation.ports.ts";
import type { Passwords } from "./passwords.ts";
import { isAlive, supernumerary, USE_NOTED_EVERY_MS, type StoredSession } from "./session.rules.ts";
import type { Throttle } from "./throttle.ts";

const SWEEP_MS = 60_000;
const RETRY_MS = 5_000;

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
  readonly signOut: (sessionId: string) => Promise<Result<void, StoreAway>>;
  readonly onSignedIn: (listen: (user: UserId) => void) => () => void;
  readonly stop: () => void;
}

/** Sessions, answered from memory so that agents go on working while the database is away. */
export async function openSessions(deps: SessionsDeps): Promise<SessionsService> {
  const { store, directory, clock, log } = deps;
  const byHash = new Map<string, StoredSession>();
  const noted = new Map<string, Millis>();
  const ended = new Set<Parameters<Sessions["onEnded"]>[0]>();
  const signedIn = new Set<(user: UserId) => void>();
  for (const session of await store.sessions()) byHash.set(session.tokenHash, session);

  const fresh = (userId: UserId): { session: StoredSession; token: string } => {
    const token = newToken();
    const now = clock.now();
    return { token, session: { id: newId(), tokenHash: hashToken(token), userId, createdAt: now, lastUsedAt: now } };
  };
  const keep = (session: StoredSession): void => {
    byHash.set(session.tokenHash, session);
    for (const listen of signedIn) listen(session.userId);
  };
  /** Ends sessions at once in memory; the rows follow when the database lets them. */
  const end = (sessions: readonly StoredSession[]): Promise<void> => {
    for (const session of sessions) {
      byHash.delete(session.tokenHash);
      noted.delete(session.id);
      const last = ![...byHash.values()].some((other) => other.userId === session.userId);
      for (const listen of ended) listen({ sessionId: session.id, user: session.userId, last });
    }
    return deleteRows(sessions.map((session) => session.id));
  };
  const deleteRows = async (ids: readonly string[]): Promise<void> => {
    try {
      await store.deleteSessions(ids);
    } catch (error) {
      if (storeAway(error) === null) throw error;
      clock.at((clock.now() + RETRY_MS) as Millis, () => void deleteRows(ids).catch(report));
    }
  };
  const report = (error: unknown): void => log.error({ err: error }, "sessions could not be stored");

  const find: Sessions["find"] = (token) => {
    const session = byHash.get(hashToken(token));
    const user = session === undefined ? null : directory.user(session.userId);
    if (session === undefined || user === null) return null;
    const now = clock.now();
    if (!isAlive(session, now, deps.isOnCall(session.userId))) {
      void end([session]).catch(report);
      return null;
    }
    byHash.set(session.tokenHash, { ...session, lastUsedAt: now });
    noteUse(session.id, now);
    return { sessionId: session.id, user };
  };
  const noteUse = (id: string, now: Millis): void => {
    if (now - (noted.get(id) ?? 0) < USE_NOTED_EVERY_MS) return;
    noted.set(id, now);
    store.noteUse(id, now).catch((error: unknown) => { if (storeAway(error) === null) report(error); });
  };

  const signIn = async ({ email, password, remoteAddress }: Credentials): Promise<Result<SignedIn, SignInError>> => {
    const account = email.trim().toLowerCase();
    const waitMs = deps.throttle.begin(account, remoteAddress);
    if (waitMs > 0) return err({ type: "too-many-tries", waitMs });
    try {
      const known = await store.credentials(account);
      const right = await deps.passwords.verify(known?.passwordHash ?? null, password);
      if (!right.ok) return err({ type: "sign-ins-busy" });
      const user = known === null || !right.value ? null : directory.user(known.id);
      if (user === null) {
        await deps.audit.record(known?.id ?? null, "session.refused", null, { email: account, from: remoteAddress });
        return err({ type: "credentials-wrong" });
      }
      deps.throttle.succeeded(account, remoteAddress);
      const { session, token } = fresh(user.id);
      await store.insertSession(session);
      await end(supernumerary([...byHash.values()].filter((each) => each.userId === user.id)));
      keep(session);
      await deps.audit.record(user.id, "session.begun", null, { from: remoteAddress });
      return ok({ user, token });
    } catch (error) {
      const away = storeAway(error);
      if (away === null) throw error;
      deps.throttle.succeeded(account, remoteAddress); // nothing was guessed
      return err(away);
    }
  };

  const stopSweep = every(clock, SWEEP_MS, () => {
    const now = clock.now();
    const over = [...byHash.values()].filter((session) => !isAlive(session, now, deps.isOnCall(session.userId)));
    if (over.length > 0) void end(over).catch(report);
  });

  return {
    find, signIn,
    begin: async (user, trx) => {
      const { session, token } = fresh(user);
      await store.insertSession(session, trx);
      return { token, use: () => keep(session) };
    },
    signOut: async (sessionId) => {
      const session = [...byHash.values()].find((each) => each.id === sessionId);
      if (session !== undefined) {
        await end([session]);
        await deps.audit.record(session.userId, "session.ended", null, null);
      }
      return ok(undefined);
    },
    onEnded: (listen) => listening(ended, listen),
    onSignedIn: (listen) => listening(signedIn, listen),
    stop: stopSweep,
  };
}

function listening<T>(listeners: Set<T>, listen: T): () => void {
  listeners.add(listen);
  return () => { listeners.delete(listen); };
}

function every(clock: Clock, ms: number, run: () => void): () => void {
  let cancel = (): void => {};
  const arm = (): void => {
    cancel = clock.at((clock.now() + ms) as Millis, () => {
      run();
      arm();
    });
  };
  arm();
  return () => cancel();
}
