import { Box, Group, SegmentedControl, SimpleGrid, Stack, Table, Text, Title, VisuallyHidden } from "@mantine/core";
import type { AgentStatus, LiveAgent, LiveQueue, LiveView } from "@ringdesk/contract/http";
import { IconLock, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { describeError } from "../api/client.ts";
import { liveViewQuery } from "../api/queries.ts";
import { useHouseStyle, useSession } from "../api/session.ts";
import { useConnection, useTopic } from "../softphone/desk.tsx";
import { Elapsed } from "../ui/elapsed.tsx";
import { SkillBadges } from "../ui/skill-badges.tsx";
import { StatusDot } from "../ui/signs.tsx";
import { Failed, Nothing, Rows } from "../ui/states.tsx";
import { callerName, statusWords } from "../words/calls.ts";
import { aboutWait, byNearness, doingWords, longestSince, percent, serviceLevel } from "../words/live-view.ts";
import { span } from "../words/time.ts";
import { Heading } from "./page.tsx";
import { WhyNotRouted } from "./why-not-routed.tsx";

/** More agents than this are not drawn; the filter brings the others. */
const DRAWN_AGENTS = 300;
/** What is hidden from eyes alone stays inside, so that the page does not grow by it. */
const scrolls = { overflowX: "auto", position: "relative" } as const;

function Figure({ label, children, note, ...rest }: { readonly label: string; readonly children: ReactNode; readonly note?: string; readonly [data: `data-${string}`]: string }) {
  return (
    <div className="rd-card" style={{ padding: "12px 16px" }} role="group" aria-label={label} {...rest}>
      <Text size="xs" c="dimmed">{label}</Text>
      <Text fz={24} fw={650} className="rd-number">{children}</Text>
      {note !== undefined && <Text size="xs" c="dimmed">{note}</Text>}
    </div>
  );
}

function Figures({ view }: { readonly view: LiveView }) {
  const waiting = view.queues.reduce((sum, queue) => sum + queue.waiting.length, 0);
  const longest = longestSince(view.queues);
  const ready = view.agents.filter((agent) => agent.doing === "ready").length;
  const talking = view.agents.filter((agent) => agent.doing === "on-call").length;
  const { answered, answeredInTime, lost } = view.today;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm" mb="md">
      <Figure label="Calls waiting" data-testid="figure-waiting">{waiting}</Figure>
      <Figure label="Longest wait" data-testid="figure-longest">{longest === null ? "–" : <Elapsed since={longest} />}</Figure>
      <Figure label="Agents ready" note={`${talking} in a call`} data-testid="figure-ready">{ready}</Figure>
      <Figure label="Service level today" note={`${answeredInTime} of ${answered + lost} answered within ${span(view.thresholdMs).replaceAll(" ", "\u00a0")}`} data-testid="figure-service">{percent(serviceLevel(view.today))}</Figure>
      <Figure label="Lost today" note="Hung up, timed out or left a message" data-testid="figure-lost">{lost}</Figure>
    </SimpleGrid>
  );
}

function WaitingCalls({ queue }: { readonly queue: LiveQueue }) {
  const { format } = useHouseStyle();
  return queue.waiting.map((call) => {
    const about = aboutWait(call.estimatedWaitMs);
    const notes = [call.callback ? "to be called back" : null, about === null ? null : `${about} to go`].filter((note) => note !== null);
    return (
      <Table.Tr key={call.callId} data-testid="live-call" data-call-id={call.callId}>
        <Table.Td pl={30}>
          <Text size="sm"><Text span c="dimmed" size="sm">{call.position}. </Text>{callerName({ name: call.customerName, number: call.from }, format)}</Text>
          {call.offeredTo !== null && <Text size="xs" hiddenFrom="md">Rings at {call.offeredTo}</Text>}
          <SkillBadges skills={call.skills} />
          {notes.length > 0 && <Text size="xs" c="dimmed">{notes.join(" · ")}</Text>}
        </Table.Td>
        <Table.Td><Text span size="sm" hiddenFrom="md"><Elapsed since={call.enteredAt} /></Text></Table.Td>
        <Table.Td visibleFrom="md"><Elapsed since={call.enteredAt} /></Table.Td>
        <Table.Td visibleFrom="md">{call.offeredTo === null ? <Text size="sm" c="dimmed">Nobody yet</Text> : <Text size="sm">Rings at {call.offeredTo}</Text>}</Table.Td>
        <Table.Td pl={7}><WhyNotRouted call={call} /></Table.Td>
      </Table.Tr>
    );
  });
}

