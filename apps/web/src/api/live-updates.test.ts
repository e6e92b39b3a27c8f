import type { TimelineEntry } from "@ringdesk/contract/http";
import { expect, test } from "vitest";
import { putEntry } from "./live-updates.ts";

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
