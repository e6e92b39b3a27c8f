import type { Millis, Result } from "@ringdesk/std";
import type { Transaction } from "../platform/index.ts";

/** Something that happened, before it has its place in the log. `data` is JSON-safe; characters that JSON in PostgreSQL cannot hold are replaced. */
export interface NewFact {
  /** Past tense, noun first: `call.answered`. */
  readonly type: string;
  readonly v: number;
  readonly at: Millis;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A fact in its place: `stream` is e.g. `call:<id>`, `seq` counts from 1 without gaps within it. */
export interface StoredFact extends NewFact {
  readonly stream: string;
  readonly seq: number;
}

/** Why facts were not taken. Nothing of the append was stored. */
export type FactsRefused =
  | { readonly type: "log-full"; readonly waiting: number }
  | { readonly type: "stream-closed"; readonly stream: string }
  | { readonly type: "fact-too-large"; readonly bytes: number }
  | { readonly type: "journal-failed"; readonly detail: string };

export interface AppendOptions {
  /** These are the last facts of the stream: it no longer counts as open, and takes no more. */
  readonly closes?: boolean;
}

/** Whether facts go straight to the database, or wait in the local journal for it. */
export interface LogHealth {
  readonly mode: "database" | "journal";
  /** Accepted facts that are not in the database yet. */
  readonly waiting: number;
}

export type AppendAnswer = Result<readonly StoredFact[], FactsRefused>;

/** The append-only log. Each stream has exactly one writer: the actor that owns it. */
export interface FactLog {
  /**
   * Appends to one stream, all or nothing. Resolves when durable: committed in PostgreSQL, or, while the database is away
   * or slow, synced to the local journal, from where it goes to the database in order.
   */
  readonly append: (stream: string, facts: readonly NewFact[], options?: AppendOptions) => Promise<AppendAnswer>;
  /** All facts of a stream in order, those that still wait in the journal included. Rejects while the database is away. */
  readonly read: (stream: string) => Promise<readonly StoredFact[]>;
  /** Streams `<kind>:…` that are not closed. Answered from memory. */
  readonly openStreams: (kind: string) => Promise<readonly string[]>;
  /** Tells every accepted fact, in order, right after it became durable. Returns how to stop listening. */
  readonly onAppended: (listen: (fact: StoredFact) => void) => () => void;
}

/** Tables that follow from facts. `apply` runs in the transaction that inserts the fact, exactly once per fact. */
export interface Projection {
  readonly name: string;
  /** Kinds of streams it wants to see, e.g. `["call"]`. */
  readonly kinds: readonly string[];
  readonly apply: (trx: Transaction, fact: StoredFact) => Promise<void>;
  /** The same for all facts of one transaction, in their order, where it is cheaper so. It comes after those that take facts one by one. */
  readonly applyAll?: (trx: Transaction, facts: readonly StoredFact[]) => Promise<void>;
}

export type { Transaction };
