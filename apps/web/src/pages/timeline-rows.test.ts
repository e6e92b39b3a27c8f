import type { CallSummary, TimelineEntry } from "@ringdesk/contract/http";
import { expect, test } from "vitest";
import { timelineRows } from "./timeline-rows.ts";

const change = (id: string, at: number, what: string, conversationId = "v1"): TimelineEntry => ({ id, kind: "conversation", at, conversationId, change: what, by: null }) as TimelineEntry;
const call = (id: string, startedAt: number, endedAt: number | null, conversationId = "v1"): TimelineEntry =>
  ({ id, kind: "call", at: startedAt, conversationId, call: { id, startedAt, endedAt } as CallSummary }) as TimelineEntry;
const shown = (entries: readonly TimelineEntry[]): readonly string[] =>
  timelineRows(entries).map((row) => ("changes" in row ? `${row.entry.id}(${row.changes.map((each) => each.id).join(" ")})` : row.entry.id));

test("CRM-3 a live call leads, with what it did to its conversation in order of time", () => {
  expect(shown([change("assigned", 30, "assigned"), change("created", 20, "created"), call("call", 10, null)])).toEqual(["call(created assigned)"]);
});

test("CRM-3 what somebody did after the call keeps its place", () => {
  const note = { id: "note", kind: "note", at: 50, conversationId: null, author: "Ana", text: "" } as TimelineEntry;
  expect(shown([change("done", 90_000, "done"), note, change("assigned", 30, "assigned"), call("call", 10, 40)])).toEqual(["done", "note", "call(assigned)"]);
});

test("CRM-2 what somebody assigned by hand during a call stands alone", () => {
  const byHand = { ...change("by hand", 20, "assigned"), detail: "Ben" } as TimelineEntry;
  expect(shown([byHand, call("call", 10, null)])).toEqual(["by hand", "call()"]);
});

test("CRM-3 a missed call takes the wrap-up that followed from it, and only its own", () => {
  expect(shown([change("b", 101_000, "wrap-up"), call("second", 90_000, 100_000), change("a", 21_000, "wrap-up"), call("first", 10_000, 20_000)])).toEqual(["second(b)", "first(a)"]);
  expect(shown([change("other", 30, "assigned", "v2"), call("call", 10, null)])).toEqual(["other", "call()"]);
});

test("CRM-3 changes of a call that was not read yet stand alone", () => {
  expect(shown([change("assigned", 30, "assigned")])).toEqual(["assigned"]);
});
