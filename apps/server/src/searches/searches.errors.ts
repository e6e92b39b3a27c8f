import type { SearchId } from "@ringdesk/std";
import type { CursorInvalid, StoreAway } from "../customers/index.ts";

export type SearchMissing = { readonly type: "search-missing"; readonly id: SearchId };
/** Somebody else's, shared without the permission to manage searches, or one that came with Ringdesk. */
export type SearchFixed = { readonly type: "search-fixed"; readonly why: "standard" | "permission" };
export type NameTaken = { readonly type: "search-name-taken" };
export type TooManySearches = { readonly type: "too-many-searches" };
/** More than can be changed at once. */
export type TooManyResults = { readonly type: "too-many-results" };
/** It was undone before, or its time is over, or it was somebody else's. */
export type UndoGone = { readonly type: "undo-gone" };
export type BulkRunning = { readonly type: "bulk-running" };
export type SearchError = SearchMissing | SearchFixed | NameTaken | TooManySearches | TooManyResults | BulkRunning | UndoGone | CursorInvalid | StoreAway;
