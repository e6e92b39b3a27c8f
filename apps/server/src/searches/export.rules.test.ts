import { searchColumn, type ConversationLine } from "@ringdesk/contract/http";
import { readCsv } from "@ringdesk/std";
import { expect, test } from "vitest";
import { exportHeading, exportLine, fileName, sheetTime, type ExportNames } from "./export.rules.ts";

const names: ExportNames = { queue: (id) => (id === "q1" ? "Support" : null), user: () => "Ana Silva", team: () => null, time: (at) => sheetTime(at, "America/New_York") };
const line = {
  id: "v1", customerId: "c1", channel: "voice", status: "wrap-up", subject: null, queueId: "q1", assignedTo: "u1", teamId: "gone", supportNumber: "+12025550100", language: null,
  tags: ["a", "b"], snoozedUntil: null, waitingSince: null, createdAt: Date.UTC(2026, 10, 22, 15, 4, 5), lastActivityAt: 0, version: 1, customerName: "=HYPERLINK(\"http://x\")", customerNumber: "+12025550142", customerEmail: "@sum.example",
} as unknown as ConversationLine;

test("an export reads as it was, in a spreadsheet and without running anything", () => {
  const columns = searchColumn.options;
  const text = exportHeading(columns) + exportLine(line, columns, names);
  expect(text.startsWith("\uFEFF")).toBe(true);
  const [heading, row] = [...readCsv(text, ",")].map((record) => record.cells);
  expect(heading).toEqual(["Conversation", "Customer", "Number", "E-mail", "Channel", "Status", "Queue", "Assigned to", "Team", "Support number", "Language", "Tags", "Created", "Last activity"]);
  expect(row?.slice(0, 13)).toEqual(["v1", "'=HYPERLINK(\"http://x\")", "+12025550142", "'@sum.example", "Voice", "Wrap-up", "Support", "Ana Silva", "gone", "+12025550100", "", "a, b", "2026-11-22 10:04:05"]);
});

test("the file has a name that every system takes", () => {
  expect(fileName("Calls in the default queue")).toBe("calls-in-the-default-queue.csv");
  expect(fileName("日本 / ../etc")).toBe("etc.csv");
  expect(fileName("…")).toBe("conversations.csv");
});
