import { Button, Group, Modal, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { everything, type Criteria } from "@ringdesk/contract/criteria";
import type { AskedSkills, QueueRule } from "@ringdesk/contract/http";
import type { QueueId } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useSave } from "../../../api/people.ts";
import { queueSettingsQuery } from "../../../api/routing-settings.ts";
import { CriteriaBuilder } from "../../../forms/criteria-builder.tsx";
import { useRuleOptions } from "../../../forms/rule-options.ts";
import { useFaults } from "../../../forms/use-faults.ts";
import { Problem } from "../../../ui/states.tsx";
import { AskedSkillsInput } from "./asked-skills.tsx";

/** Adds a rule behind the others, or changes one. */
export function RuleDialog({ rule, onClose }: { readonly rule: QueueRule | null; readonly onClose: () => void }) {
  const queues = useQuery(queueSettingsQuery).data?.items ?? [];
  const options = useRuleOptions();
  const { save, pending } = useSave();
  const [name, setName] = useState(rule?.name ?? "");
  const [queueId, setQueueId] = useState<QueueId | null>(rule?.queueId ?? null);
  const [criteria, setCriteria] = useState<Criteria>(rule?.criteria ?? everything);
  const [asks, setAsks] = useState<AskedSkills>(rule?.asks ?? { skills: [], relaxAfterMs: null });
  const [enabled, setEnabled] = useState(rule?.enabled ?? true);
  const { errors, problem, mark, refuse, forget } = useFaults();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() === "" || queueId === null) {
      mark({ ...(name.trim() === "" ? { name: "Enter a name" } : {}), ...(queueId === null ? { queueId: "Choose a queue" } : {}) });
      return;
    }
    const body = { name, queueId, criteria, enabled, asks };
    const saved = rule === null ? await save("createQueueRule", { body }) : await save("updateQueueRule", { params: { id: rule.id }, body });
    if (saved.ok) { onClose(); return; }
    refuse(saved.error);
  };
  const problems = Object.fromEntries(Object.entries(errors).filter(([pointer]) => pointer.startsWith("criteria")).map(([pointer, detail]) => [pointer.slice("criteria".length), detail]));
  return (
    <Modal opened onClose={onClose} size={820} title={rule === null ? "Add a rule" : `Rule “${rule.name}”`}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="md">
          <TextInput label="Name" name="ruleName" maxLength={100} data-autofocus value={name} error={errors["name"]} onChange={(event) => { setName(event.currentTarget.value); forget("name"); }} />
          <div>
            <Text size="sm" fw={550} mb={6}>If</Text>
            <CriteriaBuilder scope="rule" value={criteria} options={options} problems={problems} whenEmpty="Everything matches this rule: those after it are never asked." onChange={(next) => { setCriteria(next); forget("criteria"); }} />
          </div>
          <Select label="Then send to the queue" placeholder="Choose a queue" allowDeselect={false} searchable data={queues.map((queue) => ({ value: queue.id as string, label: queue.displayName }))} value={queueId} error={errors["queueId"]} onChange={(value) => { setQueueId(value as QueueId | null); forget("queueId"); }} />
          <AskedSkillsInput value={asks} errors={errors} onChange={(next) => { setAsks(next); forget("asks"); }} />
          <Switch label="On" checked={enabled} onChange={(event) => { setEnabled(event.currentTarget.checked); }} />
          <Problem>{problem}</Problem>
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={pending} data-testid="save-rule">{rule === null ? "Add rule" : "Save"}</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
