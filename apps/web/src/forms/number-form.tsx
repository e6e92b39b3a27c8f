import { ActionIcon, Button, Group, Select, Stack, Switch, Text, Textarea, TextInput, Title } from "@mantine/core";
import { MAX_SPOKEN_CHARS, type QueueLine, type SupportNumber } from "@ringdesk/contract/http";
import type { QueueId } from "@ringdesk/std";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { request } from "../api/client.ts";
import { keys } from "../api/queries.ts";
import { notify } from "../ui/notify.ts";
import { Problem } from "../ui/states.tsx";
import { changeOf, draftOf, draftProblems, freeKeys, type MenuKey, type NumberDraft } from "./number-draft.ts";
import { useFaults } from "./use-faults.ts";

type Errors = Readonly<Record<string, string>>;
type Part<K extends keyof NumberDraft> = { readonly value: NumberDraft[K]; readonly change: (value: NumberDraft[K]) => void; readonly errors: Errors };
const BY_RULES = "";

/** What callers hear first, where they wait, and where they go when nobody answers. Holds from the next call on. */
export function NumberForm({ number, queues, onDone }: { readonly number: SupportNumber; readonly queues: readonly QueueLine[]; readonly onDone: () => void }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(number));
  const { errors, problem, mark, refuse, forget } = useFaults();
  const [saving, setSaving] = useState(false);
  const set = <K extends keyof NumberDraft>(name: K) => (value: NumberDraft[K]): void => {
    setDraft((old) => ({ ...old, [name]: value }));
    forget(name);
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (mark(draftProblems(draft))) return;
    setSaving(true);
    const saved = await request("updateNumber", { params: { id: number.id }, body: changeOf(draft) });
    setSaving(false);
    if (saved.ok) {
      await client.invalidateQueries({ queryKey: keys.numbers });
      notify("info", "Saved", "It holds from the next call on.");
      onDone();
      return;
    }
    refuse(saved.error);
  };
  const options = queues.map((queue) => ({ value: queue.id as string, label: queue.name }));
  return (
    <form onSubmit={(event) => void submit(event)} noValidate data-testid="number-form">
      <Stack gap="lg">
        <Section title="Number">
          <TextInput label="Label" description="Agents see it when this number is called" maxLength={100} value={draft.label} error={errors["label"]} onChange={(event) => { set("label")(event.currentTarget.value); }} />
          <Switch label="Record calls" checked={draft.recording} onChange={(event) => { set("recording")(event.currentTarget.checked); }} />
        </Section>
        <Section title="When somebody calls">
          <Spoken label="Greeting" description="Spoken to every caller first. Empty: a tone." value={draft.greeting} error={errors["greeting"]} onChange={set("greeting")} />
          <Select label="Queue" description="Where callers wait. The rules of routing decide when none is chosen." allowDeselect={false} data={[{ value: BY_RULES, label: "Decided by the rules" }, ...options]}
            value={draft.queueId ?? BY_RULES} error={errors["queueId"]} onChange={(value) => { set("queueId")(value === null || value === BY_RULES ? null : (value as QueueId)); }} />
          <Menu value={draft.menu} change={set("menu")} errors={errors} options={options} />
        </Section>
        <Section title="When nobody answers">
          <Voicemail value={draft.voicemail} change={set("voicemail")} errors={errors} />
        </Section>
        <Problem>{problem}</Problem>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>Cancel</Button>
          <Button type="submit" loading={saving} data-testid="save-number">Save</Button>
        </Group>
      </Stack>
    </form>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return <section className="rd-card" aria-label={title}><Stack gap="md" p={20} className="rd-form"><Title order={2} fz={16}>{title}</Title>{children}</Stack></section>;
}

function Spoken({ label, description, value, error, onChange }: { readonly label: string; readonly description: string; readonly value: string; readonly error: string | undefined; readonly onChange: (text: string) => void }) {
  return <Textarea label={label} description={description} autosize minRows={2} maxRows={8} maxLength={MAX_SPOKEN_CHARS} value={value} error={error} onChange={(event) => { onChange(event.currentTarget.value); }} />;
}

type Options = readonly { readonly value: string; readonly label: string }[];

/** RTE-6: one key leads to one queue. */
function Menu({ value, change, errors, options }: Part<"menu"> & { readonly options: Options }) {
  const free = freeKeys(value.keys);
  const setKey = (index: number, key: MenuKey): void => { change({ ...value, keys: value.keys.with(index, key) }); };
  return (
    <>
      <Switch label="Menu of keys" description="Callers choose their queue with a key of their telephone" checked={value.on} onChange={(event) => { change({ ...value, on: event.currentTarget.checked }); }} />
      {value.on && (
        <Stack gap="sm" pl="md">
          <Spoken label="Menu prompt" description="For example: For sales, press 1. For support, press 2." value={value.prompt} error={errors["menu/prompt"]} onChange={(prompt) => { change({ ...value, prompt }); }} />
          {value.keys.map((each, index) => (
            <Group key={each.key} gap="xs" align="flex-start" wrap="nowrap">
              <Select w={90} aria-label={`Key ${index + 1}`} allowDeselect={false} data={[each.key, ...free]} value={each.key} error={errors[`menu/keys/${index}/key`]} onChange={(key) => { setKey(index, { ...each, key: key ?? each.key }); }} />
              <Select className="rd-grow" aria-label={`Queue of key ${each.key}`} placeholder="Choose a queue" allowDeselect={false} data={[...options]} value={each.queueId} error={errors[`menu/keys/${index}/queueId`]}
                onChange={(queue) => { setKey(index, { ...each, queueId: queue as QueueId | null }); }} />
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Remove key ${each.key}`} disabled={value.keys.length === 1} onClick={() => { change({ ...value, keys: value.keys.toSpliced(index, 1) }); }}><IconTrash size={17} /></ActionIcon>
            </Group>
          ))}
          <Group>
            <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} disabled={free.length === 0} onClick={() => { change({ ...value, keys: [...value.keys, { key: free[0] ?? "", queueId: null }] }); }}>Add a key</Button>
          </Group>
          <Text size="xs" c="dimmed">Any other key, and no key within five seconds, leads to the default queue.</Text>
        </Stack>
      )}
    </>
  );
}

function Voicemail({ value, change, errors }: Part<"voicemail">) {
  return (
    <>
      <Switch label="Voicemail" description="A call that nobody answers in time leaves a message. Without it the call goes to the default queue and ends there." checked={value.on} onChange={(event) => { change({ ...value, on: event.currentTarget.checked }); }} />
      {value.on && <Spoken label="Voicemail greeting" description="Spoken before the tone. Messages last three minutes at most; # ends one." value={value.greeting} error={errors["voicemail/greeting"]} onChange={(greeting) => { change({ ...value, greeting }); }} />}
    </>
  );
}
