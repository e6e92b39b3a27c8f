import { ActionIcon, Button, Group, Modal, Stack, Table, Text, TextInput, Tooltip } from "@mantine/core";
import { MAX_SKILLS, type Skill } from "@ringdesk/contract/http";
import type { UserId } from "@ringdesk/std";
import { IconPencil, IconPlus, IconSchool, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useSave } from "../../../api/people.ts";
import { usersQuery } from "../../../api/queries.ts";
import { skillsQuery } from "../../../api/routing-settings.ts";
import { useFaults } from "../../../forms/use-faults.ts";
import { UserChoice } from "../../../forms/user-choice.tsx";
import { Nothing, Problem } from "../../../ui/states.tsx";
import { ListCard, ListTable } from "../../list-card.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { RoutingTabs } from "./routing-tabs.tsx";

/** Adds a skill, or changes its name and who has it. */
function SkillDialog({ skill, onClose }: { readonly skill: Skill | null; readonly onClose: () => void }) {
  const { save, pending } = useSave();
  const [name, setName] = useState(skill?.name ?? "");
  const [agents, setAgents] = useState<readonly UserId[]>(skill?.agents ?? []);
  const { errors, problem, mark, refuse, forget } = useFaults();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() === "") { mark({ name: "Enter a name" }); return; }
    const body = { name, agents: [...agents] };
    const saved = skill === null ? await save("createSkill", { body }) : await save("updateSkill", { params: { id: skill.id }, body });
    if (saved.ok) onClose(); else refuse(saved.error);
  };
  return (
    <Modal opened onClose={onClose} title={skill === null ? "Add a skill" : `Skill “${skill.name}”`}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="md">
          <TextInput label="Name" name="skillName" placeholder="Spanish" maxLength={100} data-autofocus value={name} error={errors["name"]} onChange={(event) => { setName(event.currentTarget.value); forget("name"); }} />
          <UserChoice label="Who has it" value={agents} error={errors["agents"]} onChange={(users) => { setAgents(users); forget("agents"); }} />
          <Problem>{problem}</Problem>
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={pending} data-testid="save-skill">{skill === null ? "Add skill" : "Save"}</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** Settings › Platform › Routing › Skills (QUE-6). */
export function SkillsTab() {
  const skills = useQuery(skillsQuery);
  const users = useQuery(usersQuery).data?.items ?? [];
  const [edited, setEdited] = useState<Skill | "new" | null>(null);
  const [removed, setRemoved] = useState<Skill | null>(null);
  const all = skills.data?.items ?? [];
  const names = (ids: readonly UserId[]): string => users.filter((user) => ids.includes(user.id)).map((user) => user.name).join(", ");
  return (
    <>
      <RoutingTabs tools={<Button leftSection={<IconPlus size={17} />} disabled={all.length >= MAX_SKILLS} onClick={() => { setEdited("new"); }} data-testid="add-skill">Add skill</Button>} />
      <Text size="sm" c="dimmed" mb="sm">Rules and queues can ask for skills. Their calls are offered only to agents who have all of them.</Text>
      <ListCard list={skills} shape={{ height: 32 }} empty={all.length === 0 && <Nothing icon={<IconSchool />} title="There are no skills yet">Name what not every agent of a queue can do, e.g. a language, and say who can.</Nothing>}>
        <ListTable minWidth={560} head={<><Table.Th w="24%">Skill</Table.Th><Table.Th>Agents</Table.Th><Table.Th w="32%">Asked for by</Table.Th><Table.Th aria-label="Actions" w={96} /></>}>
          {all.map((skill) => (
            <Table.Tr key={skill.id} data-testid="skill" data-name={skill.name}>
              <Table.Td><Text size="sm" fw={550} style={{ overflowWrap: "anywhere" }}>{skill.name}</Text></Table.Td>
              <Table.Td>{skill.agents.length === 0 ? <Text size="sm" c={skill.askedBy.length === 0 ? "dimmed" : "var(--mantine-color-error)"}>Nobody</Text> : <Text size="sm" lineClamp={2} title={names(skill.agents)}>{names(skill.agents)}</Text>}</Table.Td>
              <Table.Td><Text size="sm" c={skill.askedBy.length === 0 ? "dimmed" : ""}>{skill.askedBy.length === 0 ? "Nothing" : capital(skill.askedBy.join(", "))}</Text></Table.Td>
              <Table.Td>
                <Group gap={2} wrap="nowrap" justify="flex-end">
                  <Tooltip label="Edit"><ActionIcon variant="subtle" color="gray" aria-label={`Edit ${skill.name}`} onClick={() => { setEdited(skill); }}><IconPencil size={17} /></ActionIcon></Tooltip>
                  <Tooltip label="Delete"><ActionIcon variant="subtle" color="gray" aria-label={`Delete ${skill.name}`} onClick={() => { setRemoved(skill); }}><IconTrash size={17} /></ActionIcon></Tooltip>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </ListTable>
      </ListCard>
      {edited !== null && <SkillDialog skill={edited === "new" ? null : edited} onClose={() => { setEdited(null); }} />}
      {removed !== null && <DeleteDialog operation="deleteSkill" input={{ params: { id: removed.id } }} name={removed.name} onClose={() => { setRemoved(null); }}>{removed.agents.length === 0 ? "Nobody has it." : `${removed.agents.length === 1 ? "1 agent has" : `${removed.agents.length} agents have`} it, and will not any more.`}</DeleteDialog>}
    </>
  );
}
