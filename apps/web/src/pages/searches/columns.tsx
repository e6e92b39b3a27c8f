import { Badge, Group, Text } from "@mantine/core";
import type { ConversationLine, SearchColumn, SearchSort } from "@ringdesk/contract/http";
import { customerLanguages } from "@ringdesk/contract/http";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useHouseStyle } from "../../api/session.ts";
import type { CriteriaOptions, Option } from "../../forms/criteria-options.ts";
import { ChannelIcon } from "../../ui/channel-icon.tsx";
import { callerName, channelWords, conversationColors, conversationWords } from "../../words/calls.ts";
import { fullTime, moment } from "../../words/time.ts";

/** Columns that results can be sorted by. */
export const sortOf: Partial<Record<SearchColumn, SearchSort["by"]>> = { customer: "customer-name", createdAt: "created", lastActivityAt: "last-activity" };
/** What a first click on the heading gives. */
export const firstDirection = (by: SearchSort["by"]): SearchSort["direction"] => (by === "customer-name" ? "asc" : "desc");

const nameIn = (options: readonly Option[], id: string | null): string | null => (id === null ? null : options.find((each) => each.value === id)?.label ?? null);
const orNothing = (text: string | null): ReactNode => (text === null ? <Text span size="sm" c="dimmed">–</Text> : <Text size="sm" truncate title={text}>{text}</Text>);

/** One cell of the results. */
export function ResultCell({ row, column, options, now }: { readonly row: ConversationLine; readonly column: SearchColumn; readonly options: CriteriaOptions; readonly now: number }) {
  const { format, timeZone } = useHouseStyle();
  const time = (at: number): ReactNode => <Text size="sm" c="dimmed" className="rd-number" title={fullTime(at, timeZone)}>{moment(at, now, timeZone)}</Text>;
  switch (column) {
    case "customer": return (
      <Link to="/customers/$customerId" params={{ customerId: row.customerId }} search={{ conversation: row.id }} className="rd-plain">
        <Text size="sm" fw={550} truncate>{callerName({ name: row.customerName, number: row.customerNumber, email: row.customerEmail }, format)}</Text>
        {row.subject !== null && <Text size="xs" c="dimmed" truncate>{row.subject}</Text>}
      </Link>
    );
    case "number": return row.customerNumber === null ? orNothing(null) : <Text size="sm" className="rd-number">{format(row.customerNumber)}</Text>;
    case "email": return orNothing(row.customerEmail);
    case "channel": return <Group gap={6} wrap="nowrap"><ChannelIcon channel={row.channel} /><Text size="sm">{channelWords[row.channel]}</Text></Group>;
    case "status": return <Badge variant="light" size="sm" color={conversationColors[row.status]} className="rd-whole">{conversationWords[row.status]}</Badge>;
    case "queue": return orNothing(row.queueId === null ? null : nameIn(options.queues, row.queueId) ?? "Queue");
    case "assignedTo": return row.assignedTo === null ? <Text size="sm" c="dimmed">Nobody</Text> : orNothing(nameIn(options.users, row.assignedTo) ?? "Agent");
    case "team": return orNothing(row.teamId === null ? null : nameIn(options.teams, row.teamId) ?? "Team");
    case "supportNumber": return row.supportNumber === null ? orNothing(null) : <Text size="sm" className="rd-number">{format(row.supportNumber)}</Text>;
    case "language": return orNothing(row.language === null ? null : (customerLanguages as Readonly<Record<string, string>>)[row.language] ?? row.language);
    case "tags": return <Group gap={4}>{row.tags.map((tag) => <Badge key={tag} size="sm" variant="light" color="gray">{tag}</Badge>)}</Group>;
    case "createdAt": return time(row.createdAt);
    case "lastActivityAt": return time(row.lastActivityAt);
  }
}
