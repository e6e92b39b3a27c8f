import { Anchor, Button, Group, MultiSelect, Stack, Text } from "@mantine/core";
import type { SkillId, UserId } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { describeError } from "../api/client.ts";
import { useSave } from "../api/people.ts";
import { skillsQuery } from "../api/routing-settings.ts";
import { Failed, Problem, Rows } from "../ui/states.tsx";
import { useFaults } from "./use-faults.ts";

type Owner = { readonly id: UserId; readonly name: string };
type Props = { readonly user: Owner; readonly onClose: () => void };

function Choice({ user, onClose, all, has }: Props & { readonly all: readonly { readonly id: SkillId; readonly name: string }[]; readonly has: readonly SkillId[] }) {
  const { save, pending } = useSave();
  const [chosen, setChosen] = useState<readonly SkillId[]>(has);
  const { errors, problem, refuse, forget } = useFaults();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const saved = await save("setUserSkills", { params: { id: user.id }, body: { skills: [...chosen] } });
    if (saved.ok) onClose(); else refuse(saved.error);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <MultiSelect label={`Skills of ${user.name}`} description="Calls that ask for skills are offered only to agents who have them" placeholder={chosen.length === 0 ? "None" : ""} searchable clearable hidePickedOptions nothingFoundMessage="No skill is found" error={errors["skills"]}
          data={all.map(({ id, name }) => ({ value: id as string, label: name }))} value={[...chosen]} onChange={(next) => { setChosen(next as SkillId[]); forget("skills"); }} />
        <Problem>{problem}</Problem>
        <Group justify="flex-end" mt={4}><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={pending}>Save</Button></Group>
      </Stack>
    </form>
  );
}

/** Which skills somebody has (QUE-6). */
export function UserSkillsForm(props: Props) {
  const skills = useQuery(skillsQuery);
  if (skills.isError) return <Failed {...describeError(skills.error)} again={() => void skills.refetch()} />;
  if (skills.data === undefined) return <Rows count={2} />;
  const all = skills.data.items;
  if (all.length === 0) return <Text size="sm">There are no skills yet. They are named under <Anchor component={Link} to="/settings/routing/skills" size="sm">Routing › Skills</Anchor>.</Text>;
  return <Choice {...props} all={all} has={all.filter(({ agents }) => agents.includes(props.user.id)).map(({ id }) => id)} />;
}
