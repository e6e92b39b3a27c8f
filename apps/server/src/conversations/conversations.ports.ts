// Conversations and the timeline of a customer.
import type { ConversationId, CustomerId, E164, Millis, QueueId, Result, UserId } from "@ringdesk/std";
import type { Conversation, ConversationStatus, TimelineEntry } from "@ringdesk/contract/http";
import type { Transaction } from "../facts/index.ts";
import type { CursorInvalid, CustomerMissing, StoreAway } from "../customers/index.ts";
import type { Channel, ChannelLoad } from "./capacity.rules.ts";
import type { Face } from "./conversation.pg.ts";

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

/** What agents have open, in memory: routing asks at every offer. */
export interface Load {
  /** Open conversations assigned to this agent, by channel; nothing when nobody has heard of them. */
  readonly of: (user: UserId) => ChannelLoad;
  /** One of their open voice conversations; null when there is none, or it is not yet known with whom. */
  readonly openVoiceOf: (user: UserId) => Face | null;
  /** Returns how to stop listening. */
  readonly onChanged: (listen: (user: UserId) => void) => () => void;
}

/** An open conversation that nobody has: it waits in its queue to be routed. A call that waits is not among them. */
export type WaitingConversation = {
  readonly conversationId: ConversationId; readonly customerId: CustomerId; readonly queueId: QueueId; readonly channel: Channel;
  readonly priority: number; readonly since: Millis;
};
export type WaitingChange = { readonly type: "waiting"; readonly conversation: WaitingConversation } | { readonly type: "gone"; readonly id: ConversationId };

/** What waits to be routed, in memory; the same after a restart. */
export interface WaitingConversations {
  readonly all: () => readonly WaitingConversation[];
  /** `waiting` again for the same conversation when its queue or priority has changed. Returns how to stop listening. */
  readonly onChanged: (listen: (change: WaitingChange) => void) => () => void;
}
