import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import type { QueueLine, SupportNumber } from "@ringdesk/contract/http";
import type { QueueId } from "@ringdesk/std";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { request } from "../api/client.ts";
import { keys } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { Problem } from "../ui/states.tsx";
import { readNumber } from "../words/phone.ts";
import { useForm } from "./use-form.ts";

const BY_RULES = "";

/** A number that reaches this system already; with one queue there is only one place for its calls. */
export function NewNumberForm({ queues, onDone, onCancel }: { readonly queues: readonly QueueLine[]; readonly onDone: (number: SupportNumber) => void; readonly onCancel: () => void }) {
  const client = useQueryClient();
  const { country } = useHouseStyle();
  const voice = queues.filter((queue) => queue.voiceEnabled && !queue.isDefault);
  const form = useForm({ number: "", label: "", queueId: voice.length === 1 ? voice[0]?.id ?? BY_RULES : BY_RULES });
  const [pending, setPending] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { number, label, queueId } = form.values;
    const entry = readNumber(number, country);
    const wrong = { ...(entry.kind === "empty" ? { number: "Enter a number" } : entry.kind === "valid" ? {} : { number: entry.why }), ...(label.trim() === "" ? { label: "Enter a label" } : {}) };
    if (Object.keys(wrong).length > 0) { form.mark(wrong); return; }
    setPending(true);
    const made = await request("createNumber", { body: { number, label, queueId: queueId === BY_RULES ? null : queueId as QueueId } });
    if (made.ok) await client.invalidateQueries({ queryKey: keys.numbers });
    setPending(false);
    if (made.ok) onDone(made.value); else form.refuse(made.error);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <TextInput label="Number" name="number" description="One that your SIP carrier sends here, or any number to try it with the handset" placeholder="(202) 555-0100" inputMode="tel" autoComplete="off" maxLength={64} data-autofocus {...form.field("number")} />
        <TextInput label="Label" name="label" description="Agents see it when this number is called" placeholder="Support" autoComplete="off" maxLength={100} {...form.field("label")} />
        <Select label="Queue" description="Where its callers wait" allowDeselect={false} data={[{ value: BY_RULES, label: "Decided by the rules" }, ...voice.map((queue) => ({ value: queue.id as string, label: queue.name }))]}
          value={form.values.queueId} error={form.field("queueId").error} onChange={(value) => { form.set("queueId", value ?? BY_RULES); }} />
        <Problem>{form.problem}</Problem>
        <Group justify="flex-end" mt={4}><Button variant="default" onClick={onCancel}>Cancel</Button><Button type="submit" loading={pending} data-testid="create-number">Add number</Button></Group>
      </Stack>
    </form>
  );
}
