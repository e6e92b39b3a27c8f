import { ActionIcon, Avatar, Badge, Button, Group, Menu, SegmentedControl, Table, Text, TextInput } from "@mantine/core";
import type { Account, TeamView } from "@ringdesk/contract/http";
import type { UserId } from "@ringdesk/std";
import { IconDots, IconSearch, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { accountsQuery, permissionSetsQuery, teamsQuery } from "../../api/people.ts";
import { skillsQuery } from "../../api/routing-settings.ts";
import { useHouseStyle, useSession } from "../../api/session.ts";
import { Nothing } from "../../ui/states.tsx";
import { accountStateColors, accountStateWords, roleWords } from "../../words/people.ts";
import { shortDay } from "../../words/time.ts";
import { ListCard, ListTable } from "../list-card.tsx";
import { Heading } from "../page.tsx";
import { UserDialog, type UserDeed } from "./user-dialogs.tsx";

type Shown = "present" | "deactivated";

/** What can be done with this user; those that the server would refuse are left out. */
function UserActions({ account, choose }: { readonly account: Account; readonly choose: (deed: UserDeed["kind"]) => void }) {
  const { user } = useSession();
  const removable = !account.isOwner && account.id !== user.id;
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${account.name}`} data-testid="user-actions"><IconDots size={18} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => { choose("edit"); }}>Edit</Menu.Item>
        {account.state !== "deactivated" && <Menu.Item onClick={() => { choose("skills"); }}>Skills</Menu.Item>}
        {account.state === "active" && <Menu.Item onClick={() => { choose("device"); }}>Where calls ring</Menu.Item>}
        {account.state === "invited" && <Menu.Item onClick={() => { choose("link"); }}>New invitation link</Menu.Item>}
        {account.state === "active" && <Menu.Item onClick={() => { choose("link"); }}>Link for a new password</Menu.Item>}
        {account.state !== "invited" && <Menu.Item component={Link} to={`/settings/status-history/${account.id}` as string}>Status history</Menu.Item>}
        {account.state === "invited" && <Menu.Item color="red" onClick={() => { choose("withdraw"); }}>Withdraw the invitation</Menu.Item>}
        {account.state === "active" && removable && <Menu.Item color="red" onClick={() => { choose("deactivate"); }}>Deactivate</Menu.Item>}
        {account.state === "deactivated" && <Menu.Item onClick={() => { choose("reactivate"); }}>Reactivate</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}

function State({ account }: { readonly account: Account }) {
  const { timeZone } = useHouseStyle();
  const { state, linkExpiresAt } = account;
  const over = linkExpiresAt === null || linkExpiresAt <= Date.now();
  return (
    <>
      <Badge variant="light" color={accountStateColors[state]} size="sm">{accountStateWords[state]}</Badge>
      {state === "invited" && <Text size="xs" c={over ? "var(--mantine-color-error)" : "dimmed"} mt={2}>{over ? "Link is too old" : `Link works until ${shortDay(linkExpiresAt, Date.now(), timeZone)}`}</Text>}
    </>
  );
}

function UserRow({ account, teams, skills, setName, choose }: { readonly account: Account; readonly teams: readonly TeamView[]; readonly skills: readonly string[]; readonly setName: string | null; readonly choose: (deed: UserDeed) => void }) {
  return (
    <Table.Tr data-testid="user" data-email={account.email}>
      <Table.Td>
        <Group gap={10} wrap="nowrap">
          <Avatar name={account.name} color="brand" size={32} />
          <div style={{ minWidth: 0 }}>
            <Group gap={6} wrap="nowrap"><Text size="sm" fw={550} truncate>{account.name}</Text>{account.isOwner && <Badge variant="light" color="gray" size="xs">Owner</Badge>}</Group>
            <Text size="xs" c="dimmed" truncate>{account.email}</Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td><Text size="sm">{roleWords[account.role]}</Text>{setName !== null && <Text size="xs" c="dimmed">{setName}</Text>}</Table.Td>
      <Table.Td>{teams.length === 0 ? <Text size="sm" c="dimmed">None</Text> : <Text size="sm">{teams.map((team) => team.displayName).join(", ")}</Text>}{skills.length > 0 && <Text size="xs" c="dimmed">{skills.join(", ")}</Text>}</Table.Td>
      <Table.Td><State account={account} /></Table.Td>
      <Table.Td w={52}><UserActions account={account} choose={(kind) => { choose({ kind, account } as UserDeed); }} /></Table.Td>
    </Table.Tr>
  );
}

/** Everybody who works here: invited, changed, deactivated (ORG-2). */
export function UsersPage() {
  const accounts = useQuery(accountsQuery);
  const teams = useQuery(teamsQuery).data?.items ?? [];
  const sets = useQuery(permissionSetsQuery).data?.items ?? [];
  const skills = useQuery(skillsQuery).data?.items ?? [];
  const [shown, setShown] = useState<Shown>("present");
  const [text, setText] = useState("");
  const [deed, setDeed] = useState<UserDeed | null>(null);
  const all = accounts.data?.items ?? [];
  const sought = text.trim().toLowerCase();
  const rows = all.filter((each) => (each.state === "deactivated") === (shown === "deactivated") && `${each.name} ${each.email}`.toLowerCase().includes(sought));
  const teamsOf = (id: UserId): readonly TeamView[] => teams.filter((team) => team.members.includes(id));
  return (
    <>
      <Heading title="Users"><Button leftSection={<IconUserPlus size={17} />} onClick={() => { setDeed({ kind: "invite" }); }} data-testid="invite">Invite a user</Button></Heading>
      <Group mb="sm" gap="sm">
        <TextInput w={260} maw="100%" aria-label="Find by name or address" placeholder="Name or e-mail address" leftSection={<IconSearch size={16} />} value={text} onChange={(event) => { setText(event.currentTarget.value); }} />
        <SegmentedControl aria-label="Which users" value={shown} onChange={(value) => { setShown(value as Shown); }} data={[{ value: "present", label: "Active and invited" }, { value: "deactivated", label: "Deactivated" }]} />
      </Group>
      <ListCard list={accounts} shape={{ height: 32 }} empty={rows.length === 0 && <Nothing icon={<IconUsers />} title={sought === "" ? "Nobody is deactivated" : "Nobody is found"}>{sought === "" ? "Who is deactivated cannot sign in, and stays in the history." : "Try another part of the name or the address."}</Nothing>}>
        <ListTable minWidth={640} head={<><Table.Th>Name</Table.Th><Table.Th>Role</Table.Th><Table.Th>Teams and skills</Table.Th><Table.Th>State</Table.Th><Table.Th aria-label="Actions" /></>}>
          {rows.map((account) => <UserRow key={account.id} account={account} teams={teamsOf(account.id)} skills={skills.filter(({ agents }) => agents.includes(account.id)).map(({ name }) => name)} setName={sets.find((set) => set.id === account.permissionSetId)?.name ?? null} choose={setDeed} />)}
        </ListTable>
      </ListCard>
      <UserDialog deed={deed} onClose={() => { setDeed(null); }} />
    </>
  );
}
