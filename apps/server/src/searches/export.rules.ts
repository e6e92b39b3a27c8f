// What a search finds as lines of a file for spreadsheets. Pure.
import { csvLine } from "@ringdesk/std";
import { fields } from "@ringdesk/contract/criteria";
import { searchColumnWords, type ConversationLine, type SearchColumn } from "@ringdesk/contract/http";

/** Names of what a conversation refers to; null when it is gone. */
export type ExportNames = {
  readonly queue: (id: string) => string | null; readonly user: (id: string) => string | null; readonly team: (id: string) => string | null;
  /** An instant (milliseconds) as a spreadsheet reads it, in the organisation's time zone. */
  readonly time: (at: number) => string;
};

/** Makes spreadsheets read the file as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";
export const exportHeading = (columns: readonly SearchColumn[]): string => BYTE_ORDER_MARK + csvLine(["Conversation", ...columns.map((column) => searchColumnWords[column])]);
export const exportLine = (line: ConversationLine, columns: readonly SearchColumn[], names: ExportNames): string => csvLine([line.id, ...columns.map((column) => cellOf(line, column, names))]);

function cellOf(line: ConversationLine, column: SearchColumn, names: ExportNames): string {
  const named = (id: string | null, name: (id: string) => string | null): string => (id === null ? "" : name(id) ?? id);
  switch (column) {
    case "customer": return line.customerName ?? "";
    case "number": return line.customerNumber ?? "";
    case "email": return line.customerEmail ?? "";
    case "channel": return fields["conversation.channel"].choices[line.channel];
    case "status": return fields["conversation.status"].choices[line.status];
    case "queue": return named(line.queueId, names.queue);
    case "assignedTo": return named(line.assignedTo, names.user);
    case "team": return named(line.teamId, names.team);
    case "supportNumber": return line.supportNumber ?? "";
    case "language": return line.language ?? "";
    case "tags": return line.tags.join(", ");
    case "createdAt": return names.time(line.createdAt);
    case "lastActivityAt": return names.time(line.lastActivityAt);
  }
}

/** `2026-11-22 15:04:05`, as spreadsheets read it. */
export function sheetTime(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}:${part("second")}`;
}

/** A name for the file that every system takes. */
export const fileName = (search: string): string => `${search.normalize("NFKD").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "").toLowerCase().slice(0, 60) || "conversations"}.csv`;
