import { Anchor, Badge, Button, Group, SegmentedControl, Switch, Text } from "@mantine/core";
import type { Conversation, ConversationStatus } from "@ringdesk/contract/http";
import type { ConversationId } from "@ringdesk/std";
import { IconCheck, IconMessages, IconPhone, IconRotate } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { describeError } from "../api/client.ts";
import { changeConversation, conversationsQuery, keys, queuesQuery, usersQuery } from "../api/queries.ts";
import { useHouseStyle, useSession } from "../api/session.ts";
import { notify } from "../ui/notify.ts";
import { useNow } from "../ui/now.ts";
import { Failed, Nothing, Rows } from "../ui/states.tsx";
import { callerName, conversationColors, conversationWords } from "../words/calls.ts";
import { fullTime, moment } from "../words/time.ts";
import { Heading } from "./page.tsx";

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
    <div className="rd-row" role="listitem" data-testid="conversation">
      <IconPhone size={17} aria-label="Voice" color="var(--mantine-color-dimmed)" data-cell="sign" />
      <Link to="/customers/$customerId" params={{ customerId: row.customerId }} className="rd-plain" data-cell="who">
        <Text size="sm" fw={550} truncate>{callerName({ name: row.customerName, number: row.customerNumber }, format)}</Text>
        {row.customerName !== null && row.customerNumber !== null && <Text size="xs" c="dimmed" truncate className="rd-number">{format(row.customerNumber)}</Text>}
      </Link>
      <Text size="sm" c={row.queueId === null ? "dimmed" : "inherit"} truncate data-cell="queue">{row.queueId === null ? "No queue" : names.get(row.queueId) ?? "Queue"}</Text>
      <Text size="sm" c={row.assignedTo === null ? "dimmed" : "inherit"} truncate data-cell="assigned">{row.assignedTo === null ? "Nobody" : names.get(row.assignedTo) ?? "Agent"}</Text>
      <div data-cell="status"><Badge variant="light" color={conversationColors[row.status]} size="sm">{conversationWords[row.status]}</Badge></div>
      <Text size="sm" c="dimmed" className="rd-number" data-cell="activity" title={fullTime(row.lastActivityAt, timeZone)}>{moment(row.lastActivityAt, now, timeZone)}</Text>
      <div data-cell="buttons"><ConversationButton conversation={row} /></div>
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
  const { sandbox } = useSession().features;
  const [title, detail] = empty[status];
  return (
    <>
      <Heading title="Conversations">
        <Group gap="md">
          <Switch label="Only mine" size="sm" checked={mine} onChange={(event) => { choose({ mine: event.currentTarget.checked }); }} />
          <SegmentedControl size="sm" className="rd-filter" aria-label="Status" value={status} onChange={(value) => { choose({ status: value as Filter }); }} data={[...filters]} />
        </Group>
      </Heading>
      <div className="rd-card rd-conversations">
        {list.isPending && <Rows count={8} height={26} />}
        {list.isError && <Failed {...describeError(list.error)} again={() => void list.refetch()} />}
        {list.isSuccess && rows.length === 0 && <Nothing icon={<IconMessages />} title={mine ? `${title} of yours` : title}>
          {detail}{status === "open" && !mine && sandbox && <> To try it, call your support number from <Anchor href="/handset" target="ringdesk-handset" rel="opener" size="sm">the handset</Anchor>.</>}
        </Nothing>}
        {rows.length > 0 && <div className="rd-row rd-head" aria-hidden><span data-cell="sign" /><span data-cell="who">Customer</span><span data-cell="queue">Queue</span><span data-cell="assigned">Assigned to</span><span data-cell="status">Status</span><span data-cell="activity">Last activity</span><span data-cell="buttons" /></div>}
        {rows.length > 0 && <div role="list" aria-label="Conversations">{rows.map((row) => <ConversationRow key={row.id} row={row} now={now} names={names} />)}</div>}
      </div>
      {list.hasNextPage && <Group justify="center" mt="md"><Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></Group>}
    </>
  );
}
