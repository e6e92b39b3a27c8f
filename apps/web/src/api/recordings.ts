// What the settings of recordings read. Kept under the key of all settings, which every saved change reads anew.
import { queryOptions } from "@tanstack/react-query";
import { fetchOrThrow } from "./client.ts";

const WHILE_WAITING_MS = 5_000;
/** No update of this page tells that recordings were moved: while some wait it is looked at again and again. */
export const recordingKeepingQuery = queryOptions({
  queryKey: ["settings", "recordings"], queryFn: ({ signal }) => fetchOrThrow("getRecordingKeeping", {}, signal),
  staleTime: 0, refetchInterval: ({ state }) => ((state.data?.waiting ?? 0) > 0 ? WHILE_WAITING_MS : false),
});
