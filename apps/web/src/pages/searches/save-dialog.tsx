import { Button, Group, Modal, Stack, Switch, TextInput } from "@mantine/core";
import type { Search, SearchColumn, SearchSort } from "@ringdesk/contract/http";
import type { Criteria } from "@ringdesk/contract/criteria";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { describeError, fetchOrThrow, fieldErrors, RequestError } from "../../api/client.ts";
import { keys } from "../../api/queries.ts";
import { useSession } from "../../api/session.ts";

/** What is saved of a search, besides its name and who sees it. */
export type Draft = { readonly criteria: Criteria; readonly sort: SearchSort; readonly columns: readonly SearchColumn[] };
type DialogProps = {
  /** The search to rename or share; null to save a new one. */
  readonly search: Search | null;
  readonly draft: Draft;
  readonly close: () => void;
  readonly saved: (search: Search) => void;
};

/** Asks for the name, and who sees it. */
export function SaveDialog({ search, draft, close, saved }: DialogProps) {
  const queries = useQueryClient();
  const session = useSession();
  const mayShare = session.permissions.includes("manage-searches");
  const [name, setName] = useState(search?.name ?? "");
  const [shared, setShared] = useState(search?.shared ?? false);
  const save = useMutation({
    mutationFn: () => (search === null
      ? fetchOrThrow("createSearch", { body: { name, shared, criteria: draft.criteria, sort: draft.sort, columns: [...draft.columns] } })
      : fetchOrThrow("updateSearch", { params: { id: search.id }, body: { name, shared } })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: keys.searches });
      saved(made);
    },
  });
  const atName = save.error instanceof RequestError ? fieldErrors(save.error.failure)["name"] : undefined;
  const other = save.error === null || atName !== undefined ? null : describeError(save.error);
  const submit = (event: FormEvent): void => { event.preventDefault(); save.mutate(); };
  return (
    <Modal opened onClose={close} title={search === null ? "Save search" : "Name and sharing"}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput label="Name" required data-autofocus maxLength={100} value={name} error={atName ?? (other === null ? null : [other.title, other.detail].filter((part) => part !== "").join(". "))} onChange={(event) => { setName(event.currentTarget.value); }} />
          <Switch label="Shared with everybody" description={mayShare ? "Others see it and cannot change it without the permission to manage searches." : "You need the permission to manage searches to share one."}
            checked={shared} disabled={!mayShare || (search !== null && search.ownerId !== session.user.id)} onChange={(event) => { setShared(event.currentTarget.checked); }} />
          <Group justify="end" gap="xs">
            <Button variant="default" onClick={close}>Cancel</Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>Save</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
