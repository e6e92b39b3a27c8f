import { ActionIcon, Alert, Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import type { Customer } from "@ringdesk/contract/http";
import type { CustomerId } from "@ringdesk/std";
import { IconArrowMerge, IconDots, IconEdit, IconEyeOff, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { describeError, fetchOrThrow } from "../api/client.ts";
import { useCustomersChanged } from "../api/customers.ts";
import { useSession } from "../api/session.ts";
import { CustomerForm } from "../forms/customer-form.tsx";
import { MergeForm } from "../forms/merge-form.tsx";
import { notify } from "../ui/notify.ts";
import { Failed } from "../ui/states.tsx";

type Open = { readonly kind: "edit" } | { readonly kind: "delete" } | { readonly kind: "merge"; readonly attach: boolean; readonly other: CustomerId | null };
const titles = { edit: "Edit customer", delete: "Delete this customer?", merge: "Merge customers" } as const;

function DeleteForm({ customer, onDone, onCancel }: { readonly customer: Customer; readonly onDone: () => void; readonly onCancel: () => void }) {
  const remove = useMutation({ mutationFn: () => fetchOrThrow("deleteCustomer", { params: { id: customer.id } }), onSuccess: onDone });
  return (
    <Stack gap="md">
      <Text size="sm">Numbers, notes, conversations and the timeline go with the customer. Calls stay in the reports without the person. This cannot be undone.</Text>
      {remove.isError && <Failed {...describeError(remove.error)} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" data-autofocus onClick={onCancel}>Cancel</Button>
        <Button color="red" loading={remove.isPending} data-testid="confirm-delete" onClick={() => { remove.mutate(); }}>Delete</Button>
      </Group>
    </Stack>
  );
}

/** What can be done with a customer, and, for a hidden caller, the way to say who it was. */
export function CustomerActions({ customer }: { readonly customer: Customer }) {
  const [open, setOpen] = useState<Open | null>(null);
  const navigate = useNavigate();
  const changed = useCustomersChanged();
  const { user } = useSession();
  const close = (): void => { setOpen(null); };
  const went = async (kept: CustomerId): Promise<void> => {
    close();
    notify("info", "The customers are merged");
    await navigate({ to: "/customers/$customerId", params: { customerId: kept }, replace: true });
  };
  const deleted = async (): Promise<void> => {
    close();
    await navigate({ to: "/customers", replace: true });
    await changed();
  };
  return (
    <>
      <Group gap={6} ml="auto" wrap="nowrap">
        <Button size="sm" variant="default" leftSection={<IconEdit size={16} />} data-testid="edit-customer" onClick={() => { setOpen({ kind: "edit" }); }}>Edit</Button>
        <Menu position="bottom-end" width={230}>
          <Menu.Target><ActionIcon variant="default" size={36} aria-label="More actions" data-testid="customer-menu"><IconDots size={18} /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconArrowMerge size={16} />} onClick={() => { setOpen({ kind: "merge", attach: false, other: null }); }}>Merge with another…</Menu.Item>
            {user.role === "admin" && <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => { setOpen({ kind: "delete" }); }}>Delete…</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Modal opened={open !== null} onClose={close} title={open === null ? "" : open.kind === "merge" && open.attach ? "Attach to a customer" : titles[open.kind]} size={open?.kind === "delete" ? "md" : "lg"}>
        {open?.kind === "edit" && <CustomerForm customer={customer} onDone={close} onCancel={close} onTaken={(other) => { setOpen({ kind: "merge", attach: false, other }); }} />}
        {open?.kind === "merge" && <MergeForm customer={customer} attach={open.attach} initial={open.other} onDone={(kept) => void went(kept)} onCancel={close} />}
        {open?.kind === "delete" && <DeleteForm customer={customer} onDone={() => void deleted()} onCancel={close} />}
      </Modal>
      {customer.hiddenNumber && (
        <Alert w="100%" color="gray" variant="light" p="xs" icon={<IconEyeOff size={17} />}>
          <Group justify="space-between" gap="xs"><Text size="sm">This caller hid the number. Each such call is a customer of its own until you say who it was.</Text>
            <Button size="compact-sm" variant="default" data-testid="attach" onClick={() => { setOpen({ kind: "merge", attach: true, other: null }); }}>Attach to a customer</Button></Group>
        </Alert>
      )}
    </>
  );
}
