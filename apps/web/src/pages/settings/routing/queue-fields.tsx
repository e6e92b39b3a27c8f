// The fields of a queue, in sections.
import { Anchor, Badge, Checkbox, Group, NumberInput, Select, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { QUEUE_LIMITS, type Queue } from "@ringdesk/contract/http";
import type { QueueId, ScheduleId } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { queueSettingsQuery, routingSettingsQuery, schedulesQuery } from "../../../api/routing-settings.ts";
import { channelWords } from "../../../words/calls.ts";
import { opening } from "../../../words/routing.ts";
import { MusicChoice } from "./music-choice.tsx";

export type QueueDraft = Queue;
type Part = { readonly draft: QueueDraft; readonly put: (change: Partial<QueueDraft>) => void; readonly errors: Readonly<Record<string, string>> };

const SECOND_MS = 1_000;
const USUAL = { overflowMs: 60_000, announceMs: 45_000, callbackMs: 60_000, wrapUpMs: 30_000 } as const;

export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="rd-card" style={{ padding: 20 }} aria-label={title}>
      <Title order={2} fz={16} mb="sm">{title}</Title>
      <Stack gap="md" maw={560}>{children}</Stack>
    </section>
  );
}

/** A span in whole seconds; what is typed is kept, so that a wrong one can be told as such. */
export function Seconds({ label, valueMs, limits, error, onChange, description }: {
  readonly label: string; readonly valueMs: number; readonly limits: { readonly least: number; readonly most: number }; readonly error?: string | undefined; readonly description?: string; readonly onChange: (ms: number) => void;
}) {
  return (
    <NumberInput label={label} suffix=" s" allowDecimal={false} allowNegative={false} w={220} maw="100%" value={valueMs / SECOND_MS} error={error} description={description ?? `${limits.least / SECOND_MS}–${limits.most / SECOND_MS} seconds`} step={5}
      onChange={(value) => { onChange(Math.round(Number(value)) * SECOND_MS); }} />
  );
}

export function BasicsFields({ draft, put, errors, isDefault }: Part & { readonly isDefault: boolean }) {
  return (
    <Section title="Basics">
      <TextInput label="Name" description="For admins, rules and reports" name="name" maxLength={100} value={draft.name} error={errors["name"]} onChange={(event) => { put({ name: event.currentTarget.value }); }} />
      <TextInput label="Display name" description="What agents see when a call rings" name="displayName" maxLength={100} value={draft.displayName} error={errors["displayName"]} onChange={(event) => { put({ displayName: event.currentTarget.value }); }} />
      {isDefault ? <Text size="sm" c="dimmed">It takes what no rule placed. Its calls ring nowhere: they can be assigned by hand when they are over.</Text> : (
        <>
          <Switch label="Accept voice conversations" name="voiceEnabled" checked={draft.voiceEnabled} error={errors["voiceEnabled"]} onChange={(event) => { put({ voiceEnabled: event.currentTarget.checked, ...(event.currentTarget.checked ? {} : { voiceOnly: false }) }); }} />
          {draft.voiceEnabled && <Switch label="Voice-only queue" description="Takes no text messages, e-mail or chat" name="voiceOnly" checked={draft.voiceOnly} error={errors["voiceOnly"]} onChange={(event) => { put({ voiceOnly: event.currentTarget.checked, channels: event.currentTarget.checked ? [] : ["sms", "email", "chat"] }); }} />}
          {!draft.voiceOnly && (
            <Checkbox.Group label={draft.voiceEnabled ? "Takes besides calls" : "Takes"} value={draft.channels} error={errors["channels"]} onChange={(channels) => { put({ channels: channels as QueueDraft["channels"] }); }}>
              <Group mt={8}>{(["sms", "email", "chat"] as const).map((channel) => <Checkbox key={channel} value={channel} label={channelWords[channel]} />)}</Group>
            </Checkbox.Group>
          )}
        </>
      )}
      {!isDefault && (
        <NumberInput label="Priority" description="0 is usual. When an agent of several queues is free, the higher priority goes first." styles={{ wrapper: { maxWidth: 220 } }} min={QUEUE_LIMITS.priority.least} max={QUEUE_LIMITS.priority.most} allowDecimal={false} allowNegative={false}
          value={draft.priority} error={errors["priority"]} onChange={(value) => { put({ priority: Number(value) }); }} />
      )}
    </Section>
  );
}

export function TeamsOfQueue({ queue }: { readonly queue: Queue }) {
  return (
    <Section title="Teams">
      {queue.teams.length === 0 && <Text size="sm" c="var(--mantine-color-error)">No team takes its conversations: nobody is offered them.</Text>}
      {queue.teams.length > 0 && (
        <Group gap={8}>
          {queue.teams.map((team) => <Badge key={team.id} component={Link} to={`/settings/teams/${team.id}`} variant="light" color={team.routingEnabled ? "brand" : "orange"} size="lg" style={{ cursor: "pointer" }}>{team.displayName}{team.routingEnabled ? "" : " · routing is off"}</Badge>)}
        </Group>
      )}
      <Text size="sm" c="dimmed">Queues are assigned in a team's routing profile. <Anchor component={Link} to="/settings/teams" size="sm">Open teams</Anchor></Text>
    </Section>
  );
}

