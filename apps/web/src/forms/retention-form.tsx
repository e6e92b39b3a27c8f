import { Button, Group, Modal, NumberInput, Radio, Stack, Text } from "@mantine/core";
import { RETENTION_DAYS } from "@ringdesk/contract/http";
import { useState, type FormEvent } from "react";
import { inOneSentence, request, type Failure } from "../api/client.ts";
import { useSave } from "../api/people.ts";
import { notify } from "../ui/notify.ts";
import { Problem } from "../ui/states.tsx";
import { recordingCount, retentionWords } from "../words/recordings.ts";
import { useFaults } from "./use-faults.ts";

/** What the field holds when recordings were kept for ever until now. */
const USUAL_DAYS = 90;
const { least, most } = RETENTION_DAYS;
const isRetention = (days: number): boolean => Number.isInteger(days) && days >= least && days <= most;

/** Saves a retention. */
function useSaveRetention() {
  const { save, pending } = useSave();
  const put = async (days: number | null): Promise<Failure | null> => {
    const saved = await save("setRetention", { body: { days } });
    if (!saved.ok) return saved.error;
    notify("info", retentionWords(saved.value.retentionDays));
    return null;
  };
  return { put, pending };
}

/** What is asked before a retention deletes recordings at once. */
function DeletionDialog({ days, recordings, onClose }: { readonly days: number; readonly recordings: number; readonly onClose: () => void }) {
  const { put, pending } = useSaveRetention();
  const [failure, setFailure] = useState<Failure | null>(null);
  const go = async (): Promise<void> => {
    const failed = await put(days);
    if (failed === null) onClose(); else setFailure(failed);
  };
  const deleted = recordingCount(recordings);
  return (
    <Modal opened onClose={onClose} title={`Delete ${deleted}?`}>
      <Stack gap="sm">
        <Text size="sm">This deletes {deleted} now. {recordings === 1 ? "It" : "They"} cannot be brought back.</Text>
        <Problem>{failure === null ? null : inOneSentence(failure)}</Problem>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>Cancel</Button>
          <Button color="red" onClick={() => void go()} loading={pending} data-testid="delete-recordings">Delete {deleted}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** How long recordings are kept (REC-3). What is older than a new retention is counted and asked about before it is saved. */
export function RetentionForm({ days }: { readonly days: number | null }) {
  const { put, pending } = useSaveRetention();
  const [limited, setLimited] = useState(days !== null);
  const [typed, setTyped] = useState<number | string>(days ?? USUAL_DAYS);
  const [counting, setCounting] = useState(false);
  const [doomed, setDoomed] = useState<{ readonly days: number; readonly recordings: number } | null>(null);
  const { errors, problem, mark, refuse, forget } = useFaults();
  const wanted = limited ? Number(typed === "" ? Number.NaN : typed) : null;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (wanted !== null && mark(isRetention(wanted) ? {} : { days: `Between ${least} and ${most.toLocaleString("en-US")} days` })) return;
    if (wanted !== null) {
      setCounting(true);
      const due = await request("previewRetention", { query: { days: wanted } });
      setCounting(false);
      if (!due.ok) { refuse(due.error); return; }
      if (due.value.recordings > 0) { setDoomed({ days: wanted, ...due.value }); return; }
    }
    const failed = await put(wanted);
    if (failed !== null) refuse(failed);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Radio.Group aria-label="How long recordings are kept" value={limited ? "days" : "ever"} onChange={(value) => { setLimited(value === "days"); forget(); }}>
        <Stack gap="sm">
          <Radio value="ever" label="For ever" />
          <Radio value="days" label="For a number of days" description="Recordings of calls and voicemail messages are deleted so many days after they began. Calls stay on the timeline." />
        </Stack>
      </Radio.Group>
      {limited && (
        <NumberInput label="Days" name="retentionDays" ml={32} mt="sm" w={210} maw="100%" allowDecimal={false} allowNegative={false} min={least} max={most} clampBehavior="none" thousandSeparator="," value={typed} error={errors["days"]} onChange={(value) => { setTyped(value); forget("days"); }} />
      )}
      <Problem mt="sm">{problem}</Problem>
      <Group justify="flex-end" mt="md"><Button type="submit" loading={pending || counting} disabled={wanted === days} data-testid="save-retention">Save</Button></Group>
      {doomed !== null && <DeletionDialog {...doomed} onClose={() => { setDoomed(null); }} />}
    </form>
  );
}
