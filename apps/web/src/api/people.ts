// What the settings of users, teams and statuses read, and how they save.
import type { Api, ClientInput, OperationId, Response as Answer } from "@ringdesk/contract/http";
import type { UserId } from "@ringdesk/std";
import type { Result } from "@ringdesk/std";
import { infiniteQueryOptions, queryOptions, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchOrThrow, request, type Failure } from "./client.ts";
import { byCursor, cursorOf } from "./pages.ts";

const settingsKey = ["settings"] as const;
export const accountsQuery = queryOptions({ queryKey: [...settingsKey, "users"], queryFn: ({ signal }) => fetchOrThrow("listAccounts", {}, signal) });
export const permissionSetsQuery = queryOptions({ queryKey: [...settingsKey, "permission-sets"], queryFn: ({ signal }) => fetchOrThrow("listPermissionSets", {}, signal) });
export const teamsQuery = queryOptions({ queryKey: [...settingsKey, "teams"], queryFn: ({ signal }) => fetchOrThrow("listTeams", {}, signal) });
export const subStatusesQuery = queryOptions({ queryKey: [...settingsKey, "statuses"], queryFn: ({ signal }) => fetchOrThrow("listSubStatuses", {}, signal), staleTime: 0 });

const PAGE = 50;
export type AuditFilter = { readonly who: string | null; readonly what: string | null; readonly from: number | null; readonly to: number | null };
export const auditQuery = (filter: AuditFilter) => infiniteQueryOptions({
  queryKey: [...settingsKey, "audit", filter],
  queryFn: ({ signal, pageParam }) => fetchOrThrow("listAuditEntries", { query: {
    limit: PAGE, ...(filter.who === null ? {} : { who: filter.who }), ...(filter.what === null ? {} : { what: filter.what }),
    ...(filter.from === null ? {} : { from: filter.from }), ...(filter.to === null ? {} : { to: filter.to }), ...cursorOf(pageParam),
  } }, signal),
  ...byCursor,
});
export const statusHistoryQuery = (user: UserId) => infiniteQueryOptions({
  queryKey: [...settingsKey, "status-history", user],
  queryFn: ({ signal, pageParam }) => fetchOrThrow("getStatusHistory", { params: { id: user }, query: { limit: PAGE, ...cursorOf(pageParam) } }, signal),
  ...byCursor,
});

/** Sends one change at a time; when it is saved, everything that settings show is read anew. */
export function useSave() {
  const queries = useQueryClient();
  const [pending, setPending] = useState(false);
  const save = async <K extends OperationId>(operation: K, input: ClientInput<Api[K]>): Promise<Result<Answer<Api[K]>, Failure>> => {
    setPending(true);
    const result = await request(operation, input);
    if (result.ok) await Promise.all([settingsKey, ["users"], ["queues"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
    setPending(false);
    return result;
  };
  return { save, pending };
}
