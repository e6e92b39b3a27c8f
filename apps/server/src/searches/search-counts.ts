// Live counts of searches: recounted when something changed that they ask about, and only while somebody looks.
import type { Criteria } from "@ringdesk/contract/criteria";
import type { SearchCounts } from "@ringdesk/contract/http";
import { addMs, type SearchId, type UserId } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import { agesByItself, isTouched, isVisible, type Touched } from "./search.rules.ts";
import type { SavedSearch } from "./searches.ports.ts";

/** Changes within this time are one recount. */
export const RECOUNT_MS = 1_000;
/** How often searches are recounted that find less by the passing of time alone. */
export const AGEING_MS = 60_000;

export type SearchCountsDeps = {
  readonly clock: Clock;
  readonly searches: () => readonly SavedSearch[];
  readonly count: (criteria: Criteria) => Promise<number>;
  readonly publish: (user: UserId, counts: SearchCounts) => void;
  readonly failed: (error: unknown) => void;
};
export type SearchCountsService = {
  /** A page with the counts was opened or closed. */
  readonly watched: (user: UserId) => void;
  readonly unwatched: (user: UserId) => void;
  /** Returns at once. */
  readonly touched: (what: Touched) => void;
  /** A search was saved, changed or deleted. */
  readonly searchesChanged: () => void;
  readonly stop: () => void;
};

/** Never two recounts at a time, at most one a second; nobody watching, no work. */
export function createSearchCounts(deps: SearchCountsDeps): SearchCountsService {
  const { clock } = deps;
  const watchers = new Map<UserId, number>();
  const known = new Map<SearchId, number>();
  /** True: told also when as many are found as before, since what is found may have changed. */
  const due = new Map<SearchId, boolean>();
  let cancel: (() => void) | null = null;
  let cancelAgeing: (() => void) | null = null;
  let running = false;

  const isWatched = (search: SavedSearch): boolean => [...watchers.keys()].some((id) => isVisible(search, { id }));
  const mark = (which: (search: SavedSearch) => boolean, tellAnyway: boolean): void => {
    if (watchers.size === 0) return;
    for (const search of deps.searches()) if (which(search) && isWatched(search)) due.set(search.id, tellAnyway || due.get(search.id) === true);
    plan();
  };
  function plan(): void {
    if (due.size === 0 || running || cancel !== null) return;
    cancel = clock.at(addMs(clock.now(), RECOUNT_MS), () => { cancel = null; void recount(); });
  }
  async function recount(): Promise<void> {
    running = true;
    const searches = deps.searches().flatMap((search) => (due.has(search.id) && isWatched(search) ? [{ search, anyway: due.get(search.id) === true }] : []));
    due.clear();
    const changed: SavedSearch[] = [];
    try {
      for (const { search, anyway } of searches) {
        const count = await deps.count(search.criteria);
        if (anyway || known.get(search.id) !== count) changed.push(search);
        known.set(search.id, count);
      }
    } catch (error) {
      deps.failed(error); // the next change counts again
    }
    running = false;
    for (const user of watchers.keys()) {
      const theirs = changed.filter((search) => isVisible(search, { id: user }));
      if (theirs.length > 0) deps.publish(user, Object.fromEntries(theirs.map((search) => [search.id, known.get(search.id) ?? 0])));
    }
    plan();
  }
  function age(): void {
    cancelAgeing = watchers.size === 0 ? null : clock.at(addMs(clock.now(), AGEING_MS), () => { mark((search) => agesByItself(search.criteria), false); age(); });
  }
  return {
    watched: (user) => {
      watchers.set(user, (watchers.get(user) ?? 0) + 1);
      known.clear(); // the page has read counts of its own, which may differ from what was published last
      mark(() => true, false);
      if (cancelAgeing === null) age();
    },
    unwatched: (user) => {
      const left = (watchers.get(user) ?? 1) - 1;
      if (left > 0) watchers.set(user, left);
      else watchers.delete(user);
      if (watchers.size === 0) stopAll();
    },
    touched: (what) => mark((search) => isTouched(search.criteria, what), what !== "activity"),
    searchesChanged: () => { known.clear(); mark(() => true, false); },
    stop: stopAll,
  };
  function stopAll(): void {
    cancel?.();
    cancelAgeing?.();
    cancel = cancelAgeing = null;
    due.clear();
    known.clear();
  }
}

