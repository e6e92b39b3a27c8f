import { Anchor, Badge, Group, Stack, Table, Text, Title, VisuallyHidden } from "@mantine/core";
import type { AgentStatus, QueueLine } from "@ringdesk/contract/http";
import { IconCoffee, IconListDetails } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queuesQuery } from "../api/queries.ts";
import { useHouseStyle, useSession } from "../api/session.ts";
import { useConnection, useTopic } from "../softphone/desk.tsx";
import { Elapsed } from "../ui/elapsed.tsx";
import { SkillBadges } from "../ui/skill-badges.tsx";
import { StatusDot } from "../ui/signs.tsx";
import { Nothing } from "../ui/states.tsx";
import { callerName, statusWords } from "../words/calls.ts";
import { FirstSteps } from "./first-steps.tsx";
import { Unread } from "./list-card.tsx";
import { Heading } from "./page.tsx";
import { WhyNotRouted } from "./why-not-routed.tsx";

function Agents({ agents }: { readonly agents: QueueLine["agents"] }) {
  return (
    <Group gap={16}>
      {(["available", "busy", "unavailable"] as const satisfies readonly AgentStatus[]).map((status) => (
        <Group key={status} gap={6}><StatusDot status={status} /><Text size="sm"><b className="rd-number">{agents[status]}</b> <Text span c="dimmed" size="sm">{statusWords[status].toLowerCase()}</Text></Text></Group>
      ))}
    </Group>
  );
}

function Waiting({ queue }: { readonly queue: QueueLine }) {
  const { format } = useHouseStyle();
  const mayAsk = useSession().permissions.includes("live-view");
  return (
    <Table verticalSpacing={9} horizontalSpacing="md" layout="fixed" className="rd-waiting" aria-label={`Waiting in ${queue.name}`}>
      <Table.Thead><Table.Tr><Table.Th w={56}>#</Table.Th><Table.Th>Caller</Table.Th><Table.Th w={100}>Waiting</Table.Th><Table.Th>Ringing at</Table.Th>{mayAsk && <Table.Th w={186}><VisuallyHidden>Why not routed?</VisuallyHidden></Table.Th>}</Table.Tr></Table.Thead>
      <Table.Tbody>
        {queue.waiting.map((call, index) => (
          <Table.Tr key={call.callId} data-testid="waiting-call" data-call-id={call.callId}>
            <Table.Td c="dimmed">{index + 1}</Table.Td>
            <Table.Td>
              <Text size="sm" fw={550} truncate>{callerName({ name: call.customerName, number: call.from }, format)}</Text>
              {call.customerName !== null && call.from !== null && <Text size="xs" c="dimmed" className="rd-number">{format(call.from)}</Text>}
              <SkillBadges skills={call.skills} />
            </Table.Td>
            <Table.Td><Elapsed since={call.enteredAt} />{call.callback && <Text size="xs" c="dimmed">To be called back</Text>}</Table.Td>
            <Table.Td className="rd-ringing">{call.offeredTo ?? <Text span c="dimmed" size="sm">Nobody yet</Text>}</Table.Td>
            {mayAsk && <Table.Td className="rd-why"><WhyNotRouted call={call} /></Table.Td>}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** One queue: who waits, who could answer. */
function Queue({ queue }: { readonly queue: QueueLine }) {
  return (
    <section className="rd-card" aria-label={queue.name} data-testid="queue" data-queue={queue.name}>
      <Group justify="space-between" px="md" py={12} gap="sm">
        <Group gap={10} style={{ minWidth: 0 }}>
          <Title order={2} fz={16} style={{ overflowWrap: "anywhere" }}>{queue.name}</Title>
          {queue.isDefault && queue.name !== "Default queue" && <Badge variant="light" color="gray" size="sm">Default queue</Badge>}
          {!queue.voiceEnabled && !queue.isDefault && <Badge variant="light" color="gray" size="sm">No voice</Badge>}
          {queue.waiting.length > 0 && <Badge color="#bf4800" variant="filled" size="sm" style={{ flex: "none" }}>{queue.waiting.length} waiting</Badge>}
        </Group>
        {queue.isDefault ? <Text size="sm" c="dimmed">Calls here cannot be answered, only assigned</Text> : <Agents agents={queue.agents} />}
      </Group>
      <div style={{ borderTop: "1px solid var(--rd-line)" }}>
        {queue.waiting.length > 0 ? <Waiting queue={queue} /> : (
          <Group gap={8} px="md" py={14} c="dimmed"><IconCoffee size={17} /><Text size="sm">Nobody is waiting</Text></Group>
        )}
      </div>
    </section>
  );
}

/** The queues with who waits in them. */
export function QueuesPage() {
  const queues = useQuery(queuesQuery);
  useTopic("queues");
  const isLive = useConnection() === "live";
  return (
    <>
      <Heading title="Queues">
        <Group gap={7}><StatusDot status={isLive ? "available" : "unavailable"} /><Text size="sm" c="dimmed" role="status">{isLive ? "Live" : "Not live: reconnecting"}</Text></Group>
      </Heading>
      <FirstSteps />
      <Unread list={queues} />
      {queues.data?.items.length === 0 && <div className="rd-card"><Nothing icon={<IconListDetails />} title="No queues yet">Calls wait in queues until an agent takes them. <Anchor component={Link} to="/conversations">See conversations</Anchor></Nothing></div>}
      <Stack>{queues.data?.items.map((queue) => <Queue key={queue.id} queue={queue} />)}</Stack>
    </>
  );
}
