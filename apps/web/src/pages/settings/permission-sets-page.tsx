import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { permission, type Permission, type PermissionSet } from "@ringdesk/contract/http";
import { IconLock, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { notifyFailure } from "../../api/failures.ts";
import { accountsQuery, permissionSetsQuery, useSave } from "../../api/people.ts";
import { useForm } from "../../forms/use-form.ts";
import { ReasonButton } from "../../ui/reason-button.tsx";
import { Nothing, Problem } from "../../ui/states.tsx";
import { permissionWords } from "../../words/people.ts";
import { ListCard } from "../list-card.tsx";
import { Heading } from "../page.tsx";

function SetForm({ set, onClose }: { readonly set: PermissionSet | null; readonly onClose: () => void }) {
  const form = useForm({ name: set?.name ?? "" });
  const [granted, setGranted] = useState<readonly string[]>(set?.permissions ?? ["listen-recordings"]);
  const { save, pending } = useSave();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const body = { name: form.values.name, permissions: granted as Permission[] };
    const saved = await (set === null ? save("createPermissionSet", { body }) : save("updatePermissionSet", { params: { id: set.id }, body }));
    if (saved.ok) onClose(); else form.refuse(saved.error);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <TextInput label="Name" name="name" placeholder="Reporters" autoComplete="off" maxLength={100} data-autofocus {...form.field("name")} />
        <Checkbox.Group label="Its holders may" value={[...granted]} onChange={setGranted}>
          <Stack gap={10} mt={8}>{permission.options.map((each) => <Checkbox key={each} value={each} label={permissionWords[each].name} description={permissionWords[each].meaning} />)}</Stack>
        </Checkbox.Group>
        <Problem>{form.problem}</Problem>
        <Group justify="flex-end"><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={pending}>{set === null ? "Create" : "Save"}</Button></Group>
      </Stack>
    </form>
  );
}

function SetRow({ set, holders, edit }: { readonly set: PermissionSet; readonly holders: readonly string[]; readonly edit: () => void }) {
  const { save, pending } = useSave();
  const remove = async (): Promise<void> => {
    const gone = await save("deletePermissionSet", { params: { id: set.id } });
    if (!gone.ok) notifyFailure(gone.error);
  };
  return (
    <div className="rd-row" style={{ gridTemplateColumns: "minmax(0, 1fr) auto auto", alignItems: "start" }} data-testid="permission-set">
      <div className="rd-grow">
        <Text size="sm" fw={600}>{set.name}</Text>
        <Text size="sm" c="dimmed">{set.permissions.length === 0 ? "Nothing beyond own calls, conversations and customers" : set.permissions.map((each) => permissionWords[each].name).join(", ")}</Text>
        <Text size="xs" c="dimmed" mt={2}>{holders.length === 0 ? "Nobody has it" : `Held by ${holders.join(", ")}`}</Text>
      </div>
      <Button size="xs" variant="default" onClick={edit}>Edit</Button>
      <ReasonButton size="xs" variant="subtle" color="red" loading={pending} reason={holders.length > 0 ? `Give another one to ${holders.join(", ")} first` : null} onClick={() => void remove()}>Delete</ReasonButton>
    </div>
  );
}

/** Named lists of what their holders may (ORG-2). */
export function PermissionSetsPage() {
  const sets = useQuery(permissionSetsQuery);
  const accounts = useQuery(accountsQuery).data?.items ?? [];
  const [open, setOpen] = useState<{ readonly set: PermissionSet | null } | null>(null);
  const close = (): void => { setOpen(null); };
  return (
    <>
      <Heading title="Permission sets"><Button leftSection={<IconPlus size={17} />} onClick={() => { setOpen({ set: null }); }}>Add permission set</Button></Heading>
      <Text size="sm" c="dimmed" mb="md">A role says what its users may. A permission set says it in detail, for agents and managers who need more or less than that. Give one to a user under Users.</Text>
      <ListCard list={sets} empty={sets.data?.items.length === 0 && <Nothing icon={<IconLock />} title="No permission sets yet">Everybody may what their role allows.</Nothing>}>
        {sets.data?.items.map((set) => <SetRow key={set.id} set={set} holders={accounts.filter((each) => each.permissionSetId === set.id).map((each) => each.name)} edit={() => { setOpen({ set }); }} />)}
      </ListCard>
      <Modal opened={open !== null} onClose={close} title={open?.set == null ? "Add a permission set" : "Edit permission set"}>
        {open !== null && <SetForm set={open.set} onClose={close} />}
      </Modal>
    </>
  );
}
