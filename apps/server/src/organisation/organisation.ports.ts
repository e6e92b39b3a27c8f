import type { Organisation, Permission, Role, User } from "@ringdesk/contract/http";
import type { E164, Millis, UserId } from "@ringdesk/std";
import type { Transaction } from "../platform/index.ts";

/** Who works here, in memory. Read freely; it never touches the database. */
export interface Directory {
  readonly isSetUp: () => boolean;
  /** Only after the first start is done (`isSetUp`). */
  readonly organisation: () => Organisation;
  /** Whoever is or was here: also those who are invited or deactivated. */
  readonly user: (id: UserId) => User | null;
  /** The active ones. */
  readonly users: () => readonly User[];
  readonly isActive: (id: UserId) => boolean;
  /** What a user may by role and permission set (ORG-2); nothing unless active. */
  readonly permissions: (id: UserId) => readonly Permission[];
  /** Called after users or the organisation changed, the first start included. */
  readonly onChanged: (listen: () => void) => () => void;
}

/** The audit log (ORG-4). Entries survive the database's absence. */
export interface Audit {
  /** `what` is noun first, past tense, e.g. `number.changed`, `recording.played`. `before` and `after` hold no secrets. */
  readonly record: (who: UserId | null, what: string, before: AuditData, after: AuditData) => Promise<void>;
}
export type AuditData = Readonly<Record<string, unknown>> | null;

/** A signed-in browser. */
export interface SessionOf {
  readonly sessionId: string;
  readonly user: User;
  readonly permissions: readonly Permission[];
}

/** Who holds a session cookie, from memory. */
export interface Sessions {
  /** The session of this cookie value, or null. Counts as use of the session. */
  readonly find: (token: string) => SessionOf | null;
  /** `last`: the user has no other session. */
  readonly onEnded: (listen: (ended: { readonly sessionId: string; readonly user: UserId; readonly last: boolean }) => void) => () => void;
}

/** What a user needs to exist. A password is generated when none is given. */
export interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly password?: string;
}

/** What the first start has made when the seeds run. */
export interface SetupMade {
  readonly organisation: Organisation;
  readonly owner: User;
  readonly now: Millis;
  /** Whether the sample workspace was asked for. */
  readonly sample: boolean;
  /** Creates a user in the same transaction; tells the password that was given or generated. */
  readonly createUser: (user: NewUser) => Promise<{ readonly user: User; readonly password: string }>;
}

/** What the seeds made that is shown once. */
export interface SeedOutcome {
  readonly sampleUsers: readonly { readonly name: string; readonly email: string; readonly password: string }[];
  readonly supportNumber: E164 | null;
}

/** Fills a new workspace, in the transaction that creates the organisation. A rejection undoes all of it. */
export type SetupSeed = (trx: Transaction, made: SetupMade) => Promise<SeedOutcome>;
