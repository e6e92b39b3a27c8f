import { Anchor, Badge, Button, Group, SegmentedControl, Select, Text } from "@mantine/core";
import { channel as channels, type Channel, type ConversationLine, type ConversationStatus } from "@ringdesk/contract/http";
import type { QueueId, UserId } from "@ringdesk/std";
import { IconCheck, IconMessages, IconRotate } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useRef, type KeyboardEvent } from "react";
import { useConversationChange } from "../api/conversation-changes.ts";
import { rowsOf } from "../api/pages.ts";
import { conversationsQuery, queuesQuery, usersQuery, type ConversationFilter } from "../api/queries.ts";
import { useHouseStyle, useSession } from "../api/session.ts";
import { useTopic } from "../softphone/desk.tsx";
import { ChannelIcon } from "../ui/channel-icon.tsx";
import { useNow } from "../ui/now.ts";
import { Nothing } from "../ui/states.tsx";
import { callerName, channelWords, conversationColors, conversationWords } from "../words/calls.ts";
import { fullTime, moment } from "../words/time.ts";
import { FirstSteps } from "./first-steps.tsx";
import { ListCard, More } from "./list-card.tsx";
import { Heading } from "./page.tsx";

const route = getRouteApi("/desk/conversations");
type StatusFilter = ConversationStatus | "all";
type Search = { readonly status?: StatusFilter; readonly channel?: Channel; readonly queue?: string; readonly assigned?: string };
const statuses: readonly { readonly value: StatusFilter; readonly label: string }[] = [
  { value: "open", label: "Open" }, { value: "wrap-up", label: "Wrap-up" }, { value: "snoozed", label: "Snoozed" }, { value: "done", label: "Done" }, { value: "all", label: "All" },
];
const empty = {
  open: ["No open conversations", "Calls that are answered and messages that come in appear here until they are marked done."],
  "wrap-up": ["Nothing to wrap up", "Missed and abandoned calls appear here, so that somebody can call back."],
  snoozed: ["Nothing is snoozed", "Conversations that were put aside appear here until their time comes."],
  done: ["Nothing done yet", "Conversations that are marked done appear here."],
  all: ["No conversations yet", "The first call starts one."],
} as const satisfies Record<StatusFilter, readonly [string, string]>;

/** The button that fits a conversation's status. */
function ConversationButton({ row: { id, version, status } }: { readonly row: ConversationLine }) {
  const change = useConversationChange();
  const isFinished = status === "done" || status === "wrap-up";
  return (
    <Group gap={6} wrap="nowrap" justify="end" className="rd-buttons">
      {isFinished && <Button size="compact-sm" variant="default" leftSection={<IconRotate size={14} />} loading={change.isPending} onClick={() => { change.mutate({ change: "reopen", id, version }); }}>Reopen</Button>}
      {status !== "done" && <Button size="compact-sm" variant="default" leftSection={<IconCheck size={14} />} loading={change.isPending} data-testid="mark-done" onClick={() => { change.mutate({ change: "markDone", id, version }); }}>Mark done</Button>}
    </Group>
  );
}

function ConversationRow({ row, now, names, isRouted }: { readonly row: ConversationLine; readonly now: number; readonly names: ReadonlyMap<string, string>; readonly isRouted: boolean }) {
  const { format, timeZone } = useHouseStyle();
  const number = row.customerName === null || row.customerNumber === null ? null : format(row.customerNumber);
  const below = [row.subject, number].filter((part) => part !== null).join(" · ");
  return (
    <div className="rd-row" role="listitem" data-testid="conversation" data-channel={row.channel}>
      <span data-cell="sign" style={{ display: "flex", color: "var(--mantine-color-dimmed)" }}><ChannelIcon channel={row.channel} /></span>
      <Link to="/customers/$customerId" params={{ customerId: row.customerId }} search={{ conversation: row.id }} className="rd-plain" data-cell="who" data-row-link>
        <Text size="sm" fw={550} truncate>{callerName({ name: row.customerName, number: row.customerNumber, email: row.customerEmail }, format)}</Text>
        {below !== "" && <Text size="xs" c="dimmed" truncate className={row.subject === null ? "rd-number" : undefined}>{below}</Text>}
      </Link>
      <Text size="sm" c={row.queueId === null ? "dimmed" : "inherit"} truncate data-cell="queue">{row.queueId === null ? "No queue" : names.get(row.queueId) ?? "Queue"}</Text>
      <Text size="sm" c={row.assignedTo === null ? "dimmed" : "inherit"} truncate data-cell="assigned">{row.assignedTo === null ? (row.waitingSince !== null && isRouted ? "Being routed" : "Nobody") : names.get(row.assignedTo) ?? "Agent"}</Text>
      <div data-cell="status"><Badge variant="light" color={conversationColors[row.status]} size="sm" title={row.snoozedUntil === null ? undefined : `Until ${fullTime(row.snoozedUntil, timeZone)}`}>{conversationWords[row.status]}</Badge></div>
      <Text size="sm" c="dimmed" className="rd-number" data-cell="activity" title={fullTime(row.lastActivityAt, timeZone)}>{moment(row.lastActivityAt, now, timeZone)}</Text>
      <div data-cell="buttons"><ConversationButton row={row} /></div>
    </div>
  );
}

