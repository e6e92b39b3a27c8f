import { ActionIcon, Badge, Button, Group, Switch, Text, Tooltip } from "@mantine/core";
import type { QueueRule } from "@ringdesk/contract/http";
import { IconFilter, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { notifyFailure } from "../../../api/failures.ts";
import { useSave } from "../../../api/people.ts";
import { queueRulesQuery, queueSettingsQuery, skillsQuery } from "../../../api/routing-settings.ts";
import { useRuleWords } from "../../../forms/rule-options.ts";
import { MoveButtons } from "../../../ui/move-buttons.tsx";
import { Nothing } from "../../../ui/states.tsx";
import { askedWords } from "../../../words/routing.ts";
import { ListCard } from "../../list-card.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { RoutingTabs } from "./routing-tabs.tsx";
import { RuleDialog } from "./rule-dialog.tsx";
import { RuleTrial } from "./rule-trial.tsx";

type RowProps = { readonly rule: QueueRule; readonly place: number; readonly count: number; readonly queueName: string; /** What it asks for, in words. */ readonly asked: string | null; readonly move: (by: 1 | -1) => void; readonly toggle: () => void; readonly edit: () => void; readonly remove: () => void; readonly busy: boolean };

function Rule({ rule, place, count, queueName, asked, move, toggle, edit, remove, busy }: RowProps) {
  const wordsOf = useRuleWords();
  return (
    <li className="rd-rule" data-testid="rule" data-name={rule.name} data-off={rule.enabled ? undefined : true}>
      <Text size="sm" c="dimmed" className="rd-number" aria-hidden>{place + 1}</Text>
      <div className="rd-rule-text">
        <Group gap={8}><Text size="sm" fw={600}>{rule.name}</Text>{!rule.enabled && <Badge variant="light" color="gray" size="sm">Off</Badge>}</Group>
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>{wordsOf(rule.criteria)}</Text>
        <Text size="sm">→ {queueName}{asked === null ? "" : `, ${asked}`}</Text>
      </div>
      <Group gap={2} wrap="nowrap">
        <Switch size="sm" mr={8} aria-label={`${rule.name} is on`} checked={rule.enabled} disabled={busy} onChange={toggle} />
        <MoveButtons name={rule.name} place={place} count={count} busy={busy} onMove={move} />
        <Tooltip label="Edit"><ActionIcon variant="subtle" color="gray" aria-label={`Edit ${rule.name}`} onClick={edit}><IconPencil size={17} /></ActionIcon></Tooltip>
        <Tooltip label="Delete"><ActionIcon variant="subtle" color="gray" aria-label={`Delete ${rule.name}`} onClick={remove}><IconTrash size={17} /></ActionIcon></Tooltip>
      </Group>
    </li>
  );
}

/** Settings › Platform › Routing › Queue rules: the first that matches decides (QUE-3). */
export function RulesTab() {
  const rules = useQuery(queueRulesQuery);
  const queues = useQuery(queueSettingsQuery).data?.items ?? [];
  const skills = useQuery(skillsQuery).data?.items ?? [];
  const { save, pending } = useSave();
  const [edited, setEdited] = useState<QueueRule | "new" | null>(null);
  const [removed, setRemoved] = useState<QueueRule | null>(null);
  const all = rules.data?.items ?? [];
  const tell = (result: Awaited<ReturnType<typeof save>>): void => {
    if (result.ok) return;
    notifyFailure(result.error);
    void rules.refetch();
  };
  const move = (place: number, by: 1 | -1): void => {
    const ids = all.map((rule) => rule.id);
    const [moved] = ids.splice(place, 1);
    if (moved === undefined) return;
    ids.splice(place + by, 0, moved);
    void save("orderQueueRules", { body: { ids } }).then(tell);
  };
  const standard = queues.find((queue) => queue.isDefault);
  return (
    <>
      <RoutingTabs tools={<Button leftSection={<IconPlus size={17} />} onClick={() => { setEdited("new"); }} data-testid="add-rule">Add rule</Button>} />
      <Text size="sm" c="dimmed" mb="sm">Rules are asked from top to bottom when neither the support number nor its key menu names a queue. The first that matches decides; if none does, the conversation goes to {standard?.displayName ?? "the default queue"}.</Text>
      <ListCard list={rules} shape={{ height: 32 }} empty={all.length === 0 && <Nothing icon={<IconFilter />} title="There are no rules">Without rules, conversations without a queue of their own go to the default queue.</Nothing>}>
        {all.length > 0 && (
          <ol className="rd-rules" aria-label="Queue rules in order">
            {all.map((rule, place) => (
              <Rule key={rule.id} rule={rule} place={place} count={all.length} busy={pending} queueName={queues.find(({ id }) => id === rule.queueId)?.displayName ?? ""} asked={askedWords(rule.asks, (id) => skills.find((skill) => skill.id === id)?.name ?? "")} move={(by) => { move(place, by); }}
                toggle={() => void save("updateQueueRule", { params: { id: rule.id }, body: { enabled: !rule.enabled } }).then(tell)} edit={() => { setEdited(rule); }} remove={() => { setRemoved(rule); }} />
            ))}
          </ol>
        )}
      </ListCard>
      <RuleTrial />
      {edited !== null && <RuleDialog rule={edited === "new" ? null : edited} onClose={() => { setEdited(null); }} />}
      {removed !== null && <DeleteDialog operation="deleteQueueRule" input={{ params: { id: removed.id } }} name={removed.name} onClose={() => { setRemoved(null); }}>Conversations that it matched go on to the rules after it, or to the default queue.</DeleteDialog>}
    </>
  );
}
