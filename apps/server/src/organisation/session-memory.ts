import { addMs, type UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import { hashToken, type Clock } from "../kernel/index.ts";
import { storeAway } from "../platform/index.ts";
import type { OrganisationStore } from "./organisation.pg.ts";
import type { Directory, Sessions } from "./organisation.ports.ts";
import { isAlive, USE_NOTED_EVERY_MS, type StoredSession } from "./session.rules.ts";

const SWEEP_MS = 60_000;
const RETRY_MS = 5_000;

export interface SessionMemoryDeps {
  readonly store: Pick<OrganisationStore, "deleteSessions" | "noteUse">;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly isOnCall: (user: UserId) => boolean;
}

export interface SessionMemory extends Sessions {
  readonly keep: (session: StoredSession) => void;
  /** Ends sessions at once; their rows follow when the database lets them. */
  readonly end: (sessions: readonly StoredSession[]) => Promise<void>;
  readonly byId: (sessionId: string) => StoredSession | null;
  readonly ofUser: (user: UserId) => readonly StoredSession[];
  readonly stop: () => void;
}

/** All sessions, by the hash of their token. Those that are over are swept out every minute. */
export function createSessionMemory(deps: SessionMemoryDeps): SessionMemory {
  const { store, clock } = deps;
  const byHash = new Map<string, StoredSession>();
  const listeners = new Set<Parameters<Sessions["onEnded"]>[0]>();
  const noteUse = createUseNotes(deps);
  const report = (error: unknown): void => deps.log.error({ err: error }, "ended sessions could not be removed");
  const isOver = (session: StoredSession): boolean => !isAlive(session, clock.now(), deps.isOnCall(session.userId));

  const deleteRows = async (ids: readonly string[]): Promise<void> => {
    try {
      await store.deleteSessions(ids);
    } catch (error) {
      if (storeAway(error) === null) throw error;
      clock.at(addMs(clock.now(), RETRY_MS), () => void deleteRows(ids).catch(report));
    }
  };
  const ofUser = (user: UserId): readonly StoredSession[] => [...byHash.values()].filter((session) => session.userId === user);
  const end = (sessions: readonly StoredSession[]): Promise<void> => {
    for (const { id, tokenHash, userId } of sessions) {
      byHash.delete(tokenHash);
      noteUse.forget(id);
      for (const listen of listeners) listen({ sessionId: id, user: userId, last: ofUser(userId).length === 0 });
    }
    return deleteRows(sessions.map((session) => session.id));
  };
  const endQuietly = (sessions: readonly StoredSession[]): void => { if (sessions.length > 0) end(sessions).catch(report); };

  const find: Sessions["find"] = (token) => {
    const session = byHash.get(hashToken(token));
    const user = session === undefined ? null : deps.directory.user(session.userId);
    if (session === undefined || user === null || !deps.directory.isActive(user.id)) return null;
    if (isOver(session)) {
      endQuietly([session]);
      return null;
    }
    byHash.set(session.tokenHash, { ...session, lastUsedAt: clock.now() });
    noteUse.used(session.id);
    return { sessionId: session.id, user, permissions: deps.directory.permissions(user.id) };
  };

  let stopSweep = clock.at(addMs(clock.now(), SWEEP_MS), sweep);
  function sweep(): void {
    endQuietly([...byHash.values()].filter(isOver));
    stopSweep = clock.at(addMs(clock.now(), SWEEP_MS), sweep);
  }
  return {
    find, end, ofUser,
    keep: (session) => { byHash.set(session.tokenHash, session); },
    byId: (sessionId) => [...byHash.values()].find((session) => session.id === sessionId) ?? null,
    onEnded: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
    stop: () => stopSweep(),
  };
}

/** Writes down now and then that a session is in use, so that a restart does not count it as idle. */
function createUseNotes({ store, clock, log }: SessionMemoryDeps) {
  const notedAt = new Map<string, number>();
  return {
    used: (id: string): void => {
      const now = clock.now();
      if (now - (notedAt.get(id) ?? 0) < USE_NOTED_EVERY_MS) return;
      notedAt.set(id, now);
      store.noteUse(id, now).catch((error: unknown) => { if (storeAway(error) === null) log.error({ err: error }, "the use of a session could not be noted"); });
    },
    forget: (id: string): void => { notedAt.delete(id); },
  };
}
