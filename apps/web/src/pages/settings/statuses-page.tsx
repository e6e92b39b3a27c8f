import { Badge, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import type { SubStatus } from "@ringdesk/contract/http";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { describeFailure, fieldErrors } from "../../api/client.ts";
import { notifyFailure } from "../../api/failures.ts";
import { subStatusesQuery, useSave } from "../../api/people.ts";
import { MoveButtons } from "../../ui/move-buttons.tsx";
import { StatusDot } from "../../ui/signs.tsx";
import { statusWords } from "../../words/calls.ts";
import { Unread } from "../list-card.tsx";
import { Heading } from "../page.tsx";

function Row({ each, place, count }: { readonly each: SubStatus; readonly place: number; readonly count: number }) {
  const { save, pending } = useSave();
  const [name, setName] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const change = async (body: { readonly name?: string; readonly retired?: boolean; readonly move?: -1 | 1 }): Promise<void> => {
    const saved = await save("updateSubStatus", { params: { id: each.id }, body });
    if (saved.ok) { setName(null); setError(null); return; }
    const found = fieldErrors(saved.error)["name"];
    if (found === undefined) notifyFailure(saved.error); else setError(found);
  };
  const submit = (event: FormEvent): void => { event.preventDefault(); if (name !== null) void change({ name }); };
  return (
    <form onSubmit={submit} className="rd-row" style={{ gridTemplateColumns: "minmax(0, 1fr) auto" }} data-testid="sub-status">
      {name === null
        ? <Group gap={8} style={{ minWidth: 0 }}><Text size="sm" fw={500} truncate {...(each.retired ? { c: "dimmed" } : {})}>{each.name}</Text>{each.retired && <Badge size="xs" variant="light" color="gray">Retired</Badge>}</Group>
        : <TextInput size="sm" aria-label={`New name for ${each.name}`} value={name} maxLength={50} error={error} autoFocus onChange={(event) => { setName(event.currentTarget.value); setError(null); }} onKeyDown={(event) => { if (event.key === "Escape") { setName(null); setError(null); } }} />}
      <Group gap={6} wrap="nowrap">
        {name === null ? (
          <>
            <MoveButtons name={each.name} place={place} count={count} busy={pending} onMove={(move) => void change({ move })} />
            <Button key="rename" size="compact-sm" variant="subtle" color="gray" onClick={() => { setName(each.name); }}>Rename</Button>
            <Button size="compact-sm" variant="subtle" color="gray" loading={pending} onClick={() => void change({ retired: !each.retired })}>{each.retired ? "Bring back" : "Retire"}</Button>
          </>
        ) : (
          <>
            <Button key="save" type="submit" size="compact-sm" loading={pending}>Save</Button>
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => { setName(null); setError(null); }}>Cancel</Button>
          </>
        )}
      </Group>
    </form>
  );
}

function Section({ status, items }: { readonly status: SubStatus["status"]; readonly items: readonly SubStatus[] }) {
  const { save, pending } = useSave();
  const [name, setName] = useState("");
  const [error, setError] = useState<string | null>(null);
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const made = await save("createSubStatus", { body: { status, name } });
    if (made.ok) { setName(""); setError(null); return; }
    setError(fieldErrors(made.error)["name"] ?? describeFailure(made.error).title);
  };
  return (
    <section className="rd-card" aria-label={statusWords[status]}>
      <Group gap={8} px="md" py={12}><StatusDot status={status} /><Title order={2} fz={16}>{statusWords[status]}</Title></Group>
      <div style={{ borderTop: "1px solid var(--rd-line)" }}>
        {items.map((each, index) => <Row key={each.id} each={each} place={index} count={items.length} />)}
        <form onSubmit={(event) => void add(event)} noValidate style={{ borderTop: items.length === 0 ? 0 : "1px solid var(--rd-line)" }}>
          <Group gap="sm" px="md" py={12} align="flex-start">
            <TextInput className="rd-grow" maw={320} size="sm" aria-label={`New sub-status of ${statusWords[status]}`} placeholder={items.length > 0 ? "Another sub-status" : status === "busy" ? "For example Training" : "For example Lunch"} value={name} error={error} maxLength={50} onChange={(event) => { setName(event.currentTarget.value); setError(null); }} />
            <Button type="submit" size="sm" variant="default" loading={pending}>Add</Button>
          </Group>
        </form>
      </div>
    </section>
  );
}

/** The names for kinds of Busy and Unavailable that agents choose from (STAT-1). */
export function StatusesPage() {
  const statuses = useQuery(subStatusesQuery);
  return (
    <>
      <Heading title="Statuses" />
      <Text size="sm" c="dimmed" mb="md">Agents are Available, Busy or Unavailable. Give names to kinds of Busy and Unavailable; agents find them in their status menu, in this order, and the history keeps them. A retired one is offered no more.</Text>
      <Unread list={statuses} />
      {statuses.data !== undefined && <Stack>{(["busy", "unavailable"] as const).map((status) => <Section key={status} status={status} items={statuses.data.items.filter((each) => each.status === status)} />)}</Stack>}
    </>
  );
}
