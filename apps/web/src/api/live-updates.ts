// Puts what the live connection brings where the pages read it.
import type { LiveView, LiveViewChange, QueueLine, Search, SearchCounts, TimelineEntry } from "@ringdesk/contract/http";
import type { LiveUpdate } from "@ringdesk/contract/live";
import type { CustomerId } from "@ringdesk/std";
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { keys } from "./queries.ts";

type SearchList = { readonly items: Search[]; readonly counts: SearchCounts };
type TimelinePage = { readonly items: readonly TimelineEntry[]; readonly nextCursor: string | null };
/** A timeline as far as it was read. */
export type TimelinePages = { readonly pages: readonly TimelinePage[] };

/** Replaces the entry with the same id, wherever it was read, or puts a new one at its place by time, newest first. */
export function putEntry<T extends TimelinePages>(data: T, entry: TimelineEntry): T {
  if (data.pages.some((page) => page.items.some((item) => item.id === entry.id))) {
    return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === entry.id ? entry : item)) })) };
  }
  const last = data.pages.length - 1;
  const target = data.pages.findIndex((page, index) => index === last || page.items.some((item) => item.at <= entry.at));
  return { ...data, pages: data.pages.map((page, index) => {
    if (index !== target) return page;
    const before = page.items.findIndex((item) => item.at <= entry.at);
    const items = [...page.items];
    items.splice(before === -1 ? items.length : before, 0, entry);
    return { ...page, items };
  }) };
}

function putInTimeline(queries: QueryClient, customerId: CustomerId, entry: TimelineEntry): void {
  queries.setQueryData<InfiniteData<{ items: TimelineEntry[]; nextCursor: string | null }, string | null>>(
    keys.timeline(customerId), (data) => (data === undefined ? undefined : putEntry(data, entry)));
}

/** Puts what has changed into a live view. `whole`: what is not in the change is gone. */
export function changeView(view: LiveView, change: LiveViewChange, whole: boolean): LiveView {
  if (whole) return { ...view, ...change };
  return { ...view, today: change.today, queues: putAll(view.queues, change.queues), agents: putAll(view.agents, change.agents) };
}

function putAll<T extends { readonly id: string }>(before: readonly T[], changed: readonly T[]): T[] {
  const news = new Map(changed.map((one) => [one.id, one]));
  const kept = before.map((one) => {
    const now = news.get(one.id) ?? one;
    news.delete(one.id);
    return now;
  });
  return [...kept, ...news.values()];
}

/** Applies one update. A read that is still under way could carry older news and is cancelled. */
export function applyUpdate(queries: QueryClient, update: LiveUpdate, notify: (notice: Extract<LiveUpdate, { type: "notice" }>) => void): void {
  switch (update.type) {
    case "desk":
      void queries.cancelQueries({ queryKey: keys.desk });
      queries.setQueryData(keys.desk, update.desk);
      return;
    case "queues":
      void queries.cancelQueries({ queryKey: keys.queues });
      queries.setQueryData(keys.queues, { items: update.items });
      return;
    case "queue-lines":
      // As for the live view: a change cannot stand alone.
      if (queries.getQueryData(keys.queues) === undefined) { void queries.invalidateQueries({ queryKey: keys.queues }); return; }
      void queries.cancelQueries({ queryKey: keys.queues });
      queries.setQueryData<{ items: QueueLine[] }>(keys.queues, (lines) => (lines === undefined ? undefined : { items: putAll(lines.items, update.items) }));
      return;
    case "waiting":
      void queries.cancelQueries({ queryKey: keys.waiting });
      queries.setQueryData(keys.waiting, update.calls);
      return;
    case "live-view":
      // A change cannot stand without what it changes: until that was read, the read begins anew, with what is newer.
      if (queries.getQueryData(keys.liveView) === undefined) { void queries.invalidateQueries({ queryKey: keys.liveView }); return; }
      void queries.cancelQueries({ queryKey: keys.liveView });
      queries.setQueryData<LiveView>(keys.liveView, (view) => (view === undefined ? undefined : changeView(view, update.change, update.whole)));
      return;
    case "handset":
      void queries.cancelQueries({ queryKey: keys.handset });
      queries.setQueryData(keys.handset, update.handset);
      return;
    case "session":
      void queries.invalidateQueries({ queryKey: keys.session });
      return;
    case "conversations":
      void queries.invalidateQueries({ queryKey: keys.conversations });
      return;
    case "timeline":
      putInTimeline(queries, update.customerId, update.entry);
      // Conversations change when calls and notes do; the list is not pushed, so it is read anew where it is on screen.
      void queries.invalidateQueries({ queryKey: keys.conversations });
      if (update.entry.kind === "call") void queries.invalidateQueries({ queryKey: keys.customer(update.customerId) });
      return;
    case "customer":
      void queries.invalidateQueries({ queryKey: keys.customer(update.customerId) });
      if (update.movedTo !== null) void queries.invalidateQueries({ queryKey: keys.timeline(update.customerId) });
      return;
    case "search-counts":
      queries.setQueryData<SearchList>(keys.searches, (data) => (data === undefined ? undefined : { ...data, counts: { ...data.counts, ...update.counts } }));
      void queries.invalidateQueries({ queryKey: keys.searchResults });
      return;
    case "notice": notify(update); return;
  }
}

/** After a (re)connection: `forget` when updates may have been missed for good. */
export function refreshQueries(queries: QueryClient, forget: boolean): void {
  if (forget) { void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "peaks" }); return; }
  for (const queryKey of [keys.desk, keys.queues, keys.waiting, keys.liveView, keys.timelines, keys.handset, keys.conversations]) void queries.invalidateQueries({ queryKey });
}
