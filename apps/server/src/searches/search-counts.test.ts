import type { Criteria, Criterion } from "@ringdesk/contract/criteria";
import { usualColumns, usualSort, type SearchCounts } from "@ringdesk/contract/http";
import type { Millis, SearchId, UserId } from "@ringdesk/std";
import { expect, test } from "vitest";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { AGEING_MS, createSearchCounts, RECOUNT_MS } from "./search-counts.ts";
import type { SavedSearch } from "./searches.ports.ts";

const [ana, ben] = ["ana" as UserId, "ben" as UserId];
const search = (id: string, item: Criterion, own: UserId | null = null): SavedSearch => ({
  id: id as SearchId, name: id, criteria: { match: "all", items: [item] }, sort: usualSort, columns: usualColumns, ownerId: own, shared: own === null, isStandard: false, createdAt: 0 as Millis,
});
const searches = [
  search("open", { field: "conversation.status", operator: "is", value: "open" }),
  search("quiet", { field: "conversation.lastActivityAt", operator: "not-within-last", value: 1_000 }),
  search("vip", { field: "customer.vip", operator: "is", value: true }, ben),
];

function house(kept: readonly SavedSearch[] = searches) {
  const clock = createFakeClock();
  const told: [UserId, SearchCounts][] = [];
  const asked: Criteria[] = [];
  let count = 1;
  const counts = createSearchCounts({ clock, searches: () => kept, count: async (criteria) => { asked.push(criteria); return count; }, publish: (user, now) => told.push([user, now]), failed: (error) => { throw error; } });
  return { clock, told, counts, asked: () => asked.splice(0).length, become: (next: number) => { count = next; }, later: async (ms = RECOUNT_MS) => { await clock.advance(ms); return told.splice(0); } };
}

test("CRM-4 nobody watching, no work", async () => {
  const { counts, asked, later } = house();
  counts.touched("conversation");
  counts.searchesChanged();
  expect(await later(10 * AGEING_MS)).toEqual([]);
  expect(asked()).toBe(0);
});

test("CRM-4 counts come to whoever may see the search, once a second at most", async () => {
  const { counts, asked, become, later } = house();
  counts.watched(ana);
  expect(await later()).toEqual([[ana, { open: 1, quiet: 1 }]]);
  expect(asked()).toBe(2);
  for (let i = 0; i < 100; i += 1) counts.touched("activity");
  expect(await later()).toEqual([]);
  expect(asked()).toBe(1);
  become(2);
  for (let i = 0; i < 100; i += 1) counts.touched("conversation");
  expect(await later(RECOUNT_MS - 1)).toEqual([]);
  expect(await later(1)).toEqual([[ana, { open: 2, quiet: 2 }]]);
  counts.touched("conversation"); // as many, but perhaps others
  expect(await later()).toEqual([[ana, { open: 2, quiet: 2 }]]);
});

test("only searches are recounted that ask about what has changed", async () => {
  const { counts, asked, later } = house();
  counts.watched(ben);
  await later();
  asked();
  for (const [what, expected] of [["activity", 1], ["customer", 1], ["conversation", 3]] as const) {
    counts.touched(what);
    await later();
    expect(asked(), what).toBe(expected);
  }
});

test("where “me” is asked for, each is told their own count", async () => {
  const { counts, told, later, asked } = house([search("mine", { field: "conversation.assignedTo", operator: "is", value: "me" })]);
  counts.watched(ana);
  counts.watched(ben);
  expect(await later()).toEqual([[ana, { mine: 1 }], [ben, { mine: 1 }]]);
  expect(asked()).toBe(2);
  expect(told).toEqual([]);
});

test("what finds more as time passes is recounted by itself, while somebody looks", async () => {
  const { counts, asked, become, later } = house();
  counts.watched(ana);
  await later();
  asked();
  become(5);
  expect(await later(AGEING_MS + RECOUNT_MS)).toEqual([[ana, { quiet: 5 }]]);
  counts.unwatched(ana);
  asked();
  await later(5 * AGEING_MS);
  expect(asked()).toBe(0);
});