function Queues({ queues }: { readonly queues: readonly LiveQueue[] }) {
  return (
    <section className="rd-card" aria-label="Queues" style={scrolls}>
      <Title order={2} fz={16} px="md" py={12}>Queues</Title>
      <Table verticalSpacing={8} horizontalSpacing="md" miw={{ base: 0, md: 680 }}>
        <Table.Thead><Table.Tr>
          <Table.Th>Queue</Table.Th><Table.Th w={90}>Waiting</Table.Th><Table.Th w={140} visibleFrom="md">Longest wait</Table.Th><Table.Th w={210} visibleFrom="md">Agents</Table.Th>
          <Table.Th w={{ base: 120, md: 250 }}>Service level<Text span inherit visibleFrom="md"> today</Text></Table.Th>
        </Table.Tr></Table.Thead>
        {queues.map((queue) => <QueueRows key={queue.id} queue={queue} />)}
      </Table>
    </section>
  );
}

function QueueRows({ queue }: { readonly queue: LiveQueue }) {
  const longest = longestSince([queue]);
  return (
    <Table.Tbody data-testid="live-queue" data-queue={queue.name} style={{ borderTop: "1px solid var(--table-border-color)" }}>
      <Table.Tr>
        <Table.Td><Text size="sm" fw={600}>{queue.name}</Text>{queue.conversations > 0 && <Text size="xs" c="dimmed">{queue.conversations} {queue.conversations === 1 ? "conversation waits" : "conversations wait"}</Text>}
          <Box hiddenFrom="md" mt={4}><QueueAgents queue={queue} /></Box>
        </Table.Td>
        <Table.Td className="rd-number">{queue.waiting.length}</Table.Td>
        <Table.Td visibleFrom="md">{longest === null ? <Text size="sm" c="dimmed">–</Text> : <Elapsed since={longest} />}</Table.Td>
        <Table.Td visibleFrom="md"><QueueAgents queue={queue} /></Table.Td>
        <Table.Td><Text size="sm" className="rd-number">{percent(serviceLevel(queue.today))} <Text span size="xs" c="dimmed" visibleFrom="md">{queue.today.answered} answered, {queue.today.lost} lost</Text></Text></Table.Td>
      </Table.Tr>
      <WaitingCalls queue={queue} />
    </Table.Tbody>
  );
}

function QueueAgents({ queue }: { readonly queue: LiveQueue }) {
  return queue.isDefault ? <Text size="sm" c="dimmed">Rings at nobody</Text> : <Headcount agents={queue.agents} />;
}

function Headcount({ agents }: { readonly agents: LiveQueue["agents"] }) {
  return (
    <Group gap={12} wrap="nowrap">
      {(["available", "busy", "unavailable"] as const satisfies readonly AgentStatus[]).map((status) => (
        <Group key={status} gap={5} wrap="nowrap"><StatusDot status={status} /><Text size="sm" className="rd-number">{agents[status]}<VisuallyHidden> {statusWords[status]}</VisuallyHidden></Text></Group>
      ))}
    </Group>
  );
}

function Doing({ agent }: { readonly agent: LiveAgent }) {
  const { format } = useHouseStyle();
  if (agent.call === null) return <Text size="sm" {...(agent.doing === "away" ? { c: "dimmed" } : {})}>{doingWords[agent.doing]}</Text>;
  return <Text size="sm">{agent.call.direction === "inbound" ? "In a call with" : "Calls"} {callerName({ name: agent.call.name, number: agent.call.number }, format)} · <Elapsed since={agent.call.since} /></Text>;
}

