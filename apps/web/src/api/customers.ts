// What the pages about customers read, by key.
import { API_BASE, type CustomerSort } from "@ringdesk/contract/http";
import type { CustomerId } from "@ringdesk/std";
import { infiniteQueryOptions, queryOptions, useQueryClient } from "@tanstack/react-query";
import { fetchOrThrow } from "./client.ts";
import { byCursor, cursorOf } from "./pages.ts";
import { keys } from "./queries.ts";

const LIST_PAGE = 50;
export type CustomerFilter = { readonly search: string; readonly vip: boolean; readonly tag: string; readonly sort: CustomerSort };

export const customersQuery = ({ search, vip, tag, sort }: CustomerFilter) => infiniteQueryOptions({
  queryKey: [...keys.customers, "list", search, vip, tag, sort],
  queryFn: ({ signal, pageParam }) => fetchOrThrow("listCustomers", { query: {
    limit: LIST_PAGE, sort, ...(search === "" ? {} : { search }), ...(vip ? { vip: true } : {}), ...(tag === "" ? {} : { tag }), ...cursorOf(pageParam),
  } }, signal),
  ...byCursor,
});

const FEW = 8;
/** The first few that are found, to choose one. */
export const fewCustomersQuery = (search: string) => queryOptions({ queryKey: [...keys.customers, "few", search], queryFn: ({ signal }) => fetchOrThrow("listCustomers", { query: { limit: FEW, ...(search === "" ? {} : { search }) } }, signal) });
export const customerFieldsQuery = queryOptions({ queryKey: ["customer-fields"], queryFn: ({ signal }) => fetchOrThrow("listCustomerFields", {}, signal), staleTime: 60_000 });
export const customerTagsQuery = queryOptions({ queryKey: ["customer-tags"], queryFn: ({ signal }) => fetchOrThrow("listCustomerTags", {}, signal) });
export const mergePreviewQuery = (kept: CustomerId, other: CustomerId, take: readonly string[]) => queryOptions({
  queryKey: ["merge-preview", kept, other, ...take],
  queryFn: ({ signal }) => fetchOrThrow("previewMerge", { params: { id: kept }, body: { with: other, take: [...take] } }, signal), staleTime: 0,
});

/** Looks at an import again while it runs. */
const IMPORT_LOOK_MS = 700;
export const importQuery = (id: string) => queryOptions({
  queryKey: ["customer-import", id], queryFn: ({ signal }) => fetchOrThrow("getCustomerImport", { params: { id } }, signal),
  refetchInterval: (query) => (query.state.data?.state === "running" ? IMPORT_LOOK_MS : false),
});

export const importReportUrl = (id: string): string => `${API_BASE}/customer-imports/${encodeURIComponent(id)}/report`;
export function exportUrl({ search, vip, tag }: CustomerFilter): string {
  const query = new URLSearchParams({ ...(search === "" ? {} : { search }), ...(vip ? { vip: "true" } : {}), ...(tag === "" ? {} : { tag }) }).toString();
  return `${API_BASE}/customer-export${query === "" ? "" : `?${query}`}`;
}

/** What a page does after a customer has changed: everything that may show it is read anew. */
export function useCustomersChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([keys.customers, keys.conversations, keys.timelines, customerTagsQuery.queryKey].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
}

