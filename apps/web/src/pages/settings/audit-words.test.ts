import { expect, test } from "vitest";
import { auditDifferences, auditKind, auditSubject } from "./audit-words.ts";

const names = new Map([["u1", "Ana"], ["u2", "Ben"], ["q1", "Support"]]);

test("kinds read as sentences, also those that nobody wrote words for", () => {
  expect([auditKind("session.begun"), auditKind("permission-set.created"), auditKind("queue.changed")]).toEqual(["Signed in", "Permission set created", "Queue changed"]);
});

test("ORG-4 a change shows before and after, with names in place of ids, and nothing that stayed", () => {
  expect(auditDifferences(
    { id: "t1", members: ["u1"], routingEnabled: false, capacity: { sms: 5, total: 10 }, name: "same" },
    { id: "t1", members: ["u1", "u2"], routingEnabled: true, capacity: { sms: 1, total: 10 }, name: "same" }, names, "America/New_York",
  )).toEqual([
    { field: "Members", before: "Ana", after: "Ana, Ben" },
    { field: "Team routing", before: "no", after: "yes" },
    { field: "Capacity", before: "SMS 5, total 10", after: "SMS 1, total 10" },
  ]);
});

test("what was made or deleted has one side only; what is empty is nothing", () => {
  expect(auditDifferences(null, { id: "x", name: "Lunch", retired: false, permissionSetId: null }, names, "America/New_York")).toEqual([{ field: "Name", before: null, after: "Lunch" }, { field: "Retired", before: null, after: "no" }]);
  expect(auditDifferences({ queues: ["q1"] }, null, names, "America/New_York")).toEqual([{ field: "Queues", before: "Support", after: null }]);
});

test("roles and statuses read as everywhere else in the product", () => {
  expect(auditDifferences({ role: "agent" }, { role: "manager", email: "ana@acme.example" }, names, "America/New_York")).toEqual([{ field: "Role", before: "Agent", after: "Manager" }, { field: "E-mail", before: null, after: "ana@acme.example" }]);
  expect(auditDifferences(null, { status: "unavailable" }, names, "America/New_York")).toEqual([{ field: "Status", before: null, after: "Unavailable" }]);
});

test("an entry says whom it is about, by the name of now when it is known", () => {
  expect([auditSubject({ id: "u1", name: "Anna" }, null, names), auditSubject(null, { id: "gone", name: "Old team" }, names), auditSubject(null, { from: "::1" }, names)]).toEqual(["Ana", "Old team", null]);
});

test("CRM-4 ORG-4 a change of many conversations says what was done with how many", () => {
  expect([auditKind("conversations.changed"), auditKind("conversations.change-undone")]).toEqual(["Many conversations changed", "Change of many conversations undone"]);
  expect(auditDifferences(null, { action: "transfer", queueId: "q1", conversations: 3 }, names, "America/New_York")).toEqual([
    { field: "Action", before: null, after: "Moved to a queue" }, { field: "Queue", before: null, after: "Support" }, { field: "Conversations", before: null, after: "3" },
  ]);
});

test("REC-3 a recording that was deleted says when it was made and why it went; the reason is not struck out with the rest", () => {
  const deleted = { recording: "r1", call: "c1", startedAt: Date.UTC(2026, 10, 20, 20, 4) };
  expect([auditKind("recording.deleted"), auditKind("recording.played"), auditKind("recording-retention.changed")]).toEqual(["Recording deleted", "Recording played", "Retention of recordings changed"]);
  expect(auditDifferences({ ...deleted, why: "retention" }, null, names, "America/New_York")).toEqual([
    { field: "Recording", before: "r1", after: null }, { field: "Call", before: "c1", after: null },
    { field: "Recorded on", before: "Friday, November 20, 2026 at 3:04:00 PM", after: null },
    { field: "Why", before: null, after: "it was older than recordings are kept" },
  ]);
  expect(auditDifferences({ why: "erasure" }, null, names, "America/New_York")).toEqual([{ field: "Why", before: null, after: "its customer was deleted" }]);
});

test("REC-3 a retention reads as a span, and keeping for ever is no missing value", () => {
  expect(auditDifferences({ days: 1 }, { days: null }, names, "America/New_York")).toEqual([{ field: "Kept for", before: "1 day", after: "ever" }]);
  expect(auditDifferences({ days: null }, { days: 90 }, names, "America/New_York")).toEqual([{ field: "Kept for", before: "ever", after: "90 days" }]);
});