function Agent({ agent }: { readonly agent: LiveAgent }) {
  return (
    <Table.Tr data-testid="live-agent" data-agent={agent.name} data-doing={agent.doing}>
      <Table.Td><Text size="sm" fw={550}>{agent.name}</Text><Text size="xs" c="dimmed">{agent.teams.join(", ")}</Text>{agent.doing !== "away" && <Box hiddenFrom="md" mt={2}><Doing agent={agent} /></Box>}</Table.Td>
      <Table.Td><Group gap={7} wrap="nowrap"><StatusDot status={agent.status} /><Text size="sm">{agent.subStatus ?? statusWords[agent.status]}</Text></Group></Table.Td>
      <Table.Td><Elapsed since={agent.since} /></Table.Td>
      <Table.Td visibleFrom="md"><Doing agent={agent} /></Table.Td>
    </Table.Tr>
  );
}

function Agents({ agents }: { readonly agents: readonly LiveAgent[] }) {
  const [status, setStatus] = useState<AgentStatus | "all">("all");
  const count = (wanted: AgentStatus): number => agents.filter((agent) => agent.status === wanted).length;
  const shown = agents.filter((agent) => status === "all" || agent.status === status).sort(byNearness);
  return (
    <section className="rd-card" aria-label="Agents" style={scrolls}>
      <Group justify="space-between" px="md" py={12} gap="sm">
        <Title order={2} fz={16}>Agents</Title>
        <SegmentedControl size="xs" aria-label="Agents by status" value={status} onChange={(value) => { setStatus(value as typeof status); }}
          data={[{ value: "all", label: `All ${agents.length}` }, ...(["available", "busy", "unavailable"] as const).map((each) => ({ value: each, label: `${statusWords[each]} ${count(each)}` }))]} />
      </Group>
      {shown.length === 0 ? <Nothing icon={<IconUsers />} title={agents.length === 0 ? "No agents yet" : "Nobody has this status"}>{agents.length === 0 ? "Members of teams appear here." : "Choose another status above."}</Nothing> : (
        <Table verticalSpacing={8} horizontalSpacing="md" layout="fixed" miw={{ base: 0, md: 620 }}>
          <Table.Thead><Table.Tr><Table.Th>Agent</Table.Th><Table.Th w={{ base: 140, md: 170 }}>Status</Table.Th><Table.Th w={{ base: 84, md: 120 }}>For</Table.Th><Table.Th visibleFrom="md" w="42%">Now</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>{shown.slice(0, DRAWN_AGENTS).map((agent) => <Agent key={agent.id} agent={agent} />)}</Table.Tbody>
        </Table>
      )}
      {shown.length > DRAWN_AGENTS && <Text size="sm" c="dimmed" px="md" py={10}>and {shown.length - DRAWN_AGENTS} more</Text>}
    </section>
  );
}

function Watched() {
  const view = useQuery(liveViewQuery);
  useTopic("live-view");
  if (view.isError) return <div className="rd-card"><Failed {...describeError(view.error)} again={() => void view.refetch()} /></div>;
  if (view.data === undefined) return <div className="rd-card"><Rows /></div>;
  return (
    <>
      <Figures view={view.data} />
      <Stack><Queues queues={view.data.queues} /><Agents agents={view.data.agents} /></Stack>
    </>
  );
}

/** RTE-10: for managers, and whoever has the permission. */
export function LiveViewPage() {
  const isLive = useConnection() === "live";
  const mayWatch = useSession().permissions.includes("live-view");
  return (
    <>
      <Heading title="Live view">
        {mayWatch && <Group gap={7}><StatusDot status={isLive ? "available" : "unavailable"} /><Text size="sm" c="dimmed" role="status">{isLive ? "Live" : "Not live: reconnecting"}</Text></Group>}
      </Heading>
      {mayWatch ? <Watched /> : <div className="rd-card"><Nothing icon={<IconLock />} title="The live view is not open to you">An admin can give you the permission under Settings › Users.</Nothing></div>}
    </>
  );
}
