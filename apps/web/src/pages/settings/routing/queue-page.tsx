import { Badge, Button, Group, Text } from "@mantine/core";
import type { Queue } from "@ringdesk/contract/http";
import { IconListDetails, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useSave } from "../../../api/people.ts";
import { queueSettingsQuery } from "../../../api/routing-settings.ts";
import { useFaults } from "../../../forms/use-faults.ts";
import { notify } from "../../../ui/notify.ts";
import { ReasonButton } from "../../../ui/reason-button.tsx";
import { Nothing, Problem } from "../../../ui/states.tsx";
import { Unread } from "../../list-card.tsx";
import { Back, Heading } from "../../page.tsx";
import { SkillsFields } from "./asked-skills.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { ROUTING } from "./routing-tabs.tsx";
import { BasicsFields, HoursFields, OverflowFields, TeamsOfQueue, WaitingFields, type QueueDraft } from "./queue-fields.tsx";

function QueueForm({ queue }: { readonly queue: Queue }) {
  const { save, pending } = useSave();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<QueueDraft>(queue);
  const { errors, problem, refuse, forget } = useFaults("Some fields need another look.");
  const [deleting, setDeleting] = useState(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(queue);
  const put = (change: Partial<QueueDraft>): void => {
    setDraft((now) => ({ ...now, ...change }));
    forget(...Object.keys(change));
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { id: _, isDefault: __, teams: ___, ...body } = draft;
    const saved = await save("updateQueue", { params: { id: queue.id }, body });
    if (saved.ok) {
      setDraft(saved.value);
      forget();
      notify("info", `“${saved.value.displayName}” is saved`, "It holds from the next call on.");
      return;
    }
    refuse(saved.error);
  };
  const part = { draft, put, errors };
  return (
    <>
      <Heading title={queue.displayName} signs={queue.isDefault && <Badge variant="light" color="gray">Default</Badge>}>
        <ReasonButton variant="subtle" color="red" leftSection={<IconTrash size={16} />} reason={queue.isDefault ? "The default queue takes what no rule placed. It stays." : null} onClick={() => { setDeleting(true); }} data-testid="delete-queue">Delete</ReasonButton>
      </Heading>
      <form onSubmit={(event) => void submit(event)} noValidate className="rd-sections" aria-label={`Options of ${queue.displayName}`}>
        <BasicsFields {...part} isDefault={queue.isDefault} />
        {!queue.isDefault && <TeamsOfQueue queue={queue} />}
        {!queue.isDefault && <SkillsFields value={draft.asks} errors={errors} onChange={(asks) => { put({ asks }); }} />}
        {!queue.isDefault && <HoursFields {...part} />}
        <WaitingFields {...part} />
        {!queue.isDefault && <OverflowFields {...part} id={queue.id} />}
        <Problem>{problem}</Problem>
        <Group justify="flex-end">
          {changed && <Text size="sm" c="dimmed">Not saved yet</Text>}
          <Button variant="default" disabled={!changed} onClick={() => { setDraft(queue); forget(); }}>Discard</Button>
          <Button type="submit" loading={pending} data-testid="save-queue">Save</Button>
        </Group>
      </form>
      {deleting && (
        <DeleteDialog operation="deleteQueue" input={{ params: { id: queue.id } }} name={queue.displayName} onClose={() => { setDeleting(false); }} onDone={() => void navigate({ to: ROUTING })}>
          {`Calls that wait in it go to the default queue.${queue.teams.length === 0 ? "" : ` ${queue.teams.map((team) => team.displayName).join(", ")} will not take its conversations any more.`} Ended calls keep its name.`}
        </DeleteDialog>
      )}
    </>
  );
}

/** One queue with all its options (QUE-6). */
export function QueuePage() {
  const { queueId } = useParams({ strict: false }) as { readonly queueId?: string };
  const queues = useQuery(queueSettingsQuery);
  const queue = queues.data?.items.find(({ id }) => id === queueId);
  return (
    <>
      <Back to={ROUTING}>Routing</Back>
      <Unread list={queues} />
      {queues.data !== undefined && queue === undefined && <div className="rd-card"><Nothing icon={<IconListDetails />} title="There is no such queue">It may have been deleted meanwhile.</Nothing></div>}
      {queue !== undefined && <QueueForm key={queue.id} queue={queue} />}
    </>
  );
}
