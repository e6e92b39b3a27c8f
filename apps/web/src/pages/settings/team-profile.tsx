import { Alert, Button, Fieldset, Group, MultiSelect, NumberInput, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import type { TeamView } from "@ringdesk/contract/http";
import type { QueueId } from "@ringdesk/std";
import { IconPhoneOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useSave } from "../../api/people.ts";
import { queuesQuery } from "../../api/queries.ts";
import { useFaults } from "../../forms/use-faults.ts";
import { notify } from "../../ui/notify.ts";
import { Problem } from "../../ui/states.tsx";

const channels = [{ key: "sms", label: "SMS" }, { key: "email", label: "E-mail" }, { key: "chat", label: "Chat" }, { key: "total", label: "Total" }] as const;
type Profile = Pick<TeamView, "routingEnabled" | "queues" | "routeWhenOverCapacity"> & { readonly capacity: Readonly<Record<(typeof channels)[number]["key"], number | string>> };

/** TEAM-3: what the profile means for the dialers of the members. */
function dialerWords(profile: Profile, hasVoice: boolean): string | null {
  if (!profile.routingEnabled) return "Without team routing the members get no calls through this team, and have no dialer unless another team gives them one.";
  return hasVoice ? null : "None of the assigned queues accepts voice conversations: through this team the members have no dialer.";
}

/** TEAM-2: how conversations reach this team. */
export function TeamProfile({ team }: { readonly team: TeamView }) {
  const queues = useQuery(queuesQuery).data?.items.filter((queue) => !queue.isDefault) ?? [];
  const [profile, setProfile] = useState<Profile>({ routingEnabled: team.routingEnabled, queues: team.queues, routeWhenOverCapacity: team.routeWhenOverCapacity, capacity: team.capacity });
  const { errors, problem, refuse, forget } = useFaults();
  const { save, pending } = useSave();
  const set = (change: Partial<Profile>): void => { setProfile((now) => ({ ...now, ...change })); forget(...Object.keys(change)); };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    // A field that was emptied is no number: the server says so at the field.
    const capacity = profile.capacity as TeamView["capacity"];
    const saved = await save("updateTeam", { params: { id: team.id }, body: { ...profile, queues: [...profile.queues], capacity } });
    if (saved.ok) notify("info", "The routing profile is saved"); else refuse(saved.error);
  };
  const consequence = dialerWords(profile, queues.some((queue) => queue.voiceEnabled && profile.queues.includes(queue.id)));
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="lg" className="rd-card rd-form" p={20}>
        <Switch label="Enable team routing" description="Conversations of the assigned queues are offered to the members." checked={profile.routingEnabled} onChange={(event) => { set({ routingEnabled: event.currentTarget.checked }); }} />
        <MultiSelect label="Assigned queues" placeholder={profile.queues.length === 0 ? "Choose queues" : ""} searchable clearable nothingFoundMessage="No such queue" error={errors["queues"]}
          data={queues.map((queue) => ({ value: queue.id as string, label: queue.name }))} value={[...profile.queues]} onChange={(value) => { set({ queues: value as QueueId[] }); }} />
        {consequence !== null && <Alert color="orange" variant="light" icon={<IconPhoneOff size={18} />}>{consequence}</Alert>}
        <Fieldset legend="Capacity" variant="unstyled">
          <Text size="sm" c="dimmed" mb="sm">How many open conversations a member holds at a time. Voice is always one. Who has reached the total gets nothing more.</Text>
          <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="sm">
            {channels.map(({ key, label }) => (
              <NumberInput key={key} label={label} min={key === "total" ? 1 : 0} max={100} clampBehavior="none" allowDecimal={false} error={errors[`capacity/${key}`]}
                value={profile.capacity[key]} onChange={(value) => { set({ capacity: { ...profile.capacity, [key]: value } }); }} />
            ))}
          </SimpleGrid>
        </Fieldset>
        <Switch label="Route when over capacity" description="Calls are offered also to members whose other conversations fill the capacity. Nobody gets a second call." checked={profile.routeWhenOverCapacity} onChange={(event) => { set({ routeWhenOverCapacity: event.currentTarget.checked }); }} />
        <Problem>{problem}</Problem>
        <Group justify="flex-end"><Button type="submit" loading={pending}>Save</Button></Group>
      </Stack>
    </form>
  );
}
