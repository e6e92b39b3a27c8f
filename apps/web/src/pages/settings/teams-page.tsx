import { Badge, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import type { TeamView } from "@ringdesk/contract/http";
import { IconAlertTriangle, IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { teamsQuery, useSave } from "../../api/people.ts";
import { queuesQuery } from "../../api/queries.ts";
import { useForm } from "../../forms/use-form.ts";
import { Nothing, Problem } from "../../ui/states.tsx";
import { ListCard } from "../list-card.tsx";
import { Heading } from "../page.tsx";

function NewTeam({ onClose }: { readonly onClose: () => void }) {
  const form = useForm({ name: "", displayName: "" });
  const navigate = useNavigate();
  const { save, pending } = useSave();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { name, displayName } = form.values;
    const made = await save("createTeam", { body: { name, displayName: displayName.trim() === "" ? name : displayName } });
    if (made.ok) void navigate({ href: `/settings/teams/${made.value.id}` }); else form.refuse(made.error);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <TextInput label="Name" name="name" description="For admins, in settings and reports" autoComplete="off" maxLength={100} data-autofocus {...form.field("name")} />
        <TextInput label="Display name" name="displayName" description="What everybody sees; the same as the name when you leave it empty" placeholder={form.values.name} autoComplete="off" maxLength={100} {...form.field("displayName")} />
        <Problem>{form.problem}</Problem>
        <Group justify="flex-end" mt={4}><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={pending}>Create team</Button></Group>
      </Stack>
    </form>
  );
}

function TeamRow({ team, queueNames }: { readonly team: TeamView; readonly queueNames: readonly string[] }) {
  return (
    <Link to={`/settings/teams/${team.id}` as string} className="rd-row rd-team" data-testid="team" data-team={team.name}>
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={550} truncate>{team.displayName}</Text>
        {team.name !== team.displayName && <Text size="xs" c="dimmed" truncate>{team.name}</Text>}
      </div>
      <Text size="sm">{team.members.length === 1 ? "1 member" : `${team.members.length} members`}</Text>
      <Text size="sm" c="dimmed" truncate data-cell="queues">{queueNames.length === 0 ? "No queues" : queueNames.join(", ")}</Text>
      <Group gap={6} wrap="nowrap" justify="flex-end">
        {team.warnings.length > 0 && <IconAlertTriangle size={17} color="var(--mantine-color-orange-6)" aria-label="Has warnings" />}
        <Badge variant="light" color={team.routingEnabled ? "teal" : "gray"} size="sm">{team.routingEnabled ? "Routing on" : "Routing off"}</Badge>
      </Group>
    </Link>
  );
}

/** Teams, and the way to a new one (TEAM-1). */
export function TeamsPage() {
  const teams = useQuery(teamsQuery);
  const queues = useQuery(queuesQuery).data?.items ?? [];
  const [creating, setCreating] = useState(false);
  const close = (): void => { setCreating(false); };
  return (
    <>
      <Heading title="Teams"><Button leftSection={<IconPlus size={17} />} onClick={() => { setCreating(true); }} data-testid="new-team">Add team</Button></Heading>
      <ListCard list={teams} empty={teams.data?.items.length === 0 && <Nothing icon={<IconUsersGroup />} title="No teams yet">Calls are offered to the members of teams. Create one, add its members, and assign it the queues that it answers.</Nothing>}>
        {teams.data?.items.map((team) => <TeamRow key={team.id} team={team} queueNames={queues.filter((queue) => team.queues.includes(queue.id)).map((queue) => queue.name)} />)}
      </ListCard>
      <Modal opened={creating} onClose={close} title="Add a team">{creating && <NewTeam onClose={close} />}</Modal>
    </>
  );
}
