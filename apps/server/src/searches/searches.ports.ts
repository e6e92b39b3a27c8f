// Searches over conversations: saved, counted live, carried out on many conversations, exported.
import type { ConversationId, Millis, Result, SearchId, UserId } from "@ringdesk/std";
import type { Criteria } from "@ringdesk/contract/criteria";
import type { BulkChange, BulkTarget, ConversationLine, Permission, Search, SearchColumn, SearchCounts, SearchSort } from "@ringdesk/contract/http";
import type { Conversations } from "../conversations/index.ts";
import type { CursorInvalid, StoreAway } from "../customers/index.ts";
import type { BulkRunning, NameTaken, SearchFixed, SearchMissing, TooManyResults, TooManySearches, UndoGone } from "./searches.errors.ts";

/** A search as it is kept. */
export type SavedSearch = {
  readonly id: SearchId; readonly name: string; readonly criteria: Criteria; readonly sort: SearchSort; readonly columns: readonly SearchColumn[];
  readonly ownerId: UserId | null; readonly shared: boolean; readonly isStandard: boolean; readonly createdAt: Millis;
};
export type NewSearch = Pick<SavedSearch, "name" | "criteria" | "sort" | "columns" | "shared">;
export type SearchChange = { readonly [K in keyof NewSearch]?: NewSearch[K] | undefined };

/** Who asks. */
export type Searcher = { readonly id: UserId; readonly name: string; readonly permissions: readonly Permission[] };
export type ResultPage = { readonly items: readonly ConversationLine[]; readonly nextCursor: string | null };
export type Paging = { readonly cursor?: string | undefined; readonly limit: number };

export interface Searches {
  /** Shared ones and the searcher's own, the standard one first. */
  readonly list: (who: Searcher) => readonly Search[];
  readonly counts: (who: Searcher) => Promise<Result<SearchCounts, StoreAway>>;
  readonly create: (who: Searcher, search: NewSearch) => Promise<Result<Search, SearchFixed | NameTaken | TooManySearches | StoreAway>>;
  readonly change: (who: Searcher, id: SearchId, change: SearchChange) => Promise<Result<Search, SearchMissing | SearchFixed | NameTaken | TooManySearches | StoreAway>>;
  readonly remove: (who: Searcher, id: SearchId) => Promise<Result<void, SearchMissing | SearchFixed | StoreAway>>;
  readonly run: (who: Searcher, id: SearchId, paging: Paging) => Promise<Result<ResultPage, SearchMissing | CursorInvalid | StoreAway>>;
  /** `count` is null on later pages. */
  readonly preview: (who: Searcher, criteria: Criteria, sort: SearchSort, paging: Paging) => Promise<Result<ResultPage & { readonly count: number | null }, CursorInvalid | StoreAway>>;
  readonly find: (who: Searcher, id: SearchId) => Result<SavedSearch, SearchMissing>;
  readonly recentTags: () => Promise<Result<readonly string[], StoreAway>>;
}

export type BulkOutcome = { readonly changed: number; readonly failed: readonly { readonly id: ConversationId; readonly reason: string }[] };
/** By which the last change can be undone, and how long. */
export type UndoTicket = { readonly id: string; readonly until: Millis };
export interface Bulk {
  readonly run: (who: Searcher, change: BulkChange, target: BulkTarget) => Promise<Result<BulkOutcome & { readonly undo: UndoTicket | null }, TooManyResults | BulkRunning | StoreAway>>;
  /** Puts back what has not been changed since; the others fail, each with what has become of it. */
  readonly undo: (who: Searcher, id: string) => Promise<Result<BulkOutcome, UndoGone | BulkRunning>>;
}

/** What conversations offer to a change of many. */
export type ConversationDesk = Pick<Conversations, "get" | "change" | "changeKeeping">;
