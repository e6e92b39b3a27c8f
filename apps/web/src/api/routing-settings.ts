// What the settings of routing read. They are kept under the key of all settings, which every saved change reads anew.
import { queryOptions } from "@tanstack/react-query";
import { fetchOrThrow } from "./client.ts";

export const queueSettingsQuery = queryOptions({ queryKey: ["settings", "queues"], queryFn: ({ signal }) => fetchOrThrow("listQueueSettings", {}, signal) });
export const queueRulesQuery = queryOptions({ queryKey: ["settings", "queue-rules"], queryFn: ({ signal }) => fetchOrThrow("listQueueRules", {}, signal) });
export const schedulesQuery = queryOptions({ queryKey: ["settings", "schedules"], queryFn: ({ signal }) => fetchOrThrow("listSchedules", {}, signal) });
export const skillsQuery = queryOptions({ queryKey: ["settings", "skills"], queryFn: ({ signal }) => fetchOrThrow("listSkills", {}, signal) });
export const holdMusicQuery = queryOptions({ queryKey: ["settings", "hold-music"], queryFn: ({ signal }) => fetchOrThrow("listHoldMusic", {}, signal) });
export const routingSettingsQuery = queryOptions({ queryKey: ["settings", "routing"], queryFn: ({ signal }) => fetchOrThrow("getRoutingSettings", {}, signal) });
