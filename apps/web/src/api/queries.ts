// What the pages read, by key. Desk, timelines, the handset and what a page watches are kept fresh by the live connection.
import type { Channel, ConversationStatus, Device } from "@ringdesk/contract/http";
import type { CallId, CustomerId, QueueId, RecordingId, UserId } from "@ringdesk/std";
import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import { fetchOrThrow, isRefusedAs, RequestError } from "./client.ts";
import { byCursor, cursorOf } from "./pages.ts";

export const TIMELINE_PAGE = 30;
const LIST_PAGE = 50;
/** Kept fresh by live updates: never old by the clock. */
const PUSHED = { staleTime: Number.POSITIVE_INFINITY } as const;

export const keys = {
  session: ["session"], desk: ["desk"], queues: ["queues"], waiting: ["waiting"], liveView: ["live-view"], numbers: ["numbers"], handset: ["handset"], users: ["users"],
  customer: (id: CustomerId) => ["customers", "one", id] as const,
  timeline: (id: CustomerId) => ["timeline", id] as const,
  timelines: ["timeline"], customers: ["customers"], conversations: ["conversations"], searches: ["searches"], searchResults: ["conversations", "search"],
} as const;

export const sessionQuery = queryOptions({ queryKey: keys.session, queryFn: ({ signal }) => fetchOrThrow("getSession", {}, signal), staleTime: 60_000 });
export const deskQuery = queryOptions({ queryKey: keys.desk, queryFn: ({ signal }) => fetchOrThrow("getDesk", {}, signal), ...PUSHED });
export const queuesQuery = queryOptions({ queryKey: keys.queues, queryFn: ({ signal }) => fetchOrThrow("listQueues", {}, signal) });
/** How many calls wait in all queues. */
export const waitingQuery = queryOptions({
  queryKey: keys.waiting, ...PUSHED,
  queryFn: async ({ signal }) => (await fetchOrThrow("listQueues", {}, signal)).items.reduce((sum, queue) => sum + queue.waiting.length, 0),
});
export const liveViewQuery = queryOptions({ queryKey: keys.liveView, queryFn: ({ signal }) => fetchOrThrow("getLiveView", {}, signal) });
export const whyNotRoutedQuery = (id: CallId) => queryOptions({ queryKey: ["why-not-routed", id], queryFn: ({ signal }) => fetchOrThrow("whyNotRouted", { params: { id } }, signal), staleTime: 0 });
export const numbersQuery = queryOptions({ queryKey: keys.numbers, queryFn: ({ signal }) => fetchOrThrow("listNumbers", {}, signal), staleTime: 60_000 });
export const usersQuery = queryOptions({ queryKey: keys.users, queryFn: ({ signal }) => fetchOrThrow("listUsers", {}, signal), staleTime: 60_000 });
/** Null: one's own. */
export const deviceKey = (user: UserId | null) => ["device", user ?? "own"] as const;
const DEVICE_AGAIN_MS = 3_000;
/** While a phone is being set up it is looked at again and again: no update of this page tells that it has registered. */
export const deviceQuery = (user: UserId | null) => queryOptions({
  queryKey: deviceKey(user),
  queryFn: ({ signal }): Promise<Device> => (user === null ? fetchOrThrow("getDevice", {}, signal) : fetchOrThrow("getUserDevice", { params: { id: user } }, signal)),
  staleTime: 0, refetchInterval: ({ state }) => (state.data?.state === "not-registered" ? DEVICE_AGAIN_MS : false),
});
export const handsetQuery = queryOptions({ queryKey: keys.handset, queryFn: ({ signal }) => fetchOrThrow("getHandset", {}, signal), ...PUSHED });
export const setupQuery = queryOptions({ queryKey: ["setup"], queryFn: ({ signal }) => fetchOrThrow("getSetup", {}, signal), staleTime: 0 });

export const customerQuery = (id: CustomerId) =>
  queryOptions({ queryKey: keys.customer(id), queryFn: ({ signal }) => fetchOrThrow("getCustomer", { params: { id } }, signal), staleTime: 10_000 });

const RETRIES = 2;
/** Reads are tried again only when the server did not answer; a refusal will not change by asking twice. */
const isRetried = (failures: number, error: unknown): boolean => failures < RETRIES && error instanceof RequestError && error.failure.type === "unreachable";
const PEAKS_RETRIES = 8;
const PEAKS_PAUSE_MS = 500;

/** The news that a recording is complete may come a moment before its file can be read. */
export const peaksQuery = (id: RecordingId) => queryOptions({
  queryKey: ["peaks", id], queryFn: ({ signal }) => fetchOrThrow("getPeaks", { params: { id } }, signal), ...PUSHED,
  retry: (failures, error) => (isRefusedAs(error, "recording-still-running") ? failures < PEAKS_RETRIES : isRetried(failures, error)),
  retryDelay: PEAKS_PAUSE_MS,
});

export const timelineQuery = (id: CustomerId) => infiniteQueryOptions({
  queryKey: keys.timeline(id),
  queryFn: ({ signal, pageParam }) => fetchOrThrow("getTimeline", { params: { id }, query: { limit: TIMELINE_PAGE, ...cursorOf(pageParam) } }, signal),
  ...byCursor,
  staleTime: 5_000,
});

export type ConversationFilter = {
  readonly status?: ConversationStatus; readonly channel?: Channel; readonly queueId?: QueueId;
  readonly assignedTo?: UserId; readonly mine?: true; readonly unassigned?: true; readonly customerId?: CustomerId;
};
export const conversationsQuery = (filter: ConversationFilter) => infiniteQueryOptions({
  queryKey: ["conversations", filter],
  queryFn: ({ signal, pageParam }) => fetchOrThrow("listConversations", { query: { limit: LIST_PAGE, ...filter, ...cursorOf(pageParam) } }, signal),
  ...byCursor,
});
/** Whom conversations can be assigned to, with what they have open. */
export const assigneesQuery = queryOptions({ queryKey: ["conversations", "assignees"], queryFn: ({ signal }) => fetchOrThrow("listAssignees", {}, signal) });

export const createQueryClient = (): QueryClient => new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: isRetried,
      retryDelay: (failures) => 400 * 2 ** failures,
      networkMode: "always", // a server on this machine is there without any network
    },
    mutations: { networkMode: "always" },
  },
});
