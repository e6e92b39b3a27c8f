// One conversation beside its customer's timeline: what it is, whose it is, and what can be done with it (CRM-2).
import { Button, Group, Menu, Modal, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { CONVERSATION_LIMITS, type ConversationLine, type CustomerLanguage } from "@ringdesk/contract/http";
import type { Millis, QueueId, TeamId, UserId } from "@ringdesk/std";
import { IconCheck, IconClockPause, IconRotate, IconUserCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useConversationChange } from "../api/conversation-changes.ts";
import { assigneesQuery, queuesQuery } from "../api/queries.ts";
import { useHouseStyle, useSession } from "../api/session.ts";
import { AnswerForm } from "../forms/answer-form.tsx";
import { languageOptions } from "../forms/criteria-options.ts";
import { ReasonButton } from "../ui/reason-button.tsx";
import { snoozeChoices } from "../words/snooze.ts";
import { dayOf, fullTime } from "../words/time.ts";
import { zonedInstant } from "../words/zoned-time.ts";

type Change = ReturnType<typeof useConversationChange>;
type Own = { readonly conversation: ConversationLine; readonly change: Change };

/** A date and time of the person's own choice, on the organisation's clock. */
function SnoozeDialog({ opened, close, choose }: { readonly opened: boolean; readonly close: () => void; readonly choose: (until: number) => void }) {
  const { timeZone } = useHouseStyle();
  const [day, setDay] = useState(() => dayOf(Date.now() + 86_400_000, timeZone));
  const [time, setTime] = useState("09:00");
  const until = zonedInstant(`${day}T${time}`, timeZone);
  const isPast = until !== null && until <= Date.now();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (until === null || isPast) return;
    close();
    choose(until);
  };
  return (
    <Modal opened={opened} onClose={close} title="Snooze until" size="xs">
      <form onSubmit={submit}>
        <Group gap="sm" grow align="start">
          <TextInput type="date" label="Date" size="sm" required value={day} min={dayOf(Date.now(), timeZone)} onChange={(event) => { setDay(event.currentTarget.value); }} error={isPast ? "This time has passed" : null} />
          <TextInput type="time" label="Time" size="sm" required value={time} onChange={(event) => { setTime(event.currentTarget.value); }} />
        </Group>
        <Text size="xs" c="dimmed" mt={6}>Time zone: {timeZone}</Text>
        <Group justify="end" mt="md"><Button variant="default" size="sm" onClick={close}>Cancel</Button><Button type="submit" size="sm">Snooze</Button></Group>
      </form>
    </Modal>
  );
}

function SnoozeMenu({ conversation: { id, version, status }, change }: Own) {
  const { timeZone } = useHouseStyle();
  const [isOpen, setOpen] = useState(false);
  const snooze = (until: number): void => { change.mutate({ change: "snooze", id, version, until: until as Millis }); };
  if (status === "done") return <ReasonButton size="compact-sm" variant="default" leftSection={<IconClockPause size={14} />} reason="It is done. Reopen it first.">Snooze</ReasonButton>;
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target><Button size="compact-sm" variant="default" leftSection={<IconClockPause size={14} />} data-testid="snooze">Snooze</Button></Menu.Target>
        <Menu.Dropdown>
          {snoozeChoices(Date.now(), timeZone).map(({ label, until }) => <Menu.Item key={label} onClick={() => { snooze(until); }}>{label}</Menu.Item>)}
          <Menu.Divider />
          <Menu.Item onClick={() => { setOpen(true); }}>Date and time…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SnoozeDialog opened={isOpen} close={() => { setOpen(false); }} choose={snooze} />
    </>
  );
}

