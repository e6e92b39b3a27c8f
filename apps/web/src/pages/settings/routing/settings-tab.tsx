import { ActionIcon, Button, Group, NumberInput, Table, Text, Title, Tooltip } from "@mantine/core";
import { DEFAULT_UNANSWERED_TIMEOUT_MS, QUEUE_LIMITS, type HoldMusic } from "@ringdesk/contract/http";
import { IconTrash, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { describeError, describeFailure, fieldErrors } from "../../../api/client.ts";
import { useSave } from "../../../api/people.ts";
import { holdMusicQuery, routingSettingsQuery } from "../../../api/routing-settings.ts";
import { notify } from "../../../ui/notify.ts";
import { Failed, Problem, Rows } from "../../../ui/states.tsx";
import { span } from "../../../words/time.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { HearMusic } from "./hear-music.tsx";
import { UploadDialog } from "./music-choice.tsx";
import { RoutingTabs } from "./routing-tabs.tsx";

const SECOND_MS = 1_000;
const { least, most } = QUEUE_LIMITS.unansweredTimeoutMs;

/** QUE-4: 30 to 300 seconds. */
function TimeoutForm({ timeoutMs }: { readonly timeoutMs: number }) {
  const { save, pending } = useSave();
  const [seconds, setSeconds] = useState<number | string>(timeoutMs / SECOND_MS);
  const [error, setError] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const ms = Math.round(Number(seconds) * SECOND_MS);
    if (seconds === "" || ms < least || ms > most) { setError(`Between ${least / SECOND_MS} and ${most / SECOND_MS} seconds`); return; }
    const saved = await save("updateRoutingSettings", { body: { unansweredTimeoutMs: ms } });
    if (saved.ok) { notify("info", "The timeout is saved", "It holds from the next call on."); return; }
    setError(fieldErrors(saved.error)["unansweredTimeoutMs"] ?? null);
    setProblem(describeFailure(saved.error).title);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <NumberInput label="Unanswered call timeout" name="unansweredTimeout" suffix=" s" w={240} maw="100%" allowDecimal={false} allowNegative={false} step={10} value={seconds} error={error} onChange={(value) => { setSeconds(value); setError(null); setProblem(null); }}
        description={`${least / SECOND_MS}–${most / SECOND_MS} seconds, usually ${DEFAULT_UNANSWERED_TIMEOUT_MS / SECOND_MS}`} />
      <Text size="sm" c="dimmed" mt={8} maw={560}>A call that nobody answers in its queue for this long goes to the number's voicemail, or else to the default queue, and after the same time there it ends as missed.</Text>
      <Problem mt="sm">{error === null ? problem : null}</Problem>
      <Group justify="flex-end" mt="md"><Button type="submit" loading={pending} disabled={Number(seconds) * SECOND_MS === timeoutMs} data-testid="save-timeout">Save</Button></Group>
    </form>
  );
}

function Music() {
  const music = useQuery(holdMusicQuery);
  const [uploading, setUploading] = useState(false);
  const [removed, setRemoved] = useState<HoldMusic | null>(null);
  const all = music.data?.items ?? [];
  return (
    <section className="rd-card" aria-label="Hold music">
      <Group justify="space-between" p={20} pb={all.length === 0 ? 20 : 8}>
        <div><Title order={2} fz={16}>Hold music</Title>{music.data !== undefined && all.length === 0 && <Text size="sm" c="dimmed" mt={4}>Callers hear the standard music. Upload your own, and choose it in the options of a queue.</Text>}</div>
        <Button variant="default" leftSection={<IconUpload size={16} />} onClick={() => { setUploading(true); }}>Upload</Button>
      </Group>
      {music.isPending && <Rows count={2} />}
      {music.isError && <Failed {...describeError(music.error)} again={() => void music.refetch()} />}
      {all.length > 0 && (
        <Table verticalSpacing={8} horizontalSpacing={20}>
          <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th>Length</Table.Th><Table.Th>Played in</Table.Th><Table.Th aria-label="Actions" /></Table.Tr></Table.Thead>
          <Table.Tbody>
            {all.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td><Text size="sm">{one.name}</Text></Table.Td><Table.Td><Text size="sm">{span(one.durationMs)}</Text></Table.Td>
                <Table.Td><Text size="sm" c={one.queues.length === 0 ? "dimmed" : ""}>{one.queues.length === 0 ? "No queue" : one.queues.map((queue) => queue.displayName).join(", ")}</Text></Table.Td>
                <Table.Td w={92}><Group gap={4} wrap="nowrap" justify="flex-end"><HearMusic music={one} /><Tooltip label="Delete"><ActionIcon variant="subtle" color="gray" aria-label={`Delete ${one.name}`} onClick={() => { setRemoved(one); }}><IconTrash size={17} /></ActionIcon></Tooltip></Group></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {uploading && <UploadDialog onClose={() => { setUploading(false); }} onDone={() => { setUploading(false); }} />}
      {removed !== null && <DeleteDialog operation="deleteHoldMusic" input={{ params: { id: removed.id } }} name={removed.name} onClose={() => { setRemoved(null); }}>It cannot be brought back without its file.</DeleteDialog>}
    </section>
  );
}

/** Settings › Platform › Routing › Settings. */
export function SettingsTab() {
  const settings = useQuery(routingSettingsQuery);
  return (
    <>
      <RoutingTabs />
      <div className="rd-sections">
        <section className="rd-card" style={{ padding: 20 }} aria-label="Unanswered calls">
          {settings.isPending && <Rows count={2} />}
          {settings.isError && <Failed {...describeError(settings.error)} again={() => void settings.refetch()} />}
          {settings.data !== undefined && <TimeoutForm key={settings.data.unansweredTimeoutMs} timeoutMs={settings.data.unansweredTimeoutMs} />}
        </section>
        <Music />
      </div>
    </>
  );
}
