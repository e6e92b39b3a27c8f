// What routing offers: queues, offers and desks.
import type { CallId, OfferId, QueueId, Result, UserId } from "@ringdesk/std";
import type { AgentStatus, Desk, QueueLine } from "@ringdesk/contract/http";
import type { CallError } from "../calls/index.ts";

/** A queue with its settings. */
export type Queue = { readonly id: QueueId; readonly name: string; readonly displayName: string; readonly isDefault: boolean; readonly voiceEnabled: boolean };
export type RoutingSettings = { /** QUE-4, milliseconds. */ readonly unansweredTimeoutMs: number };

/** The queues, in memory. */
export interface Queues {
  readonly all: () => readonly Queue[];
  readonly byId: (id: QueueId) => Queue | null;
  /** Every organisation has one; null before the first start. */
  readonly standard: () => Queue | null;
  readonly isVoiceQueue: (id: QueueId) => boolean;
  readonly settings: () => RoutingSettings;
}

export type OfferError =
  | CallError
  /** It was answered, declined, missed or withdrawn before, or it rings for somebody else. */
  | { readonly type: "offer-gone"; readonly offer: OfferId };
export type StatusError = { readonly type: "status-denied"; readonly why: string };

export interface Routing {
  readonly accept: (offer: OfferId, user: UserId) => Promise<Result<CallId, OfferError>>;
  readonly decline: (offer: OfferId, user: UserId) => Result<void, OfferError>;
  readonly setStatus: (user: UserId, status: AgentStatus) => Result<Desk, StatusError>;
  readonly deskOf: (user: UserId) => Desk;
  readonly queueLines: () => readonly QueueLine[];
}

/** Where changes of desks and queues go: the live room. */
export interface DeskPublisher {
  readonly desk: (user: UserId, desk: Desk) => void;
  readonly queues: (lines: readonly QueueLine[]) => void;
}

/** CAP-1: whether open conversations fill this agent's voice capacity, and one of them, once it is known with whom. */
export type VoiceCapacity = {
  readonly isFull: (user: UserId) => boolean;
  readonly openOf: (user: UserId) => OpenConversation | null;
  readonly onChanged: (listen: (user: UserId) => void) => () => void;
};
export type OpenConversation = NonNullable<Desk["status"]["openConversation"]>;
