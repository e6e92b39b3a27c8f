// What the page of searches reads and changes.
import type { Criteria } from "@ringdesk/contract/criteria";
import type { SearchSort } from "@ringdesk/contract/http";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { fetchOrThrow } from "./client.ts";
import { byCursor, cursorOf } from "./pages.ts";
import { keys } from "./queries.ts";

const RESULT_PAGE = 50;

export const searchesQuery = queryOptions({ queryKey: keys.searches, queryFn: ({ signal }) => fetchOrThrow("listSearches", {}, signal) });
export const searchChoicesQuery = queryOptions({ queryKey: ["search-choices"], queryFn: ({ signal }) => fetchOrThrow("getSearchChoices", {}, signal), staleTime: 60_000 });

/** What criteria find, saved or not. */
export const searchResultsQuery = (criteria: Criteria, sort: SearchSort) => infiniteQueryOptions({
  queryKey: [...keys.searchResults, criteria, sort],
  queryFn: ({ signal, pageParam }) => fetchOrThrow("previewSearch", { body: { criteria, sort, limit: RESULT_PAGE, ...cursorOf(pageParam) } }, signal),
  ...byCursor,
  placeholderData: keepPreviousData,
});
