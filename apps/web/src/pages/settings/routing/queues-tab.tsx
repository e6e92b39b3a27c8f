import { Anchor, Badge, Button, Group, Table, Text } from "@mantine/core";
import type { Queue, Schedule } from "@ringdesk/contract/http";
import { IconListDetails, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queueSettingsQuery, schedulesQuery } from "../../../api/routing-settings.ts";
import { Nothing } from "../../../ui/states.tsx";
import { channelsOf } from "../../../words/routing.ts";
import { ListCard, ListTable } from "../../list-card.tsx";
import { RoutingTabs } from "./routing-tabs.tsx";

const addressOf = (queue: Queue): string => `/settings/routing/queues/${queue.id}`;

function Teams({ queue }: { readonly queue: Queue }) {
  if (queue.isDefault) return <Text size="sm" c="dimmed">Not routed</Text>;
  if (queue.teams.length === 0) return <Text size="sm" c="var(--mantine-color-error)">No team</Text>;
  const off = queue.teams.every((team) => !team.routingEnabled);
  return (
    <>
      <Text size="sm">{queue.teams.map((team) => team.displayName).join(", ")}</Text>
      {off && <Text size="xs" c="var(--mantine-color-error)">Routing is turned off</Text>}
    </>
  );
}

function Hours({ queue, schedules }: { readonly queue: Queue; readonly schedules: readonly Schedule[] }) {
  if (queue.scheduleId === null) return <Text size="sm" c="dimmed">Always open</Text>;
  const schedule = schedules.find(({ id }) => id === queue.scheduleId);
  if (schedule === undefined) return null;
  return <><Text size="sm">{schedule.name}</Text><Text size="xs" c="dimmed">{schedule.isOpen ? "Open now" : "Closed now"}</Text></>;
}

/** Settings › Platform › Routing: all queues, each a way to its options (QUE-1, QUE-6). */
export function QueuesTab() {
  const queues = useQuery(queueSettingsQuery);
  const schedules = useQuery(schedulesQuery).data?.items ?? [];
  const all = queues.data?.items ?? [];
  const only = all.length > 0 && all.every((queue) => queue.isDefault);
  return (
    <>
      <RoutingTabs tools={<Button component={Link} to="/settings/routing/new" leftSection={<IconPlus size={17} />} data-testid="add-queue">Add queue</Button>} />
      <ListCard list={queues} shape={{ height: 32 }}>
        <ListTable minWidth={680} head={<><Table.Th>Queue</Table.Th><Table.Th>Takes</Table.Th><Table.Th>Teams</Table.Th><Table.Th>Hours</Table.Th><Table.Th ta="right">Priority</Table.Th></>}>
          {all.map((queue) => (
            <Table.Tr key={queue.id} data-testid="queue" data-name={queue.name}>
              <Table.Td>
                <Group gap={8} wrap="nowrap">
                  <Anchor component={Link} to={addressOf(queue)} size="sm" fw={550} c="var(--mantine-color-text)">{queue.displayName}</Anchor>
                  {queue.isDefault && <Badge variant="light" color="gray" size="sm">Default</Badge>}
                </Group>
                {queue.name !== queue.displayName && <Text size="xs" c="dimmed">{queue.name}</Text>}
              </Table.Td>
              <Table.Td><Text size="sm" c={queue.isDefault ? "dimmed" : ""}>{queue.isDefault ? "What no rule placed" : channelsOf(queue)}</Text></Table.Td>
              <Table.Td><Teams queue={queue} /></Table.Td>
              <Table.Td><Hours queue={queue} schedules={schedules} /></Table.Td>
              <Table.Td ta="right"><Text size="sm" className="rd-number">{queue.priority}</Text></Table.Td>
            </Table.Tr>
          ))}
        </ListTable>
        {only && <Nothing icon={<IconListDetails />} title="There is no queue for agents yet">Add one: its calls ring at the members of its teams. The default queue takes what no rule placed; its calls ring nowhere.</Nothing>}
      </ListCard>
    </>
  );
}
