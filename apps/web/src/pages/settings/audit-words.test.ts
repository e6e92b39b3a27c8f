import { expect, test } from "vitest";
import { auditDifferences, auditKind, auditSubject } from "./audit-words.ts";

const names = new Map([["u1", "Ana"], ["u2", "Ben"], ["q1", "Support"]]);

test("kinds read as sentences, also those that nobody wrote words for", () => {
  expect([auditKind("session.begun"), auditKind("permission-set.created"), auditKind("queue.changed")]).toEqual(["Signed in", "Permission set created", "Queue changed"]);
});

test("ORG-4 a change shows before and after, with names in place of ids, and nothing that stayed", () => {
  expect(auditDifferences(
    { id: "t1", members: ["u1"], routingEnabled: false, capacity: { sms: 5, total: 10 }, name: "same" },
    { id: "t1", members: ["u1", "u2"], routingEnabled: true, capacity: { sms: 1, total: 10 }, name: "same" }, names,
  )).toEqual([
    { field: "Members", before: "Ana", after: "Ana, Ben" },
    { field: "Team routing", before: "no", after: "yes" },
    { field: "Capacity", before: "SMS 5, total 10", after: "SMS 1, total 10" },
  ]);
});

test("what was made or deleted has one side only; what is empty is nothing", () => {
  expect(auditDifferences(null, { id: "x", name: "Lunch", retired: false, permissionSetId: null }, names)).toEqual([{ field: "Name", before: null, after: "Lunch" }, { field: "Retired", before: null, after: "no" }]);
  expect(auditDifferences({ queues: ["q1"] }, null, names)).toEqual([{ field: "Queues", before: "Support", after: null }]);
});

test("roles and statuses read as everywhere else in the product", () => {
  expect(auditDifferences({ role: "agent" }, { role: "manager", email: "ana@acme.example" }, names)).toEqual([{ field: "Role", before: "Agent", after: "Manager" }, { field: "E-mail", before: null, after: "ana@acme.example" }]);
  expect(auditDifferences(null, { status: "unavailable" }, names)).toEqual([{ field: "Status", before: null, after: "Unavailable" }]);
});

test("an entry says whom it is about, by the name of now when it is known", () => {
  expect([auditSubject({ id: "u1", name: "Anna" }, null, names), auditSubject(null, { id: "gone", name: "Old team" }, names), auditSubject(null, { from: "::1" }, names)]).toEqual(["Ana", "Old team", null]);
});

test("CRM-4 ORG-4 a change of many conversations says what was done with how many", () => {
  expect([auditKind("conversations.changed"), auditKind("conversations.change-undone")]).toEqual(["Many conversations changed", "Change of many conversations undone"]);
  expect(auditDifferences(null, { action: "transfer", queueId: "q1", conversations: 3 }, names)).toEqual([
    { field: "Action", before: null, after: "Moved to a queue" }, { field: "Queue", before: null, after: "Support" }, { field: "Conversations", before: null, after: "3" },
  ]);
});
