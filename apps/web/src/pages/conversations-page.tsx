import { Badge, Button, Group, SegmentedControl, Switch, Text } from "@mantine/core";
import type { Conversation, ConversationStatus } from "@ringdesk/contract/http";
import type { ConversationId } from "@ringdesk/std";
import { IconCheck, IconMessages, IconPhone, IconRotate } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { describeError } from "../api/client.ts";
import { changeConversation, conversationsQuery, keys, queuesQuery, usersQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { notify } from "../ui/notify.ts";
import { useNow } from "../ui/now.ts";
import { Failed, Nothing, Rows } from "../ui/states.tsx";
import { callerName, conversationColors, conversationWords } from "../words/calls.ts";
import { fullTime, moment } from "../words/time.ts";
import { Heading } from "./page.tsx";

const COLUMNS = "22px minmax(160px, 1.4fr) minmax(110px, 1fr) minmax(110px, 1fr) 92px 96px 244px";
const route = getRouteApi("/desk/conversations");
type Filter = ConversationStatus | "all";
const filters: readonly { readonly value: Filter; readonly label: string }[] = [
  { value: "open", label: "Open" }, { value: "wrap-up", label: "Wrap-up" }, { value: "snoozed", label: "Snoozed" }, { value: "done", label: "Done" }, { value: "all", label: "All" },
];
const empty = {
  open: ["No open conversations", "Calls that are answered appear here until they are marked done."],
  "wrap-up": ["Nothing to wrap up", "Missed and abandoned calls appear here, so that somebody can call back."],
  snoozed: ["Nothing is snoozed", ""], done: ["Nothing done yet", "Conversations that are marked done appear here."],
  all: ["No conversations yet", "The first call starts one."],
} as const satisfies Record<Filter, readonly [string, string]>;

/** Marks a conversation done, or opens it again. */
export function useConversationChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ change, id }: { readonly change: "markDone" | "reopen"; readonly id: ConversationId }) => changeConversation(change, id),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.conversations }),
    onError: (error) => { const { title, detail } = describeError(error); notify("error", title, detail); },
  });
}

/** The button that fits a conversation's status. */
export function ConversationButton({ conversation }: { readonly conversation: Pick<Conversation, "id" | "status"> }) {
  const change = useConversationChange();
  const done = conversation.status === "done" || conversation.status === "wrap-up";
  return (
    <Group gap={6} wrap="nowrap" justify="end" className="rd-buttons">
      {done && <Button size="compact-sm" variant="default" leftSection={<IconRotate size={14} />} loading={change.isPending} onClick={() => { change.mutate({ change: "reopen", id: conversation.id }); }}>Reopen</Button>}
      {conversation.status !== "done" && <Button size="compact-sm" variant="default" leftSection={<IconCheck size={14} />} loading={change.isPending} data-testid="mark-done" onClick={() => { change.mutate({ change: "markDone", id: conversation.id }); }}>Mark done</Button>}
    </Group>
  );
}

type Row = Conversation & { readonly customerName: string | null; readonly customerNumber: string | null };

function ConversationRow({ row, now, names }: { readonly row: Row; readonly now: number; readonly names: ReadonlyMap<string, string> }) {
  const { format, timeZone } = useHouseStyle();
  return (
    <div className="rd-row" style={{ gridTemplateColumns: COLUMNS }} data-testid="conversation">
      <IconPhone size={17} aria-label="Voice" color="var(--mantine-color-dimmed)" />
      <Link to="/customers/$customerId" params={{ customerId: row.customerId }} style={{ color: "inherit", textDecoration: "none", minWidth: 0 }}>
        <Text size="sm" fw={550} truncate>{callerName({ name: row.customerName, number: row.customerNumber }, format)}</Text>
        {row.customerName !== null && row.customerNumber !== null && <Text size="xs" c="dimmed" className="rd-number">{format(row.customerNumber)}</Text>}
      </Link>
      <Text size="sm" c={row.queueId === null ? "dimmed" : "inherit"} truncate>{row.queueId === null ? "No queue" : names.get(row.queueId) ?? "Queue"}</Text>
      <Text size="sm" c={row.assignedTo === null ? "dimmed" : "inherit"} truncate>{row.assignedTo === null ? "Nobody" : names.get(row.assignedTo) ?? "Agent"}</Text>
      <Badge variant="light" color={conversationColors[row.status]} size="sm">{conversationWords[row.status]}</Badge>
      <Text size="sm" c="dimmed" className="rd-number" title={fullTime(row.lastActivityAt, timeZone)}>{moment(row.lastActivityAt, now, timeZone)}</Text>
      <ConversationButton conversation={row} />
    </div>
  );
}

/** Conversations, last activity first (CRM-2). */
export function ConversationsPage() {
  const { status = "open", mine = false } = route.useSearch();
  const navigate = useNavigate();
  const list = useInfiniteQuery(conversationsQuery({ status: status === "all" ? null : status, mine }));
  const users = useQuery(usersQuery).data?.items ?? [];
  const queues = useQuery(queuesQuery).data?.items ?? [];
  const names = new Map<string, string>([...users, ...queues].map((each) => [each.id, each.name]));
  const now = useNow(false);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const choose = (next: { status?: Filter; mine?: boolean }): void => { void navigate({ to: "/conversations", search: { status, mine, ...next } }); };
  const [title, detail] = empty[status];
  return (
    <>
      <Heading title="Conversations">
        <Group gap="md">
          <Switch label="Only mine" size="sm" checked={mine} onChange={(event) => { choose({ mine: event.currentTarget.checked }); }} />
          <SegmentedControl size="sm" aria-label="Status" value={status} onChange={(value) => { choose({ status: value as Filter }); }} data={[...filters]} />
        </Group>
      </Heading>
      <div className="rd-card rd-table">
        {list.isPending && <Rows count={8} height={26} />}
        {list.isError && <Failed {...describeError(list.error)} again={() => void list.refetch()} />}
        {list.isSuccess && rows.length === 0 && <Nothing icon={<IconMessages />} title={mine ? `${title} of yours` : title}>{detail}</Nothing>}
        {rows.length > 0 && <div className="rd-row rd-head" style={{ gridTemplateColumns: COLUMNS }} aria-hidden><span /><span>Customer</span><span>Queue</span><span>Assigned to</span><span>Status</span><span>Last activity</span><span /></div>}
        {rows.map((row) => <ConversationRow key={row.id} row={row} now={now} names={names} />)}
      </div>
      {list.hasNextPage && <Group justify="center" mt="md"><Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></Group>}
    </>
  );
}
