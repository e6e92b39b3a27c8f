// Conversations and the timeline of a customer.
import type { ConversationId, CustomerId, E164, Result, UserId } from "@ringdesk/std";
import type { Conversation, ConversationStatus, TimelineEntry } from "@ringdesk/contract/http";
import type { Transaction } from "../facts/index.ts";
import type { CursorInvalid, CustomerMissing, StoreAway } from "../customers/index.ts";

export type TimelinePage = { readonly items: readonly TimelineEntry[]; readonly nextCursor: string | null };

/** Everything that happened with a customer, newest first (CRM-3). */
export interface Timeline {
  /** Puts in or replaces the entry with this id, inside the transaction that stores its cause; tells whoever watches. */
  readonly put: (trx: Transaction, customer: CustomerId, entry: TimelineEntry) => Promise<void>;
  readonly page: (customer: CustomerId, cursor: string | undefined, limit: number) => Promise<Result<TimelinePage, CursorInvalid | StoreAway>>;
}

export type ConversationMissing = { readonly type: "conversation-missing"; readonly id: ConversationId };
/** A conversation with whom it is, as lists show it. */
export type ConversationLine = Conversation & { readonly customerName: string | null; readonly customerNumber: E164 | null };
export type ConversationQuery = {
  readonly status?: ConversationStatus | undefined;
  readonly assignedTo?: UserId | undefined;
  readonly customerId?: CustomerId | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
};
export type ConversationPage = { readonly items: readonly ConversationLine[]; readonly nextCursor: string | null };
/** Who did it, as the timeline shows it. */
export type Actor = { readonly id: UserId; readonly name: string };

export interface Conversations {
  readonly list: (query: ConversationQuery) => Promise<Result<ConversationPage, CursorInvalid | StoreAway>>;
  /** Marking done what is done already changes nothing and is no error; the same with reopening. */
  readonly markDone: (id: ConversationId, by: Actor) => Promise<Result<Conversation, ConversationMissing | StoreAway>>;
  readonly reopen: (id: ConversationId, by: Actor) => Promise<Result<Conversation, ConversationMissing | StoreAway>>;
  readonly addNote: (customer: CustomerId, by: Actor, text: string) => Promise<Result<TimelineEntry, CustomerMissing | StoreAway>>;
}

/** Told of every entry that was put on a timeline. Main connects it to the live room. */
export type TimelineListener = (customer: CustomerId, entry: TimelineEntry) => void;
