import { Anchor, Badge, Button, Table, Text } from "@mantine/core";
import { IconClock, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { schedulesQuery } from "../../../api/routing-settings.ts";
import { useNow } from "../../../ui/now.ts";
import { Nothing } from "../../../ui/states.tsx";
import { opening } from "../../../words/routing.ts";
import { ListCard, ListTable } from "../../list-card.tsx";
import { Heading } from "../../page.tsx";
import { SCHEDULES } from "./schedule-page.tsx";

/** Settings › Platform › Business schedules (QUE-6). */
export function SchedulesPage() {
  const schedules = useQuery(schedulesQuery);
  const now = useNow();
  const all = schedules.data?.items ?? [];
  return (
    <>
      <Heading title="Business schedules"><Button component={Link} to={`${SCHEDULES}/new`} leftSection={<IconPlus size={17} />} data-testid="add-schedule">Add schedule</Button></Heading>
      <ListCard list={schedules} shape={{ height: 32 }} empty={all.length === 0 && <Nothing icon={<IconClock />} title="There is no schedule yet">A queue without one is always open. Add your hours and holidays, and choose them in the options of a queue.</Nothing>}>
        <ListTable minWidth={560} head={<><Table.Th>Schedule</Table.Th><Table.Th>Now</Table.Th><Table.Th>Time zone</Table.Th><Table.Th>Queues</Table.Th></>}>
          {all.map((schedule) => (
            <Table.Tr key={schedule.id} data-testid="schedule">
              <Table.Td><Anchor component={Link} to={`${SCHEDULES}/${schedule.id}`} size="sm" fw={550} c="var(--mantine-color-text)">{schedule.name}</Anchor></Table.Td>
              <Table.Td><Badge variant="light" color={schedule.isOpen ? "teal" : "gray"} size="sm">{opening(schedule, now)}</Badge></Table.Td>
              <Table.Td><Text size="sm">{schedule.timeZone.replaceAll("_", " ")}</Text></Table.Td>
              <Table.Td><Text size="sm" c={schedule.queues.length === 0 ? "dimmed" : ""}>{schedule.queues.length === 0 ? "None" : schedule.queues.map((queue) => queue.displayName).join(", ")}</Text></Table.Td>
            </Table.Tr>
          ))}
        </ListTable>
      </ListCard>
    </>
  );
}
