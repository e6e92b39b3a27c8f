// Who sees and changes which search, and which changes of a conversation can change what it finds. Pure.
import type { QueueId, SearchId } from "@ringdesk/std";
import { fieldOf, isGroup, type Criteria } from "@ringdesk/contract/criteria";
import { usualSort, type Search } from "@ringdesk/contract/http";
import type { SearchFixed } from "./searches.errors.ts";
import type { SavedSearch, Searcher } from "./searches.ports.ts";

/** Of one user, and shared ones of the whole organisation. */
export const MAX_SEARCHES = 200;

export const isVisible = (search: SavedSearch, who: Pick<Searcher, "id">): boolean => search.shared || search.ownerId === who.id;

/** Why `who` may not change the search; null when they may. */
export function fixedFor(search: Pick<SavedSearch, "isStandard" | "shared" | "ownerId">, who: Searcher): SearchFixed | null {
  if (search.isStandard) return { type: "search-fixed", why: "standard" };
  const may = search.shared ? who.permissions.includes("manage-searches") : search.ownerId === who.id;
  return may ? null : { type: "search-fixed", why: "permission" };
}

/** A search as `who` sees it. */
export const viewOf = (search: SavedSearch, who: Searcher): Search => ({
  id: search.id, name: search.name, criteria: search.criteria, sort: search.sort, columns: [...search.columns], shared: search.shared,
  ownerId: search.ownerId, isStandard: search.isStandard, mayChange: fixedFor(search, who) === null,
});

/** The standard one, then shared ones, then one's own, by name. */
export function bySection(a: SavedSearch, b: SavedSearch): number {
  const section = (search: SavedSearch): number => (search.isStandard ? 0 : search.shared ? 1 : 2);
  return section(a) - section(b) || a.name.localeCompare(b.name);
}

/** What a conversation or its customer has been given anew. */
export type Touched = "conversation" | "activity" | "customer";

/** Whether a search can find more or fewer once that has changed. */
export function isTouched(criteria: Criteria, touched: Touched): boolean {
  if (touched === "conversation" && criteria.items.length === 0) return true;
  return criteria.items.some((item) => {
    if (isGroup(item)) return isTouched(item, touched);
    if (touched === "activity") return item.field === "conversation.lastActivityAt";
    // A new conversation comes with its customer, whatever is asked about them.
    return touched === "conversation" || item.field.startsWith("customer.");
  });
}

/** Whether it finds more or fewer by the passing of time alone. */
export const agesByItself = (criteria: Criteria): boolean =>
  criteria.items.some((item) => (isGroup(item) ? agesByItself(item) : fieldOf(item.field)?.kind === "instant" && item.operator.endsWith("within-last")));

export const STANDARD_SEARCH_ID = "default-queue-calls" as SearchId;

/** CRM-4: there from the start, so that calls in the default queue can be assigned by hand (QUE-5). */
export const standardSearch = (defaultQueue: QueueId): Omit<SavedSearch, "createdAt"> => ({
  id: STANDARD_SEARCH_ID, name: "Calls in the default queue",
  criteria: { match: "all", items: [{ field: "conversation.queue", operator: "is", value: defaultQueue }, { field: "conversation.channel", operator: "is", value: "voice" }] },
  sort: usualSort, columns: ["customer", "number", "supportNumber", "status", "assignedTo", "lastActivityAt"], ownerId: null, shared: true, isStandard: true,
});
