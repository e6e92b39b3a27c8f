import type { Desk, Handset, LiveView, QueueLine } from "@ringdesk/contract/http";
import type { CallLevels, LiveTopic, LiveUpdate } from "@ringdesk/contract/live";
import type { CustomerId, UserId } from "@ringdesk/std";

/** Fan-out to browsers. Every function returns at once and never fails. */
export interface Live {
  readonly publishTo: (user: UserId, update: LiveUpdate) => void;
  /** State goes out by turns: who has not been told of the last is told the latest. */
  readonly publishAll: (update: LiveUpdate) => void;
  /** To the pages that watch this customer. */
  readonly publishCustomer: (customer: CustomerId, update: LiveUpdate) => void;
  /** To the pages that show it. */
  readonly publishTopic: (topic: LiveTopic, update: LiveUpdate) => void;
  /** To the pages that show it, a few at a time, for what makes each of them ask the server. */
  readonly publishTopicByTurns: (topic: LiveTopic, update: LiveUpdate) => void;
  /** Whether a page shows it now. */
  readonly isWatched: (topic: LiveTopic) => boolean;
  /** To the pages of this user that show levels; left out for one that is behind with reading. */
  readonly publishLevels: (user: UserId, levels: CallLevels) => void;
  /** To the page of this handset. */
  readonly publishHandset: (handset: string, state: Handset) => void;
}

/** What a browser is told when it connects. */
export interface LiveProviders {
  readonly deskOf: (user: UserId) => Desk;
  readonly queueLines: () => readonly QueueLine[];
  readonly callsWaiting: () => number;
  readonly liveView: () => LiveView;
  /** Whether this user may see the live view (ORG-2). */
  readonly mayWatchLiveView: (user: UserId) => boolean;
  /** Null when there is no such handset. */
  readonly handsetOf: (handset: string) => Handset | null;
}

/** Who is there. `tab` tells the tabs of one user apart. A desktop closes when its socket closes or falls silent. */
export interface Presence {
  readonly desktopOpened: (user: UserId, tab: string) => void;
  readonly desktopClosed: (user: UserId, tab: string) => void;
  readonly handsetOpened: (handset: string, tab: string) => void;
  readonly handsetClosed: (handset: string, tab: string) => void;
  /** A page shows the counts of searches. */
  readonly searchesOpened: (user: UserId) => void;
  readonly searchesClosed: (user: UserId) => void;
  /** A page shows how loud agent and customer are. */
  readonly levelsOpened: (user: UserId) => void;
  readonly levelsClosed: (user: UserId) => void;
}
