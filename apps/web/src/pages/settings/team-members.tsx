import { Avatar, Badge, Button, Group, MultiSelect, Text } from "@mantine/core";
import type { TeamView } from "@ringdesk/contract/http";
import type { UserId } from "@ringdesk/std";
import { IconPhoneOff, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { notifyFailure } from "../../api/failures.ts";
import { accountsQuery, useSave } from "../../api/people.ts";
import { skillsQuery } from "../../api/routing-settings.ts";
import { Nothing } from "../../ui/states.tsx";
import { accountStateColors, accountStateWords } from "../../words/people.ts";

/** Who is in the team; changes are saved one by one. */
export function TeamMembers({ team }: { readonly team: TeamView }) {
  const accounts = useQuery(accountsQuery).data?.items ?? [];
  const skills = useQuery(skillsQuery).data?.items ?? [];
  const { save, pending } = useSave();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const members = accounts.filter((account) => team.members.includes(account.id));
  const others = accounts.filter((account) => !team.members.includes(account.id) && account.state !== "deactivated");
  const put = async (next: readonly UserId[]): Promise<void> => {
    const saved = await save("updateTeam", { params: { id: team.id }, body: { members: [...next] } });
    if (saved.ok) setChosen([]); else notifyFailure(saved.error);
  };
  return (
    <>
      <Group gap="sm" mb="md" align="flex-end">
        <MultiSelect className="rd-grow" maw={520} label="Add members" placeholder={chosen.length > 0 ? "" : others.length === 0 ? "Everybody is in the team" : "Name or e-mail address"} disabled={others.length === 0} searchable clearable hidePickedOptions nothingFoundMessage="Nobody is found"
          data={others.map((account) => ({ value: account.id as string, label: `${account.name} (${account.email})` }))} value={[...chosen]} onChange={setChosen} />
        <Button onClick={() => void put([...team.members, ...(chosen as readonly UserId[])])} disabled={chosen.length === 0} loading={pending}>Add</Button>
      </Group>
      <div className="rd-card">
        {members.length === 0 && <Nothing icon={<IconUsers />} title="No members yet">Calls of the assigned queues are offered to the members of this team.</Nothing>}
        {members.map((account) => {
          const without = team.withoutDialer.find((each) => each.userId === account.id);
          return (
            <div key={account.id} className="rd-row" style={{ gridTemplateColumns: "32px minmax(0, 1fr) auto" }} data-testid="member">
              <Avatar name={account.name} color="brand" size={32} />
              <div style={{ minWidth: 0 }}>
                <Group gap={8} wrap="nowrap"><Text size="sm" fw={550} truncate>{account.name}</Text>{account.state !== "active" && <Badge size="xs" variant="light" color={accountStateColors[account.state]}>{accountStateWords[account.state]}</Badge>}</Group>
                <Text size="xs" c="dimmed" truncate>{[account.email, ...skills.filter(({ agents }) => agents.includes(account.id)).map(({ name }) => name)].join(" · ")}</Text>
                {without !== undefined && <Text size="xs" mt={3} style={{ display: "flex", gap: 5, alignItems: "flex-start" }}><IconPhoneOff size={14} style={{ flex: "none", marginTop: 1 }} aria-hidden />No dialer. {without.why.replace(/^You are/, "Is")}</Text>}
              </div>
              <Button size="xs" variant="subtle" color="gray" disabled={pending} aria-label={`Remove ${account.name}`} onClick={() => void put(team.members.filter((id) => id !== account.id))}>Remove</Button>
            </div>
          );
        })}
      </div>
    </>
  );
}