const ALWAYS = "always";
export function HoursFields({ draft, put, errors }: Part) {
  const schedules = useQuery(schedulesQuery).data?.items ?? [];
  const chosen = schedules.find(({ id }) => id === draft.scheduleId);
  return (
    <Section title="Hours">
      <Select label="Business schedule" allowDeselect={false} data={[{ value: ALWAYS, label: "Always open" }, ...schedules.map(({ id, name }) => ({ value: id as string, label: name }))]} value={draft.scheduleId ?? ALWAYS} error={errors["scheduleId"]}
        description={chosen === undefined ? "Callers outside the hours reach the number's voicemail, or hear that it is closed." : opening(chosen, Date.now())} onChange={(value) => { put({ scheduleId: value === null || value === ALWAYS ? null : (value as ScheduleId) }); }} />
      <Text size="sm" c="dimmed">Hours and holidays are kept under <Anchor component={Link} to="/settings/schedules" size="sm">Business schedules</Anchor>.</Text>
    </Section>
  );
}

export function WaitingFields({ draft, put, errors }: Part) {
  const { announce, callback, wrapUpMs } = draft;
  return (
    <Section title="While callers wait">
      <MusicChoice value={draft.musicId} error={errors["musicId"]} onChange={(musicId) => { put({ musicId }); }} />
      <Switch label="Announcements" description="Spoken between the music" name="announce" checked={announce !== null} error={errors["announce"]} onChange={(event) => { put({ announce: event.currentTarget.checked ? { everyMs: USUAL.announceMs, position: true, wait: false } : null }); }} />
      {announce !== null && (
        <Stack gap="xs" pl={50}>
          <Checkbox label="Position in the queue" checked={announce.position} onChange={(event) => { put({ announce: { ...announce, position: event.currentTarget.checked } }); }} />
          <Checkbox label="Estimated wait" checked={announce.wait} onChange={(event) => { put({ announce: { ...announce, wait: event.currentTarget.checked } }); }} />
          <Seconds label="Every" valueMs={announce.everyMs} limits={QUEUE_LIMITS.announceEveryMs} error={errors["announce/everyMs"]} onChange={(everyMs) => { put({ announce: { ...announce, everyMs } }); }} />
        </Stack>
      )}
      <Switch label="Offer a callback instead of waiting" description="Callers press 1, hang up, and keep their place" name="callback" checked={callback !== null} onChange={(event) => { put({ callback: event.currentTarget.checked ? { offerAfterMs: USUAL.callbackMs } : null }); }} />
      {callback !== null && <div style={{ paddingInlineStart: 50 }}><Seconds label="After waiting for" valueMs={callback.offerAfterMs} limits={QUEUE_LIMITS.callbackAfterMs} error={errors["callback/offerAfterMs"]} onChange={(offerAfterMs) => { put({ callback: { offerAfterMs } }); }} /></div>}
      <Switch label="Return agents to Available after a call" description="Otherwise they stay Busy until they choose Available" name="wrapUp" checked={wrapUpMs !== null} onChange={(event) => { put({ wrapUpMs: event.currentTarget.checked ? USUAL.wrapUpMs : null }); }} />
      {wrapUpMs !== null && <div style={{ paddingInlineStart: 50 }}><Seconds label="After" valueMs={wrapUpMs} limits={QUEUE_LIMITS.wrapUpMs} error={errors["wrapUpMs"]} onChange={(ms) => { put({ wrapUpMs: ms }); }} /></div>}
    </Section>
  );
}

export function OverflowFields({ draft, put, errors, id }: Part & { readonly id: QueueId }) {
  const queues = useQuery(queueSettingsQuery).data?.items ?? [];
  const timeoutMs = useQuery(routingSettingsQuery).data?.unansweredTimeoutMs;
  const { overflow } = draft;
  const others = queues.filter((queue) => queue.id !== id && queue.voiceEnabled);
  const first = others[0];
  const never = overflow !== null && timeoutMs !== undefined && overflow.afterMs >= timeoutMs;
  return (
    <Section title="Overflow">
      <Switch label="Move callers to another queue when they have waited too long" description={first === undefined ? "There is no other queue that accepts voice conversations." : "They keep the time since which they wait."} name="overflow" checked={overflow !== null} disabled={first === undefined && overflow === null}
        onChange={(event) => { put({ overflow: event.currentTarget.checked && first !== undefined ? { afterMs: USUAL.overflowMs, queueId: first.id } : null }); }} />
      {overflow !== null && (
        <Group align="flex-start" gap="md" pl={50}>
          <Seconds label="After" valueMs={overflow.afterMs} limits={QUEUE_LIMITS.overflowAfterMs} error={errors["overflow/afterMs"]} onChange={(afterMs) => { put({ overflow: { ...overflow, afterMs } }); }} />
          <Select label="To" description="Its teams take the call" allowDeselect={false} data={others.map((queue) => ({ value: queue.id as string, label: queue.displayName }))} value={overflow.queueId} error={errors["overflow/queueId"]} onChange={(value) => { if (value !== null) put({ overflow: { ...overflow, queueId: value as QueueId } }); }} />
        </Group>
      )}
      {never && <Text size="sm" c="var(--mantine-color-orange-light-color)" role="status">Calls are unanswered after {timeoutMs / SECOND_MS} seconds (Routing › Settings), before they would move.</Text>}
    </Section>
  );
}
