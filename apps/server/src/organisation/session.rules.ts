import type { Millis, UserId } from "@ringdesk/std";

/** A session ends after this long without use … */
export const SESSION_IDLE_MS = 12 * 3_600_000;
/** … and this long after the sign-in in any case. */
export const SESSION_MAX_MS = 30 * 86_400_000;
/** Use is written down at most this often. */
export const USE_NOTED_EVERY_MS = 300_000;
/** Sessions of one user; a further sign-in ends the one unused longest. */
export const MAX_SESSIONS_PER_USER = 20;

export interface StoredSession {
  readonly id: string;
  readonly tokenHash: string;
  readonly userId: UserId;
  readonly createdAt: Millis;
  readonly lastUsedAt: Millis;
}

/** Whether a session still counts. `onCall`: nobody is signed out while talking. */
export function isAlive(session: StoredSession, now: Millis, onCall: boolean): boolean {
  return onCall || (now - session.lastUsedAt < SESSION_IDLE_MS && now - session.createdAt < SESSION_MAX_MS);
}

/** Which sessions of a user end when one more begins. */
export function supernumerary(ofUser: readonly StoredSession[]): readonly StoredSession[] {
  return [...ofUser].sort((a, b) => b.lastUsedAt - a.lastUsedAt).slice(MAX_SESSIONS_PER_USER - 1);
}