/** Arrow keys go from row to row. */
function useRowKeys() {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const links = [...list.current?.querySelectorAll<HTMLElement>("[data-row-link]") ?? []];
    const at = links.findIndex((link) => link.closest(".rd-row")?.contains(document.activeElement) === true);
    const next = links[event.key === "ArrowDown" ? at + 1 : at - 1];
    if (at === -1 || next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return { ref: list, onKeyDown };
}

/** The filter that the address asks for. */
function filterOf({ status = "open", channel, queue, assigned }: Search): ConversationFilter {
  return {
    ...(status === "all" ? {} : { status }), ...(channel === undefined ? {} : { channel }), ...(queue === undefined ? {} : { queueId: queue as QueueId }),
    ...(assigned === undefined ? {} : assigned === "me" ? { mine: true } : assigned === "nobody" ? { unassigned: true } : { assignedTo: assigned as UserId }),
  };
}

function Filters({ search, choose }: { readonly search: Search; readonly choose: (next: Search) => void }) {
  const { user } = useSession();
  const users = useQuery(usersQuery).data?.items ?? [];
  const queues = useQuery(queuesQuery).data?.items ?? [];
  const others = users.filter(({ id }) => id !== user.id).map(({ id, name }) => ({ value: id as string, label: name }));
  const pick = (key: "channel" | "queue" | "assigned") => (value: string | null): void => {
    const { [key]: _, ...rest } = search;
    choose(value === null ? rest : { ...rest, [key]: value } as Search);
  };
  return (
    <Group gap="xs" mb="md" role="group" aria-label="Filters" className="rd-filters">
      <Select size="xs" w={160} clearable aria-label="Channel" placeholder="Any channel" value={search.channel ?? null} onChange={pick("channel")} data={channels.options.map((value) => ({ value, label: channelWords[value] }))} />
      <Select size="xs" w={190} clearable searchable aria-label="Queue" placeholder="Any queue" value={search.queue ?? null} onChange={pick("queue")} data={queues.map(({ id, name }) => ({ value: id, label: name }))} />
      <Select size="xs" w={190} clearable searchable aria-label="Assigned to" placeholder="Assigned to anybody" value={search.assigned ?? null} onChange={pick("assigned")} data-testid="filter-assigned"
        data={[{ value: "me", label: "Me" }, { value: "nobody", label: "Nobody" }, ...others]} />
      {(search.channel ?? search.queue ?? search.assigned) !== undefined && <Button size="compact-sm" variant="subtle" color="gray" onClick={() => { choose(search.status === undefined ? {} : { status: search.status }); }}>Clear filters</Button>}
    </Group>
  );
}

/** Conversations of all channels, last activity first (CRM-2). */
export function ConversationsPage() {
  const search: Search = route.useSearch();
  const { status = "open" } = search;
  const navigate = useNavigate();
  const list = useInfiniteQuery(conversationsQuery(filterOf(search)));
  const users = useQuery(usersQuery).data?.items ?? [];
  const queues = useQuery(queuesQuery).data?.items ?? [];
  const names = new Map<string, string>([...users, ...queues].map((each) => [each.id, each.name]));
  const unrouted = queues.find((queue) => queue.isDefault)?.id;
  const now = useNow(false);
  useTopic("conversations");
  const keys = useRowKeys();
  const rows = rowsOf(list.data);
  const choose = (next: Search): void => { void navigate({ to: "/conversations", search: next }); };
  const { sandbox } = useSession().features;
  const isFiltered = (search.channel ?? search.queue ?? search.assigned) !== undefined;
  const [title, detail] = isFiltered ? ["Nothing matches these filters", "Other conversations may be there without them."] : empty[status];
  return (
    <>
      <Heading title="Conversations">
        <SegmentedControl size="sm" className="rd-filter" aria-label="Status" value={status} onChange={(value) => { choose({ ...search, status: value as StatusFilter }); }} data={[...statuses]} />
      </Heading>
      <FirstSteps />
      <Filters search={search} choose={choose} />
      <ListCard list={list} shape={{ count: 8, height: 26 }} className="rd-conversations" empty={rows.length === 0 && <Nothing icon={<IconMessages />} title={title}>
          {detail}{status === "open" && !isFiltered && sandbox && <> To try it, call your support number from <Anchor href="/handset" target="ringdesk-handset" rel="opener" size="sm">the handset</Anchor>.</>}
        </Nothing>}>
        {rows.length > 0 && <div className="rd-row rd-head" aria-hidden><span data-cell="sign" /><span data-cell="who">Customer</span><span data-cell="queue">Queue</span><span data-cell="assigned">Assigned to</span><span data-cell="status">Status</span><span data-cell="activity">Last activity</span><span data-cell="buttons" /></div>}
        {rows.length > 0 && <div role="list" aria-label="Conversations" {...keys}>{rows.map((row) => <ConversationRow key={row.id} row={row} now={now} names={names} isRouted={row.queueId !== unrouted} />)}</div>}
      </ListCard>
      <More list={list} />
    </>
  );
}
