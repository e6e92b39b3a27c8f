import type { LiveView, QueueLine, TimelineEntry } from "@ringdesk/contract/http";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { applyUpdate, changeView, putEntry } from "./live-updates.ts";
import { keys } from "./queries.ts";

const note = (id: string, at: number, text = "x") => ({ id, kind: "note", at, conversationId: null, author: "Ada", text }) as TimelineEntry;
const data = { pages: [{ items: [note("d", 40), note("c", 30)], nextCursor: "1" }, { items: [note("b", 20), note("a", 10)], nextCursor: null }] };
const ids = (got: typeof data): string[][] => got.pages.map((page) => page.items.map((item) => item.id));

test("CRM-3 a new entry stands first", () => { expect(ids(putEntry(data, note("e", 50)))).toEqual([["e", "d", "c"], ["b", "a"]]); });
test("CRM-3 an entry that changed is replaced where it stands", () => {
  const got = putEntry(data, note("b", 20, "new"));
  expect(ids(got)).toEqual([["d", "c"], ["b", "a"]]);
  expect(got.pages[1]?.items[0]).toMatchObject({ text: "new" });
});
test("an entry that comes late stands at its time", () => {
  expect(ids(putEntry(data, note("n", 35)))).toEqual([["d", "n", "c"], ["b", "a"]]);
  expect(ids(putEntry(data, note("n", 5)))).toEqual([["d", "c"], ["b", "a", "n"]]);
  expect(ids(putEntry(data, note("n", 25)))).toEqual([["d", "c"], ["n", "b", "a"]]);
});
test("an empty timeline takes its first entry", () => { expect(ids(putEntry({ pages: [{ items: [], nextCursor: null as unknown as string }] } as typeof data, note("a", 1)))).toEqual([["a"]]); });

test("RTE-10 a change of the live view puts in or replaces by id, and a whole one leaves nothing old", () => {
  const agent = (id: string, name: string) => ({ id, name }) as unknown as LiveView["agents"][number];
  const today = { answered: 1, answeredInTime: 1, lost: 0 };
  const view: LiveView = { queues: [], agents: [agent("a", "Ana"), agent("b", "Ben")], today, thresholdMs: 20_000 as never };
  const change = { queues: [], agents: [agent("b", "Benno"), agent("c", "Cy")], today: { ...today, lost: 1 } };
  expect(changeView(view, change, false)).toEqual({ ...view, today: change.today, agents: [agent("a", "Ana"), agent("b", "Benno"), agent("c", "Cy")] });
  expect(changeView(view, change, true)).toEqual({ ...view, ...change });
});

test("RTE-8 of the lines of queues only those come that have changed, each put where it stood", () => {
  const queries = new QueryClient();
  const line = (id: string, name: string) => ({ id, name }) as unknown as QueueLine;
  applyUpdate(queries, { type: "queues", items: [line("a", "Sales"), line("b", "Support")] }, () => undefined);
  applyUpdate(queries, { type: "queue-lines", items: [line("b", "Help")] }, () => undefined);
  expect(queries.getQueryData(keys.queues)).toEqual({ items: [line("a", "Sales"), line("b", "Help")] });
});

test("RTE-10 a change that comes before the live view was read does not leave the page loading for ever", async () => {
  const queries = new QueryClient();
  const view = { queues: [], agents: [], today: { answered: 0, answeredInTime: 0, lost: 0 }, thresholdMs: 20_000 };
  const observer = new QueryObserver(queries, { queryKey: keys.liveView, queryFn: async ({ signal }) => { await Promise.resolve(); signal.throwIfAborted(); return view; } });
  const seen = new Promise<unknown>((resolve) => { observer.subscribe(({ data }) => { if (data !== undefined) resolve(data); }); });
  applyUpdate(queries, { type: "live-view", whole: true, change: { queues: [], agents: [], today: view.today } }, () => undefined);
  expect(await seen).toEqual(view);
  queries.clear();
});
