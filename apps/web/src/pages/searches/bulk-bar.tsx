import { Button, Group, Modal, Popover, Select, Stack, TagsInput, Text } from "@mantine/core";
import { ME } from "@ringdesk/contract/criteria";
import { BULK_UNDO_MS, MAX_BULK_RESULTS, type BulkChange, type BulkTarget } from "@ringdesk/contract/http";
import type { QueueId, TeamId, UserId } from "@ringdesk/std";
import { IconArrowsRight, IconCheck, IconRotate, IconTag, IconUser } from "@tabler/icons-react";
import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { fetchOrThrow, request } from "../../api/client.ts";
import { notifyError, notifyFailure } from "../../api/failures.ts";
import { keys } from "../../api/queries.ts";
import type { CriteriaOptions } from "../../forms/criteria-options.ts";
import { notify } from "../../ui/notify.ts";
import { forgetUndo, notifyUndoable } from "../../ui/undo-notice.tsx";

type BarProps = {
  readonly target: BulkTarget;
  /** How many conversations the target has. */
  readonly count: number;
  readonly options: CriteriaOptions;
  readonly done: () => void;
};
/** Reasons told in full; the rest is counted. */
const REASONS_TOLD = 3;
/** Changes of more than this are asked about once more. */
const ASKED_ABOUT = 50;

const conversations = (count: number): string => `${count} conversation${count === 1 ? "" : "s"}`;

function useBulkChange({ target, done }: Pick<BarProps, "target" | "done">) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: BulkChange) => fetchOrThrow("changeConversations", { body: { change, target } }),
    onSuccess: ({ changed, failed, undo }) => {
      const told = failed.length === 0 ? { level: "info", title: `${conversations(changed)} changed`, detail: "" } as const : { level: "warning", title: `${changed} changed, ${failed.length} not`, detail: reasonsOf(failed) } as const;
      if (undo === null) { forgetUndo(); notify(told.level, told.title, told.detail); }
      else notifyUndoable({ ...told, forMs: BULK_UNDO_MS, undo: () => void undoChange(queries, undo.id) });
      done();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.conversations }),
    onError: notifyError,
  });
}

const reasonsOf = (failed: readonly { readonly reason: string }[]): string => [...new Set(failed.map((each) => each.reason))].slice(0, REASONS_TOLD).join(" ");

/** Also when the bar has gone meanwhile. */
async function undoChange(queries: QueryClient, id: string): Promise<void> {
  const undone = await request("undoConversationsChange", { params: { id } });
  void queries.invalidateQueries({ queryKey: keys.conversations });
  if (!undone.ok) { notifyFailure(undone.error); return; }
  const { changed, failed } = undone.value;
  if (failed.length === 0) notify("info", changed === 1 ? "1 conversation is as it was" : `${conversations(changed)} are as they were`);
  else notify("warning", `${changed} put back, ${failed.length} left alone`, reasonsOf(failed));
}

/** A button that asks for one thing before it acts. */
function Asking({ icon, label, action, ready, busy, act, children }: { readonly icon: ReactNode; readonly label: string; readonly action: string; readonly ready: boolean; readonly busy: boolean; readonly act: () => void; readonly children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} trapFocus returnFocus position="bottom-start" width={280}>
      <Popover.Target><Button size="compact-sm" variant="default" leftSection={icon} disabled={busy} aria-expanded={open} onClick={() => { setOpen(!open); }}>{label}</Button></Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">{children}<Button size="xs" disabled={!ready} onClick={() => { setOpen(false); act(); }}>{action}</Button></Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What can be done with all chosen conversations (CRM-4). */
export function BulkBar(props: BarProps) {
  const { count, options } = props;
  const change = useBulkChange(props);
  const [user, setUser] = useState<string | null>(null);
  const [team, setTeam] = useState<string | null>(null);
  const [queue, setQueue] = useState<string | null>(null);
  const [tags, setTags] = useState<string[]>([]);
  const [asked, setAsked] = useState<BulkChange | null>(null);
  const act = (next: BulkChange): void => { if (count > ASKED_ABOUT) setAsked(next); else change.mutate(next); };
  const shared = { busy: change.isPending };
  const inPopover = { size: "sm", searchable: true, clearable: true, comboboxProps: { withinPortal: false } } as const;
  return (
    <Group gap={6} role="toolbar" aria-label="Change the chosen conversations" data-testid="bulk-bar">
      <Asking {...shared} icon={<IconUser size={14} />} label="Assign" action="Assign" ready={user !== null || team !== null}
        act={() => { act({ do: "assign", ...(user === null ? {} : { userId: user === "nobody" ? null : user as UserId }), ...(team === null ? {} : { teamId: team as TeamId }) }); }}>
        <Select {...inPopover} label="Agent" placeholder="Leave as it is" data={[{ value: "nobody", label: "Nobody" }, ...options.users.filter((each) => each.value !== ME)]} value={user} onChange={setUser} data-testid="bulk-user" />
        {options.teams.length > 0 && <Select {...inPopover} label="Team" placeholder="Leave as it is" data={[...options.teams]} value={team} onChange={setTeam} />}
      </Asking>
      <Asking {...shared} icon={<IconArrowsRight size={14} />} label="Move to queue" action="Move and route" ready={queue !== null} act={() => { if (queue !== null) act({ do: "transfer", queueId: queue as QueueId }); }}>
        <Select {...inPopover} label="Queue" placeholder="Choose" data={[...options.queues]} value={queue} onChange={setQueue} />
      </Asking>
      <Asking {...shared} icon={<IconTag size={14} />} label="Add tags" action="Add" ready={tags.length > 0} act={() => { act({ do: "tag", add: tags, remove: [] }); setTags([]); }}>
        <TagsInput size="sm" label="Tags" comboboxProps={{ withinPortal: false }} data={options.tags.map((each) => each.value)} value={tags} onChange={setTags} maxTags={10} acceptValueOnBlur />
      </Asking>
      <Button size="compact-sm" variant="default" leftSection={<IconCheck size={14} />} loading={change.isPending} onClick={() => { act({ do: "done" }); }}>Mark done</Button>
      <Button size="compact-sm" variant="default" leftSection={<IconRotate size={14} />} disabled={change.isPending} onClick={() => { act({ do: "reopen" }); }}>Reopen</Button>
      <Modal opened={asked !== null} onClose={() => { setAsked(null); }} title={`Change ${conversations(count)}?`}>
        <Text size="sm">{count > MAX_BULK_RESULTS ? `At most ${MAX_BULK_RESULTS} can be changed at once. Add a condition.` : `You can undo it for ${BULK_UNDO_MS / 60_000} minutes.`}</Text>
        <Group justify="end" gap="xs" mt="md">
          <Button variant="default" onClick={() => { setAsked(null); }}>Cancel</Button>
          <Button disabled={count > MAX_BULK_RESULTS} onClick={() => { if (asked !== null) change.mutate(asked); setAsked(null); }}>Change {conversations(count)}</Button>
        </Group>
      </Modal>
    </Group>
  );
}
