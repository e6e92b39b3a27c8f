import { ActionIcon, Badge, Button, Group, Menu, Modal, Select, Stack, Table, TagsInput, Text, TextInput } from "@mantine/core";
import type { CustomerField, CustomerFieldKind } from "@ringdesk/contract/http";
import { IconDots, IconForms, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { describeError, fetchOrThrow, fieldErrors, RequestError } from "../../api/client.ts";
import { customerFieldsQuery } from "../../api/customers.ts";
import { notifyError } from "../../api/failures.ts";
import { MoveButtons } from "../../ui/move-buttons.tsx";
import { Failed, Nothing } from "../../ui/states.tsx";
import { ListCard, ListTable } from "../list-card.tsx";
import { Heading } from "../page.tsx";

const kindWords = { text: "Text", number: "Number", boolean: "Yes or no", date: "Date", choice: "Choice" } as const satisfies Record<CustomerFieldKind, string>;
const kinds = Object.entries(kindWords).map(([value, label]) => ({ value, label }));

function useFieldsChanged() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: customerFieldsQuery.queryKey });
}

/** A new field, or the name and choices of one; the kind stays what it is, because values have it. */
function FieldForm({ field, onDone }: { readonly field: CustomerField | null; readonly onDone: () => void }) {
  const [name, setName] = useState(field?.name ?? "");
  const [kind, setKind] = useState<CustomerFieldKind>(field?.kind ?? "text");
  const [choices, setChoices] = useState<string[]>([...field?.choices ?? []]);
  const changed = useFieldsChanged();
  const save = useMutation({
    mutationFn: () => (field === null ? fetchOrThrow("createCustomerField", { body: { name, kind, choices: kind === "choice" ? choices : [] } })
      : fetchOrThrow("updateCustomerField", { params: { key: field.key }, body: { name, ...(kind === "choice" ? { choices } : {}) } })),
    onSuccess: async () => { await changed(); onDone(); },
  });
  const errors = save.error instanceof RequestError ? fieldErrors(save.error.failure) : {};
  const submit = (event: FormEvent): void => { event.preventDefault(); save.mutate(); };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput label="Name" data-autofocus maxLength={60} value={name} error={errors["name"] ?? null} data-testid="field-name" onChange={(event) => { setName(event.currentTarget.value); }} />
        <Select label="Kind" allowDeselect={false} data={kinds} value={kind} disabled={field !== null} description={field === null ? undefined : "The kind of a field that has values cannot change."} onChange={(value) => { setKind((value ?? "text") as CustomerFieldKind); }} />
        {kind === "choice" && <TagsInput label="Choices" description="Press Enter after each." acceptValueOnBlur value={choices} error={errors["choices"] ?? null} onChange={setChoices} />}
        {save.isError && Object.keys(errors).length === 0 && <Failed {...describeError(save.error)} />}
        <Group justify="flex-end" gap="xs"><Button variant="default" onClick={onDone}>Cancel</Button><Button type="submit" loading={save.isPending} data-testid="save-field">{field === null ? "Add field" : "Save"}</Button></Group>
      </Stack>
    </form>
  );
}

/** The fields that this organisation keeps about its customers (CRM-1). Rules and searches can ask for them. */
export function CustomerFieldsPage() {
  const list = useQuery(customerFieldsQuery);
  const [open, setOpen] = useState<{ readonly field: CustomerField | null } | null>(null);
  const changed = useFieldsChanged();
  const retire = useMutation({ mutationFn: (field: CustomerField) => fetchOrThrow("updateCustomerField", { params: { key: field.key }, body: { retired: !field.retired } }), onSuccess: changed, onError: notifyError });
  const order = useMutation({ mutationFn: (keys: string[]) => fetchOrThrow("orderCustomerFields", { body: { keys } }), onSuccess: changed, onError: notifyError });
  const fields = list.data?.items ?? [];
  const move = (from: number, to: number): void => {
    const keys = fields.map((field) => field.key);
    keys.splice(to, 0, ...keys.splice(from, 1));
    order.mutate(keys);
  };
  return (
    <>
      <Heading title="Custom fields"><Button leftSection={<IconPlus size={17} />} data-testid="add-field" onClick={() => { setOpen({ field: null }); }}>Add field</Button></Heading>
      <ListCard list={list} shape={{ count: 4, height: 28 }} empty={fields.length === 0 && <Nothing icon={<IconForms />} title="No custom fields yet">Add what you want to know about customers, such as their plan or account number. Rules and searches can use it.</Nothing>}>
        <ListTable minWidth={560} head={<><Table.Th>Name</Table.Th><Table.Th>Kind</Table.Th><Table.Th>In rules</Table.Th><Table.Th w={130}>Order</Table.Th><Table.Th w={52} aria-label="Actions" /></>}>
          {fields.map((field, at) => (
            <Table.Tr key={field.key} data-testid="customer-field">
              <Table.Td><Group gap={6}><Text size="sm" fw={550} {...(field.retired ? { c: "dimmed" } : {})}>{field.name}</Text>{field.retired && <Badge size="xs" color="gray" variant="light">Retired</Badge>}</Group></Table.Td>
              <Table.Td><Text size="sm">{kindWords[field.kind]}</Text>{field.kind === "choice" && <Text size="xs" c="dimmed" lineClamp={1}>{field.choices.join(", ")}</Text>}</Table.Td>
              <Table.Td><Text size="xs" c="dimmed" ff="monospace">customer.custom.{field.key}</Text></Table.Td>
              <Table.Td><Group gap={2} wrap="nowrap">
                <MoveButtons name={field.name} place={at} count={fields.length} busy={order.isPending} onMove={(by) => { move(at, at + by); }} />
              </Group></Table.Td>
              <Table.Td><Menu position="bottom-end"><Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${field.name}`}><IconDots size={18} /></ActionIcon></Menu.Target>
                <Menu.Dropdown><Menu.Item onClick={() => { setOpen({ field }); }}>Edit</Menu.Item><Menu.Item onClick={() => { retire.mutate(field); }}>{field.retired ? "Bring back" : "Retire"}</Menu.Item></Menu.Dropdown></Menu></Table.Td>
            </Table.Tr>
          ))}
        </ListTable>
      </ListCard>
      <Text size="sm" c="dimmed" mt="sm">A retired field keeps its values and is no longer asked for.</Text>
      <Modal opened={open !== null} onClose={() => { setOpen(null); }} title={open?.field === null ? "New field" : "Edit field"}>{open !== null && <FieldForm field={open.field} onDone={() => { setOpen(null); }} />}</Modal>
    </>
  );
}
