import { Badge, Button, Collapse, Group, Text, Title, UnstyledButton } from "@mantine/core";
import type { ConversationLine } from "@ringdesk/contract/http";
import type { CustomerId } from "@ringdesk/std";
import { IconChevronDown } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "../api/client.ts";
import { rowsOf } from "../api/pages.ts";
import { conversationsQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { ChannelIcon } from "../ui/channel-icon.tsx";
import { Failed } from "../ui/states.tsx";
import { channelWords, conversationColors, conversationWords } from "../words/calls.ts";
import { fullTime, moment } from "../words/time.ts";
import { ConversationPanel } from "./conversation-panel.tsx";

const FIRST_ROWS = 5;

function ConversationItem({ row, isOpen, toggle }: { readonly row: ConversationLine; readonly isOpen: boolean; readonly toggle: () => void }) {
  const { timeZone } = useHouseStyle();
  return (
    <div className="rd-line" style={{ borderTop: "1px solid", padding: "8px 16px" }} data-testid="customer-conversation" data-conversation={row.id}>
      <UnstyledButton onClick={toggle} aria-expanded={isOpen} w="100%">
        <Group gap={8} wrap="nowrap">
          <ChannelIcon channel={row.channel} size={16} />
          <Text size="sm" fw={550} truncate className="rd-grow">{row.subject ?? channelWords[row.channel]}</Text>
          <Badge variant="light" color={conversationColors[row.status]} size="sm" style={{ flex: "none" }}>{conversationWords[row.status]}</Badge>
          <IconChevronDown size={14} aria-hidden style={{ flex: "none", transform: isOpen ? "rotate(180deg)" : "none" }} />
        </Group>
        <Text size="xs" c="dimmed" mt={2} title={fullTime(row.lastActivityAt, timeZone)}>{moment(row.lastActivityAt, Date.now(), timeZone)}</Text>
      </UnstyledButton>
      <Collapse expanded={isOpen}>{isOpen && <ConversationPanel conversation={row} />}</Collapse>
    </div>
  );
}

/** The customer's conversations; the one that was asked for, or else the first that is open, shows what can be done with it. */
export function CustomerConversations({ customerId, selected }: { readonly customerId: CustomerId; readonly selected: string | null }) {
  const list = useInfiniteQuery(conversationsQuery({ customerId }));
  const [chosen, setChosen] = useState<string | null | undefined>(undefined);
  const [isLong, setLong] = useState(false);
  const read = rowsOf(list.data);
  const asked = read.filter((row) => row.id === selected);
  const rows = [...asked, ...read.filter((row) => row.id !== selected)];
  if (list.isError && rows.length === 0) return <section className="rd-card" aria-label="Conversations"><Failed {...describeError(list.error)} again={() => void list.refetch()} /></section>;
  if (rows.length === 0) return null;
  const current = chosen === undefined ? selected ?? rows.find((row) => row.status === "open")?.id ?? null : chosen;
  const shown = rows.filter((row, index) => isLong || index < FIRST_ROWS || row.id === current);
  const more = (): void => {
    if (isLong && list.hasNextPage) void list.fetchNextPage();
    setLong(true);
  };
  return (
    <section className="rd-card" aria-label="Conversations">
      <Title order={2} fz={14} px="md" pt={12} pb={8}>Conversations</Title>
      {shown.map((row) => <ConversationItem key={row.id} row={row} isOpen={row.id === current} toggle={() => { setChosen(row.id === current ? null : row.id); }} />)}
      {(shown.length < rows.length || list.hasNextPage) && <div className="rd-line" style={{ borderTop: "1px solid", padding: 8, textAlign: "center" }}><Button variant="subtle" size="compact-sm" loading={list.isFetchingNextPage} onClick={more}>Show more</Button></div>}
    </section>
  );
}
