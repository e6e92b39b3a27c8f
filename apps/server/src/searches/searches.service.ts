import { forUser } from "@ringdesk/contract/criteria";
import { err, ok, type Result, type SearchId } from "@ringdesk/std";
import { storableText, cutPage, readCursor } from "../customers/index.ts";
import { newId, type Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import { reach, unlessTaken, type Database, type StoreAway } from "../platform/index.ts";
import { countResults, placeOf, selectRecentTags, selectResults } from "./search-results.pg.ts";
import { deleteSearch, insertSearch, selectSearches, updateSearch } from "./search.pg.ts";
import { bySection, fixedFor, isVisible, MAX_SEARCHES, viewOf } from "./search.rules.ts";
import type { NameTaken, SearchMissing } from "./searches.errors.ts";
import type { NewSearch, Paging, ResultPage, SavedSearch, Searcher, Searches } from "./searches.ports.ts";

export type SearchesDeps = {
  readonly db: Database; readonly clock: Clock; readonly audit: Audit;
  /** Told when a search was saved, changed or deleted. */
  readonly changed: () => void;
};
export type SearchesService = Searches & {
  readonly all: () => readonly SavedSearch[];
  /** Reads all searches anew, e.g. after the first start. Rejects while the database is away. */
  readonly reload: () => Promise<void>;
};

/** Saved searches are kept in memory: there are few, and every change of a conversation asks which of them it touches. */
export async function createSearches(deps: SearchesDeps): Promise<SearchesService> {
  const { db, clock } = deps;
  const shelf = createShelf();
  const reload = async (): Promise<void> => shelf.keep(await selectSearches(db));
  await reload();
  const { all, find } = shelf;

  const page = async (who: Searcher, search: Pick<SavedSearch, "criteria" | "sort">, { cursor, limit }: Paging) => {
    const after = readCursor(cursor);
    if (!after.ok) return after;
    const listed = await reach(() => selectResults(db, forUser(search.criteria, who.id), search.sort, { now: clock.now(), after: after.value, limit: limit + 1 }));
    if (!listed.ok) return listed;
    const cut = cutPage(listed.value, limit, (row) => placeOf(row, search.sort));
    return ok<ResultPage>({ items: cut.rows, nextCursor: cut.nextCursor });
  };

  return {
    ...createChanges(deps, shelf),
    all, find, reload,
    list: (who) => all().filter((search) => isVisible(search, who)).sort(bySection).map((search) => viewOf(search, who)),
    counts: (who) => reach(async () => {
      const counts: Record<string, number> = {};
      for (const search of all()) if (isVisible(search, who)) counts[search.id] = await countResults(db, forUser(search.criteria, who.id), clock.now());
      return counts;
    }),
    run: async (who, id, paging) => {
      const found = find(who, id);
      return found.ok ? page(who, found.value, paging) : found;
    },
    preview: async (who, criteria, sort, paging) => {
      const found = await page(who, { criteria, sort }, paging);
      if (!found.ok || paging.cursor !== undefined) return found.ok ? ok({ ...found.value, count: null }) : found;
      const count = await reach(() => countResults(db, forUser(criteria, who.id), clock.now()));
      return count.ok ? ok({ ...found.value, count: count.value }) : count;
    },
    recentTags: () => reach(() => selectRecentTags(db)),
  };
}

type Shelf = ReturnType<typeof createShelf>;
function createShelf() {
  let saved: ReadonlyMap<SearchId, SavedSearch> = new Map();
  const all = (): readonly SavedSearch[] => [...saved.values()];
  return {
    all,
    keep: (searches: Iterable<SavedSearch>): void => { saved = new Map([...searches].map((search) => [search.id, search])); },
    find: (who: Searcher, id: SearchId): Result<SavedSearch, SearchMissing> => {
      const search = saved.get(id);
      return search === undefined || !isVisible(search, who) ? err({ type: "search-missing", id }) : ok(search);
    },
    isFullFor: (search: SavedSearch): boolean =>
      all().filter((each) => each.id !== search.id && each.shared === search.shared && (search.shared || each.ownerId === search.ownerId)).length >= MAX_SEARCHES,
  };
}

function createChanges({ db, clock, audit, changed }: SearchesDeps, shelf: Shelf): Pick<Searches, "create" | "change" | "remove"> {
  return {
    create: async (who, given) => {
      const search: SavedSearch = { ...given, name: storableText(given.name), id: newId<SearchId>(), ownerId: who.id, isStandard: false, createdAt: clock.now() };
      const fixed = fixedFor(search, who);
      if (fixed !== null) return err(fixed);
      if (shelf.isFullFor(search)) return err({ type: "too-many-searches" });
      const stored = await store(() => insertSearch(db, search));
      if (!stored.ok) return stored;
      shelf.keep([...shelf.all(), search]);
      changed();
      if (search.shared) await audit.record(who.id, "search.shared", null, auditOf(search));
      return ok(viewOf(search, who));
    },
    change: async (who, id, change) => {
      const found = shelf.find(who, id);
      if (!found.ok) return found;
      const before = found.value;
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<NewSearch>;
      const next: SavedSearch = { ...before, ...given, name: storableText(given.name ?? before.name) };
      const fixed = fixedFor(before, who) ?? fixedFor(next, who);
      if (fixed !== null) return err(fixed);
      if (next.shared !== before.shared && shelf.isFullFor(next)) return err({ type: "too-many-searches" });
      const stored = await store(() => updateSearch(db, next));
      if (!stored.ok) return stored;
      shelf.keep(shelf.all().map((search) => (search.id === id ? next : search)));
      changed();
      if (before.shared || next.shared) await audit.record(who.id, "search.changed", auditOf(before), auditOf(next));
      return ok(viewOf(next, who));
    },
    remove: async (who, id) => {
      const found = shelf.find(who, id);
      if (!found.ok) return found;
      const fixed = fixedFor(found.value, who);
      if (fixed !== null) return err(fixed);
      const gone = await reach(() => deleteSearch(db, id));
      if (!gone.ok) return gone;
      shelf.keep(shelf.all().filter((search) => search.id !== id));
      changed();
      if (found.value.shared) await audit.record(who.id, "search.deleted", auditOf(found.value), null);
      return ok(undefined);
    },
  };
}

const auditOf = ({ name, criteria, sort, columns, shared }: SavedSearch) => ({ name, criteria, sort, columns, shared });

async function store(write: () => Promise<void>): Promise<Result<void, NameTaken | StoreAway>> {
  const stored = await reach(() => unlessTaken({ type: "search-name-taken" }, write));
  return stored.ok ? stored.value : stored;
}
