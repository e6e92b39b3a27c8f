// Conversations, what they weigh on agents, and the timeline of a customer.
import type { ConversationId, CustomerId, E164, Millis, QueueId, Result, TeamId, UserId } from "@ringdesk/std";
import type { Conversation, ConversationLine, ConversationStatus, NewConversation, SkillWish, TimelineEntry } from "@ringdesk/contract/http";
import type { Transaction } from "../facts/index.ts";
import type { CursorInvalid, CustomerMissing, CustomerTraits, StoreAway } from "../customers/index.ts";
import type { Channel, ChannelLoad } from "./capacity.rules.ts";
import type { ConversationBefore } from "./conversation.machine.ts";
import type { ConversationChanged, ConversationMissing, ConversationRefused, FieldInvalid } from "./conversations.errors.ts";

export type TimelinePage = { readonly items: readonly TimelineEntry[]; readonly nextCursor: string | null };

/** Everything that happened with a customer, newest first (CRM-3). */
export interface Timeline {
  /** Puts in or replaces the entry with this id, inside the transaction that stores its cause; tells whoever watches. */
  readonly put: (trx: Transaction, customer: CustomerId, entry: TimelineEntry) => Promise<void>;
  readonly page: (customer: CustomerId, cursor: string | undefined, limit: number) => Promise<Result<TimelinePage, CursorInvalid | StoreAway>>;
}

export type ConversationQuery = {
  readonly status?: ConversationStatus | undefined;
  readonly channel?: Channel | undefined;
  readonly queueId?: QueueId | undefined;
  readonly teamId?: TeamId | undefined;
  readonly assignedTo?: UserId | undefined;
  /** Only what nobody has. */
  readonly unassigned?: boolean | undefined;
  readonly customerId?: CustomerId | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
};
export type ConversationPage = { readonly items: readonly ConversationLine[]; readonly nextCursor: string | null };
/** Who did it, as the timeline shows it. */
export type Actor = { readonly id: UserId; readonly name: string };

/** What somebody does with a conversation. What is undefined stays as it is. */
export type ConversationCommand =
  | { readonly do: "done" }
  /** It stays with whom it is assigned to, goes to `by` when asked to, and is routed in its queue otherwise (CAP-2, RTE-7). */
  | { readonly do: "reopen"; readonly assignToMe: boolean }
  | { readonly do: "snooze"; readonly until: Millis }
  /** By hand, also over capacity (CAP-2). */
  | { readonly do: "assign"; readonly userId?: UserId | null | undefined; readonly teamId?: TeamId | null | undefined }
  | { readonly do: "transfer"; readonly queueId: QueueId }
  /** Undoes a change: everything is as it was before. Refused when somebody or something of that is not there any more. */
  | { readonly do: "restore"; readonly before: ConversationBefore }
  | { readonly do: "describe"; readonly tags?: readonly string[] | undefined; readonly language?: string | null | undefined };
export type ChangeError = ConversationMissing | ConversationChanged | ConversationRefused | FieldInvalid | StoreAway;

/** A conversation after a change, and before it. */
export type Kept = { readonly now: Conversation; readonly before: ConversationBefore | null };

export interface Conversations {
  readonly list: (query: ConversationQuery) => Promise<Result<ConversationPage, CursorInvalid | StoreAway>>;
  readonly get: (id: ConversationId) => Promise<Result<ConversationLine, ConversationMissing | StoreAway>>;
  /** A conversation that comes in with its first message. It is routed at once. */
  readonly create: (made: NewConversation) => Promise<Result<Conversation, FieldInvalid | StoreAway>>;
  /** What changes nothing, like marking done what is done, is no error. With a version it is refused when the conversation has another. */
  readonly change: (id: ConversationId, command: ConversationCommand, by: Actor, version?: number) => Promise<Result<Conversation, ChangeError>>;
  /** The same, with what it takes to undo it; null when nothing has changed. */
  readonly changeKeeping: (id: ConversationId, command: ConversationCommand, by: Actor, version?: number) => Promise<Result<Kept, ChangeError>>;
  /** Routing gives a waiting conversation to an agent. Refused when it does not wait any more. */
  readonly take: (id: ConversationId, user: UserId) => Promise<Result<Conversation, ConversationMissing | ConversationRefused | StoreAway>>;
  /** `by` null: it came from the customer. */
  readonly addMessage: (id: ConversationId, by: Actor | null, text: string) => Promise<Result<TimelineEntry, ConversationMissing | ConversationRefused | StoreAway>>;
  readonly addNote: (customer: CustomerId, by: Actor, text: string) => Promise<Result<TimelineEntry, CustomerMissing | StoreAway>>;
  readonly addNoteTo: (id: ConversationId, by: Actor, text: string) => Promise<Result<TimelineEntry, ConversationMissing | StoreAway>>;
}

/** Who a conversation is with, as far as rules may ask. */
export type RuledCustomer = CustomerTraits & { readonly name: string | null };
/** What rules may ask about a conversation that names no queue. */
type Unplaced = {
  readonly channel: Channel; readonly supportNumber: E164 | null;
  /** The number it came from, if it came from one. */
  readonly from: E164 | null;
  /** Null: nobody knows. */
  readonly customer: RuledCustomer | null;
  readonly conversation: { readonly language: string | null; readonly tags: readonly string[] };
};

/** What conversations need to know of rooms below: given by the composition root. Answered from memory. */
export interface ConversationSurroundings {
  /** The name of a user who works here; null for others. */
  readonly userName: (id: UserId) => string | null;
  readonly teamName: (id: TeamId) => string | null;
  /** `takes`: the channels that may wait in it. */
  readonly queue: (id: QueueId) => { readonly name: string; readonly priority: number; readonly takes: (channel: Channel) => boolean } | null;
  /** Where what names no queue waits: by rules, else the default queue (RTE-6). With what the rule asks for (QUE-6). Null before the first start. */
  readonly route: (incoming: Unplaced) => { readonly queueId: QueueId; readonly skills: readonly SkillWish[] } | null;
  readonly readNumber: (text: string) => E164 | null;
}

/** Told of every entry that was put on a timeline. Main connects it to the live room. */
export type TimelineListener = (customer: CustomerId, entry: TimelineEntry) => void;

/** A conversation with whom it is. */
export type Face = { readonly id: ConversationId; readonly customerId: CustomerId; readonly customerName: string | null; readonly customerNumber: E164 | null };

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
  readonly priority: number; readonly skills: readonly SkillWish[]; readonly since: Millis;
};
export type WaitingChange = { readonly type: "waiting"; readonly conversation: WaitingConversation } | { readonly type: "gone"; readonly id: ConversationId };

/** What waits to be routed, in memory; the same after a restart. */
export interface WaitingConversations {
  readonly all: () => readonly WaitingConversation[];
  /** `waiting` again for the same conversation when its queue or priority has changed. Returns how to stop listening. */
  readonly onChanged: (listen: (change: WaitingChange) => void) => () => void;
}
