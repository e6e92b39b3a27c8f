import { Button, Menu, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { AgentStatus } from "@ringdesk/contract/http";
import type { SubStatusId } from "@ringdesk/std";
import { IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { subStatusesQuery } from "../api/people.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { StatusDot } from "../ui/signs.tsx";
import { statusWords } from "../words/calls.ts";
import { CapacityLines } from "./capacity-lines.tsx";
import { useDesk, useDeskActions } from "./desk.tsx";
import { MicrophoneHelpPanel } from "./microphone-panel.tsx";
import type { MicrophoneProblem } from "./softphone.machine.ts";

const meanings = {
  available: "Calls are offered to you",
  busy: "Working, but no calls are offered",
  unavailable: "Away; no calls are offered",
} as const satisfies Record<AgentStatus, string>;
const order = ["available", "busy", "unavailable"] as const;

export type StatusChange = (status: AgentStatus, subStatusId?: SubStatusId | null) => Promise<void>;

/** Changes the status; a microphone that cannot be used stops an agent from becoming available, and says how to mend it. */
export function useStatusChange() {
  const { setStatus } = useDeskActions();
  const [problem, setProblem] = useState<MicrophoneProblem | null>(null);
  const [pending, setPending] = useState(false);
  const change: StatusChange = async (status, subStatusId = null) => {
    setPending(true);
    setProblem(await setStatus(status, subStatusId));
    setPending(false);
  };
  const dialog = (
    <Modal opened={problem !== null} onClose={() => { setProblem(null); }} title="Calls need your microphone">
      {problem !== null && <MicrophoneHelpPanel why={problem} onAgain={() => void change("available")} busy={pending} />}
    </Modal>
  );
  return { change, pending, dialog };
}

/** The agent's status with the time in it, and the way to change it (STAT-1). */
export function StatusMenu() {
  const desk = useDesk();
  const { change, pending, dialog } = useStatusChange();
  const [opened, menu] = useDisclosure(false);
  const subStatuses = useQuery({ ...subStatusesQuery, enabled: opened }).data?.items ?? [];
  if (desk === undefined) return <Button variant="default" size="sm" disabled>Status</Button>;
  const { status, call } = desk;
  const shown = status.subStatus?.name ?? statusWords[status.value];
  return (
    <>
      <Menu opened={opened} onChange={(open) => { if (open) menu.open(); else menu.close(); }} position="bottom-end" width={280}>
        <Menu.Target>
          <Button variant="default" size="sm" px={12} loading={pending} data-testid="status-menu" data-status={status.value}
            leftSection={<StatusDot status={status.value} />} rightSection={<IconChevronDown size={14} />} aria-label={`Your status: ${statusWords[status.value]}${status.subStatus === null ? "" : `, ${status.subStatus.name}`}`}>
            <Text span inherit truncate maw={130}>{shown}</Text><Text span c="dimmed" fz={13} ml={8} fw={400}><Elapsed since={status.since} /></Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {call !== null && <Menu.Label>You are Busy while you are on a call</Menu.Label>}
          {order.map((each) => (
            <Fragment key={each}>
              <Menu.Item leftSection={<StatusDot status={each} />} disabled={call !== null} aria-current={each === status.value && status.subStatus === null} data-testid={`status-${each}`} onClick={() => void change(each)}>
                <Text size="sm" fw={each === status.value && status.subStatus === null ? 650 : 450}>{statusWords[each]}</Text>
                <Text size="xs" c="dimmed">{meanings[each]}</Text>
              </Menu.Item>
              {subStatuses.filter((sub) => sub.status === each && !sub.retired).map((sub) => (
                <Menu.Item key={sub.id} pl={48} py={5} disabled={call !== null} aria-current={sub.id === status.subStatus?.id} data-testid="sub-status-item" onClick={() => void change(each, sub.id)}>
                  <Text size="sm" fw={sub.id === status.subStatus?.id ? 650 : 450}>{sub.name}</Text>
                </Menu.Item>
              ))}
            </Fragment>
          ))}
          {desk.capacity !== null && <CapacityLines use={desk.capacity} />}
        </Menu.Dropdown>
      </Menu>
      {dialog}
    </>
  );
}