function Buttons({ conversation, change }: Own) {
  const { user } = useSession();
  const { id, version, status, assignedTo } = conversation;
  const isClosed = status !== "open";
  return (
    <Group gap={6}>
      {status !== "done" && <Button size="compact-sm" leftSection={<IconCheck size={14} />} loading={change.isPending} data-testid="panel-done" onClick={() => { change.mutate({ change: "markDone", id, version }); }}>Mark done</Button>}
      {isClosed && <Button size="compact-sm" variant={status === "done" ? "filled" : "default"} leftSection={<IconRotate size={14} />} loading={change.isPending} data-testid="panel-reopen" title={assignedTo === null ? "It is routed in its queue" : "It stays with whom it is assigned to"}
        onClick={() => { change.mutate({ change: "reopen", id, version }); }}>Reopen</Button>}
      {assignedTo !== user.id && <Button size="compact-sm" variant="default" leftSection={<IconUserCheck size={14} />} loading={change.isPending} data-testid="panel-take"
        onClick={() => { change.mutate(isClosed ? { change: "reopen", id, version, assignToMe: true } : { change: "assign", id, version, userId: user.id }); }}>{isClosed ? "Reopen for me" : "Assign to me"}</Button>}
      <SnoozeMenu conversation={conversation} change={change} />
    </Group>
  );
}

const open = (count: number): string => (count === 0 ? "nothing open" : `${count} open`);

function Places({ conversation, change }: Own) {
  const { id, version, status, channel, queueId, assignedTo, teamId } = conversation;
  const queues = useQuery(queuesQuery).data?.items ?? [];
  const { users = [], teams = [] } = useQuery(assigneesQuery).data ?? {};
  const known = users.map((user) => ({ value: user.id as string, label: `${user.name} · ${open(user.open.voice + user.open.sms + user.open.email + user.open.chat)}` }));
  const isFinished = status === "done";
  const places = queues.filter((queue) => queue.id === queueId || queue.isDefault || channel !== "voice" || queue.voiceEnabled);
  return (
    <>
      <Select label="Queue" size="xs" searchable allowDeselect={false} placeholder="No queue" disabled={isFinished || change.isPending} description={isFinished ? "Reopen it to move it" : null} value={queueId} data-testid="panel-queue"
        data={places.map((queue) => ({ value: queue.id, label: queue.name }))} onChange={(value) => { if (value !== null && value !== queueId) change.mutate({ change: "transfer", id, version, queueId: value as QueueId }); }} />
      <Select label="Assigned to" size="xs" searchable clearable placeholder="Nobody" disabled={change.isPending} value={assignedTo} data-testid="panel-assignee"
        data={assignedTo === null || users.some((user) => user.id === assignedTo) ? known : [...known, { value: assignedTo, label: "A former user" }]} onChange={(value) => { change.mutate({ change: "assign", id, version, userId: value as UserId | null }); }} />
      {teams.length > 0 && <Select label="Team" size="xs" searchable clearable placeholder="No team" disabled={change.isPending} value={teamId} data-testid="panel-team"
        data={teams.map((team) => ({ value: team.id, label: team.name }))} onChange={(value) => { change.mutate({ change: "assign", id, version, teamId: value as TeamId | null }); }} />}
    </>
  );
}
/** All about one conversation that can be changed. */
export function ConversationPanel({ conversation }: { readonly conversation: ConversationLine }) {
  const { timeZone } = useHouseStyle();
  const change = useConversationChange();
  const { id, version, channel, status, snoozedUntil, waitingSince, language, tags } = conversation;
  return (
    <Stack gap="sm" pt={8} data-testid="conversation-panel" data-status={status}>
      {snoozedUntil !== null && <Text size="xs" c="dimmed">Snoozed until {fullTime(snoozedUntil, timeZone)}</Text>}
      {waitingSince !== null && <Text size="xs" c="dimmed" title={fullTime(waitingSince, timeZone)}>Waits in its queue to be routed</Text>}
      <Buttons conversation={conversation} change={change} />
      {channel !== "voice" && <AnswerForm conversation={conversation} />}
      <Places conversation={conversation} change={change} />
      <TagsInput label="Tags" size="xs" placeholder={tags.length === 0 ? "Add a tag" : ""} value={tags} maxTags={CONVERSATION_LIMITS.tags} maxLength={CONVERSATION_LIMITS.tagChars} disabled={change.isPending} onChange={(value) => { change.mutate({ change: "describe", id, version, tags: value }); }} />
      <Select label="Language" size="xs" searchable clearable placeholder="Not known" disabled={change.isPending} value={language} data={languageOptions}
        onChange={(value) => { change.mutate({ change: "describe", id, version, language: value as CustomerLanguage | null }); }} />
    </Stack>
  );
}
