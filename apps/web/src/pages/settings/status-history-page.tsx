import { Group, Select, Table, Text } from "@mantine/core";
import type { StatusChange } from "@ringdesk/contract/http";
import type { UserId } from "@ringdesk/std";
import { IconClock } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { rowsOf } from "../../api/pages.ts";
import { statusHistoryQuery } from "../../api/people.ts";
import { usersQuery } from "../../api/queries.ts";
import { useHouseStyle } from "../../api/session.ts";
import { StatusDot } from "../../ui/signs.tsx";
import { Nothing } from "../../ui/states.tsx";
import { statusWords } from "../../words/calls.ts";
import { fullTime, preciseTime, shortDay, span } from "../../words/time.ts";
import { ListCard, ListTable, More } from "../list-card.tsx";
import { Heading } from "../page.tsx";

function Change({ change, until }: { readonly change: StatusChange; readonly until: number | null }) {
  const { timeZone } = useHouseStyle();
  return (
    <Table.Tr data-testid="status-change">
      <Table.Td className="rd-number" title={fullTime(change.at, timeZone)}>{shortDay(change.at, Date.now(), timeZone)}, {preciseTime(change.at, timeZone)}</Table.Td>
      <Table.Td><Group gap={8} wrap="nowrap"><StatusDot status={change.status} /><Text size="sm" fw={500}>{statusWords[change.status]}</Text>{change.subStatusName !== null && <Text size="sm" c="dimmed">{change.subStatusName}</Text>}</Group></Table.Td>
      <Table.Td className="rd-number">{until === null ? "Since then" : span(until - change.at)}</Table.Td>
      <Table.Td><Text size="sm" c="dimmed">{change.why ?? "Chosen"}</Text></Table.Td>
    </Table.Tr>
  );
}

function History({ user }: { readonly user: UserId }) {
  const history = useInfiniteQuery(statusHistoryQuery(user));
  const changes = rowsOf(history.data);
  return (
    <ListCard list={history} empty={changes.length === 0 && <Nothing icon={<IconClock />} title="No changes yet">The history begins when this user changes their status for the first time.</Nothing>}>
      <ListTable minWidth={620} head={<><Table.Th>Since</Table.Th><Table.Th>Status</Table.Th><Table.Th>For</Table.Th><Table.Th>Why</Table.Th></>}>
        {changes.map((change, index) => <Change key={change.seq} change={change} until={changes[index - 1]?.at ?? null} />)}
      </ListTable>
      <More list={history}>Show older changes</More>
    </ListCard>
  );
}

/** What an agent's status was, and for how long (STAT-6). */
export function StatusHistoryPage() {
  const { userId } = useParams({ strict: false }) as { readonly userId?: string };
  const users = useQuery(usersQuery);
  const navigate = useNavigate();
  return (
    <>
      <Heading title="Status history" />
      <Select mb="md" maw={320} label="Agent" placeholder="Choose somebody" searchable nothingFoundMessage="Nobody is found" data={(users.data?.items ?? []).map((user) => ({ value: user.id as string, label: user.name }))}
        value={userId ?? null} onChange={(value) => void navigate({ href: value === null ? "/settings/status-history" : `/settings/status-history/${value}` })} />
      {userId === undefined ? <div className="rd-card"><Nothing icon={<IconClock />} title="Whose history?">Choose an agent to see when they were available, busy or unavailable, and why.</Nothing></div> : <History user={userId as UserId} />}
    </>
  );
}
