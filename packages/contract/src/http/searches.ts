// Saved searches over conversations, their results, and changes to many conversations at once (CRM-4).
import { z } from "zod";
import { conversationId, instant, queueId, searchId, teamId, userId } from "../ids/index.ts";
import { CONVERSATION_LIMITS, conversationLine } from "./conversations.ts";
import { searchCriteria } from "./criteria.ts";
import type { Route } from "./route.ts";

/** Counting stops here: nobody needs to know more exactly how many are too many. */
export const MAX_SEARCH_COUNT = 10_000;
export const MAX_BULK_IDS = 500;
/** How long a change of many can be undone, milliseconds. */
export const BULK_UNDO_MS = 300_000;
/** When all results of a search are changed. */
export const MAX_BULK_RESULTS = 5_000;
/** Each conversation is changed in a transaction of its own. */
const BULK_PATIENCE_MS = 120_000;
export const MAX_SEARCH_NAME_CHARS = 100;

export const searchColumn = z.enum(["customer", "number", "email", "channel", "status", "queue", "assignedTo", "team", "supportNumber", "language", "tags", "createdAt", "lastActivityAt"]);
export type SearchColumn = z.output<typeof searchColumn>;
/** The headings of the results, on the page and in an export. */
export const searchColumnWords = {
  customer: "Customer", number: "Number", email: "E-mail", channel: "Channel", status: "Status", queue: "Queue", assignedTo: "Assigned to", team: "Team",
  supportNumber: "Support number", language: "Language", tags: "Tags", createdAt: "Created", lastActivityAt: "Last activity",
} as const satisfies Record<SearchColumn, string>;
export const usualColumns: readonly SearchColumn[] = ["customer", "channel", "queue", "assignedTo", "status", "lastActivityAt"];

export const searchSort = z.object({ by: z.enum(["created", "last-activity", "customer-name"]), direction: z.enum(["asc", "desc"]) });
export type SearchSort = z.output<typeof searchSort>;
export const usualSort: SearchSort = { by: "last-activity", direction: "desc" };

const columns = z.array(searchColumn).min(1, "Choose at least one column").max(searchColumn.options.length).refine((given) => new Set(given).size === given.length, "Each column once");
const name = z.string().trim().min(1, "Enter a name").max(MAX_SEARCH_NAME_CHARS, `At most ${MAX_SEARCH_NAME_CHARS} characters`);

export const search = z.object({
  id: searchId, name: z.string(), criteria: searchCriteria, sort: searchSort, columns: z.array(searchColumn),
  shared: z.boolean(), ownerId: userId.nullable(),
  /** Comes with Ringdesk; can be neither changed nor deleted. */
  isStandard: z.boolean(),
  /** Whether whoever asked may change it. */
  mayChange: z.boolean(),
}).meta({ id: "Search" });
export type Search = z.output<typeof search>;

/** How many conversations a search finds; {@link MAX_SEARCH_COUNT} + 1 stands for more. */
export const searchCounts = z.record(z.string(), z.number().int());
export type SearchCounts = z.output<typeof searchCounts>;

const ofSearch = z.object({ id: searchId });
const place = { cursor: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) };
const results = z.object({ items: z.array(conversationLine), nextCursor: z.string().nullable() });

/** What is done to each conversation. What is left out of an assignment stays. */
export const bulkChange = z.discriminatedUnion("do", [
  z.object({ do: z.literal("assign"), userId: userId.nullable().optional(), teamId: teamId.nullable().optional() }),
  z.object({ do: z.literal("transfer"), queueId }),
  z.object({ do: z.literal("done") }),
  z.object({ do: z.literal("reopen") }),
  z.object({ do: z.literal("tag"), add: z.array(z.string().trim().min(1).max(CONVERSATION_LIMITS.tagChars)).max(10), remove: z.array(z.string()).max(10) }),
]);
export type BulkChange = z.output<typeof bulkChange>;
export const bulkTarget = z.union([
  z.object({ ids: z.array(conversationId).min(1, "Choose conversations").max(MAX_BULK_IDS, `At most ${MAX_BULK_IDS} at a time`) }),
  z.object({ criteria: searchCriteria }),
]);
export type BulkTarget = z.output<typeof bulkTarget>;

const bulkOutcome = z.object({ changed: z.number().int(), failed: z.array(z.object({ id: conversationId, reason: z.string() })) });

const choice = z.object({ id: z.string(), name: z.string() });

export const searchesApi = {
  listSearches: { method: "GET", path: "/searches", access: "agent", summary: "Shared searches and one's own, with how many conversations each finds (CRM-4)", response: z.object({ items: z.array(search), counts: searchCounts }) },
  createSearch: {
    method: "POST", path: "/searches", access: "agent", summary: "Save a search; sharing needs the permission to manage searches",
    body: z.object({ name, criteria: searchCriteria, sort: searchSort.default(usualSort), columns: columns.default([...usualColumns]), shared: z.boolean().default(false) }), response: search,
  },
  updateSearch: {
    method: "PATCH", path: "/searches/:id", access: "agent", summary: "Change a search", params: ofSearch,
    body: z.object({ name: name.optional(), criteria: searchCriteria.optional(), sort: searchSort.optional(), columns: columns.optional(), shared: z.boolean().optional() }), response: search,
  },
  deleteSearch: { method: "DELETE", path: "/searches/:id", access: "agent", summary: "Delete a search", params: ofSearch, response: z.object({}) },
  runSearch: { method: "GET", path: "/searches/:id/results", access: "agent", summary: "What a search finds, in its order", params: ofSearch, query: z.object(place), response: results },
  previewSearch: {
    method: "POST", path: "/searches/preview", access: "agent", summary: "What criteria find that are not saved, with their count on the first page",
    body: z.object({ criteria: searchCriteria, sort: searchSort.default(usualSort), ...place }), response: results.extend({ count: z.number().int().nullable() }),
  },
  getSearchChoices: { method: "GET", path: "/searches/choices", access: "agent", summary: "Teams and recent tags that conditions can name", response: z.object({ teams: z.array(choice), tags: z.array(z.string()) }) },
  changeConversations: {
    method: "POST", path: "/conversations/bulk", access: "manager", summary: "Change many conversations at once; each succeeds or fails for itself",
    body: z.object({ change: bulkChange, target: bulkTarget }), patienceMs: BULK_PATIENCE_MS,
    response: bulkOutcome.extend({ /** Null when nothing is different from before. */ undo: z.object({ id: z.string(), until: instant }).nullable() }),
  },
  undoConversationsChange: {
    method: "POST", path: "/conversations/bulk/:id/undo", access: "manager", summary: "Undo one's last change of many: what has not been changed since is as it was before; the others are left alone",
    params: z.object({ id: z.string().max(64) }), patienceMs: BULK_PATIENCE_MS, response: bulkOutcome,
  },
} as const satisfies Record<string, Route>;
