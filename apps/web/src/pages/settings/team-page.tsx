import { Alert, Anchor, Button, Group, Modal, Stack, Tabs, Text, TextInput } from "@mantine/core";
import type { TeamView } from "@ringdesk/contract/http";
import { IconAlertTriangle, IconTrash, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { describeError, describeFailure, type Failure } from "../../api/client.ts";
import { teamsQuery, useSave } from "../../api/people.ts";
import { queuesQuery } from "../../api/queries.ts";
import { useForm } from "../../forms/use-form.ts";
import { notify } from "../../ui/notify.ts";
import { Failed, Nothing, Problem, Rows } from "../../ui/states.tsx";
import { Back, Heading } from "../page.tsx";
import { TeamMembers } from "./team-members.tsx";
import { TeamProfile } from "./team-profile.tsx";

function Names({ team, onClose }: { readonly team: TeamView; readonly onClose: () => void }) {
  const form = useForm({ name: team.name, displayName: team.displayName });
  const { save, pending } = useSave();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const saved = await save("updateTeam", { params: { id: team.id }, body: form.values });
    if (saved.ok) onClose(); else form.refuse(saved.error);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <TextInput label="Name" name="name" autoComplete="off" maxLength={100} data-autofocus {...form.field("name")} />
        <TextInput label="Display name" name="displayName" autoComplete="off" maxLength={100} {...form.field("displayName")} />
        <Problem>{form.problem}</Problem>
        <Group justify="flex-end" mt={4}><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={pending}>Save</Button></Group>
      </Stack>
    </form>
  );
}

function farewellWords(members: number): string {
  if (members === 0) return "The team has no members.";
  return members === 1 ? "Its member keeps the account, but gets no calls through this team any more." : `Its ${members} members keep their accounts, but get no calls through this team any more.`;
}

/** Says what follows from deleting the team; the server asks again when calls would be left without agents. */
function DeleteTeam({ team, onClose }: { readonly team: TeamView; readonly onClose: () => void }) {
  const teams = useQuery(teamsQuery).data?.items ?? [];
  const queues = useQuery(queuesQuery).data?.items ?? [];
  const navigate = useNavigate();
  const { save, pending } = useSave();
  const [failure, setFailure] = useState<Failure | null>(null);
  const strands = failure?.type === "refused" && failure.problem.code === "calls-would-strand";
  const alone = team.queues.filter((id) => !teams.some((other) => other.id !== team.id && other.routingEnabled && other.queues.includes(id)));
  const names = queues.filter((queue) => alone.includes(queue.id)).map((queue) => queue.name);
  const go = async (): Promise<void> => {
    const gone = await save("deleteTeam", { params: { id: team.id }, query: strands ? { confirm: "true" } : {} });
    if (!gone.ok) { setFailure(gone.error); return; }
    notify("info", `${team.displayName} is deleted`);
    void navigate({ href: "/settings/teams" });
  };
  return (
    <Stack gap="sm">
      <Text size="sm">{farewellWords(team.members.length)}</Text>
      {names.length > 0 && <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} />}>No other team answers {names.join(", ")}: calls there will wait until they time out.</Alert>}
      {failure !== null && <Alert color="red" variant="light" role="alert" title={describeFailure(failure).title}>{describeFailure(failure).detail}</Alert>}
      <Group justify="flex-end"><Button variant="default" onClick={onClose} data-autofocus>Cancel</Button><Button color="red" onClick={() => void go()} loading={pending}>{strands ? "Delete it nevertheless" : "Delete team"}</Button></Group>
    </Stack>
  );
}

/** One team: its members and its routing profile (TEAM-1, TEAM-2). */
export function TeamPage() {
  const { teamId = "" } = useParams({ strict: false }) as { readonly teamId?: string };
  const teams = useQuery(teamsQuery);
  const [open, setOpen] = useState<"names" | "delete" | null>(null);
  const close = (): void => { setOpen(null); };
  const team = teams.data?.items.find((each) => each.id === teamId);
  if (teams.isPending) return <div className="rd-card"><Rows /></div>;
  if (teams.isError) return <div className="rd-card"><Failed {...describeError(teams.error)} again={() => void teams.refetch()} /></div>;
  if (team === undefined) return <div className="rd-card"><Nothing icon={<IconUsersGroup />} title="There is no such team">It may have been deleted. <Anchor component={Link} to={"/settings/teams" as string} size="sm">See all teams</Anchor></Nothing></div>;
  return (
    <>
      <Back to="/settings/teams">Teams</Back>
      <Heading title={team.displayName}>
        <Button variant="default" onClick={() => { setOpen("names"); }}>Rename</Button>
        <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => { setOpen("delete"); }}>Delete</Button>
      </Heading>
      {team.warnings.map((warning) => <Alert key={warning} color="orange" variant="light" mb="sm" icon={<IconAlertTriangle size={18} />} title="Two profiles contradict each other">{warning}</Alert>)}
      <Tabs defaultValue="members" keepMounted={false}>
        <Tabs.List mb="md"><Tabs.Tab value="members">Members</Tabs.Tab><Tabs.Tab value="profile">Routing profile</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="members"><TeamMembers team={team} /></Tabs.Panel>
        <Tabs.Panel value="profile"><TeamProfile key={team.id} team={team} /></Tabs.Panel>
      </Tabs>
      <Modal opened={open !== null} onClose={close} title={open === "names" ? "Rename team" : `Delete ${team.displayName}?`}>
        {open === "names" && <Names team={team} onClose={close} />}
        {open === "delete" && <DeleteTeam team={team} onClose={close} />}
      </Modal>
    </>
  );
}
