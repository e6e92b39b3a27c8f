// Live counts of searches: recounted when something changed that they ask about, and only while somebody looks.
import { forUser, mentionsMe, type Criteria } from "@ringdesk/contract/criteria";
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
  /** By search, or by search and user where it means something else for each. */
  const known = new Map<string, number>();
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
    const searches = deps.searches().filter((search) => due.has(search.id) && isWatched(search)).map((search) => ({ search, anyway: due.get(search.id) === true }));
    due.clear();
    const news = new Map<UserId, Record<string, number>>();
    try {
      for (const { search, anyway } of searches) await countOne({ deps, known }, search, { anyway, viewers: [...watchers.keys()].filter((id) => isVisible(search, { id })), news });
    } catch (error) {
      deps.failed(error); // the next change counts again
    }
    running = false;
    for (const [user, counts] of news) if (watchers.has(user)) deps.publish(user, counts);
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

type Counting = { readonly anyway: boolean; readonly viewers: readonly UserId[]; readonly news: Map<UserId, Record<string, number>> };

/** Counts what one search finds, for each viewer where it means something else for each, and notes whom to tell. */
async function countOne({ deps, known }: { readonly deps: SearchCountsDeps; readonly known: Map<string, number> }, { id, criteria }: SavedSearch, { anyway, viewers, news }: Counting): Promise<void> {
  const isPersonal = mentionsMe(criteria);
  for (const group of isPersonal ? viewers.map((user) => [user]) : [viewers]) {
    const [first] = group;
    if (first === undefined) continue;
    const key = isPersonal ? `${id} ${first}` : id;
    const count = await deps.count(forUser(criteria, first));
    const isNews = anyway || known.get(key) !== count;
    known.set(key, count);
    if (isNews) for (const user of group) news.set(user, { ...news.get(user), [id]: count });
  }
}
