import { Alert, Button, Group, Select, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { MAX_CUSTOMER_NUMBERS, type Customer, type CustomerDetails, type CustomerLanguage, type MessagingConsent } from "@ringdesk/contract/http";
import type { CustomerId } from "@ringdesk/std";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { describeFailure, fieldErrors, request, type Failure } from "../api/client.ts";
import { customerFieldsQuery, customerTagsQuery, useCustomersChanged } from "../api/customers.ts";
import { useHouseStyle } from "../api/session.ts";
import { ReasonIcon } from "../ui/reason-button.tsx";
import { languageOptions } from "./criteria-options.ts";
import { CustomInput, type CustomValue } from "./custom-input.tsx";

type NumberRow = { readonly key: number; readonly number: string; readonly consent: MessagingConsent };
const consentChoices = [{ value: "unknown", label: "Not asked" }, { value: "yes", label: "May be texted" }, { value: "no", label: "No texts" }];
const EMPTY: Pick<Customer, "name" | "numbers" | "emails" | "tags" | "language" | "vip" | "consents" | "custom"> = { name: null, numbers: [], emails: [], tags: [], language: null, vip: false, consents: [], custom: {} };

/** The numbers of a customer, one row each; the first is the one that lists show. */
function Numbers({ rows, errors, onChange }: { readonly rows: readonly NumberRow[]; readonly errors: Readonly<Record<string, string>>; readonly onChange: (rows: readonly NumberRow[]) => void }) {
  const change = (key: number, change: Partial<NumberRow>): void => { onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row))); };
  return (
    <div role="group" aria-label="Phone numbers">
      <Text size="sm" fw={550} mb={4}>Phone numbers</Text>
      <Stack gap={6}>
        {rows.map((row, index) => (
          <Group key={row.key} gap={6} wrap="nowrap" align="flex-start">
            <TextInput className="rd-grow" aria-label={`Number ${index + 1}`} type="tel" placeholder="(202) 555-0142" value={row.number} error={errors[`numbers/${index}/number`] ?? null} data-testid="customer-number" onChange={(event) => { change(row.key, { number: event.currentTarget.value }); }} />
            <Select w={150} aria-label={`Text messages to number ${index + 1}`} allowDeselect={false} data={consentChoices} value={row.consent} onChange={(value) => { change(row.key, { consent: (value ?? "unknown") as MessagingConsent }); }} />
            <ReasonIcon label="Remove this number" variant="subtle" color="gray" size={36} onClick={() => { onChange(rows.filter((each) => each.key !== row.key)); }}><IconTrash size={17} /></ReasonIcon>
          </Group>
        ))}
        <Button variant="subtle" size="compact-sm" w="max-content" leftSection={<IconPlus size={15} />} disabled={rows.length >= MAX_CUSTOMER_NUMBERS} data-testid="add-number" onClick={() => { onChange([...rows, { key: Math.max(0, ...rows.map((each) => each.key)) + 1, number: "", consent: "unknown" }]); }}>Add a number</Button>
      </Stack>
    </div>
  );
}

export type CustomerFormProps = {
  /** Absent: a new customer. */
  readonly customer?: Customer;
  readonly onDone: (customer: Customer) => void;
  readonly onCancel: () => void;
  /** Offered when another customer has one of the numbers. */
  readonly onTaken: (owner: CustomerId) => void;
};

/** All details of a customer (CRM-1): of a new one, or to be changed. */
export function CustomerForm({ customer, onDone, onCancel, onTaken }: CustomerFormProps) {
  const { format } = useHouseStyle();
  const from = customer ?? EMPTY;
  const consentOf = (number: string): MessagingConsent => from.consents.find((each) => each.number === number)?.consent ?? "unknown";
  const [details, setDetails] = useState({ name: from.name ?? "", emails: from.emails, tags: from.tags, language: from.language, vip: from.vip });
  const [numbers, setNumbers] = useState<readonly NumberRow[]>(() => (customer === undefined ? [{ key: 0, number: "", consent: "unknown" as const }] : from.numbers.map((number, key) => ({ key, number: format(number), consent: consentOf(number) }))));
  const [custom, setCustom] = useState<Readonly<Record<string, CustomValue>>>(from.custom);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, setPending] = useState(false);
  const fields = (useQuery(customerFieldsQuery).data?.items ?? []).filter((field) => !field.retired);
  const tags = useQuery(customerTagsQuery).data?.items ?? [];
  const changed = useCustomersChanged();
  const errors = failure === null ? {} : fieldErrors(failure);
  const set = (change: Partial<typeof details>): void => { setDetails((old) => ({ ...old, ...change })); };
  const given = numbers.filter((row) => row.number.trim() !== "");
  const body: CustomerDetails = {
    ...details, name: details.name.trim() === "" ? null : details.name.trim(), language: details.language as CustomerLanguage | null,
    numbers: given.map(({ number, consent }) => ({ number: from.numbers.find((known) => format(known) === number) ?? number, consent })),
    custom: Object.fromEntries(Object.entries(custom).filter(([key]) => fields.some((field) => field.key === key))),
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setPending(true);
    setNumbers(given);
    const saved = customer === undefined ? await request("createCustomer", { body }) : await request("updateCustomer", { params: { id: customer.id }, body });
    setPending(false);
    if (!saved.ok) { setFailure(saved.error); return; }
    await changed();
    onDone(saved.value);
  };
  const isTaken = failure?.type === "refused" && failure.problem.code === "number-taken";
  const openOwner = async (): Promise<void> => {
    const at = Number(/numbers\/(\d+)/.exec(Object.keys(errors)[0] ?? "")?.[1] ?? 0);
    const found = await request("listCustomers", { query: { search: given[at]?.number ?? "", limit: 1 } });
    const owner = found.ok ? found.value.items[0] : undefined;
    if (owner !== undefined) onTaken(owner.id);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <TextInput label="Name" data-autofocus maxLength={100} value={details.name} error={errors["name"] ?? null} data-testid="customer-form-name" onChange={(event) => { set({ name: event.currentTarget.value }); }} />
        <Numbers rows={numbers} errors={errors} onChange={(rows) => { setNumbers(rows); setFailure(null); }} />
        {isTaken && <Alert color="yellow" variant="light" p="xs"><Group justify="space-between" gap="xs"><Text size="sm">Are they the same person?</Text><Button size="compact-sm" variant="default" data-testid="open-owner" onClick={() => void openOwner()}>{customer === undefined ? "Open the other customer" : "Merge the two"}</Button></Group></Alert>}
        <TagsInput label="E-mail addresses" placeholder={details.emails.length === 0 ? "name@example.com" : ""} splitChars={[",", ";", " "]} acceptValueOnBlur value={details.emails} error={Object.entries(errors).find(([pointer]) => pointer.startsWith("emails"))?.[1] ?? null} onChange={(emails) => { set({ emails }); }} />
        <Group grow align="flex-start">
          <Select label="Language" placeholder="Not known" clearable searchable data={languageOptions} value={details.language} onChange={(language) => { set({ language }); }} />
          <TagsInput label="Tags" data={tags} acceptValueOnBlur maxTags={30} value={details.tags} error={Object.entries(errors).find(([pointer]) => pointer.startsWith("tags"))?.[1] ?? null} onChange={(next) => { set({ tags: next }); }} />
        </Group>
        {fields.map((field) => <CustomInput key={field.key} field={field} value={custom[field.key] ?? null} error={errors[`custom/${field.key}`]} onChange={(value) => { setCustom((old) => ({ ...old, [field.key]: value })); }} />)}
        <Switch label="VIP" description="Rules can give VIPs another queue or priority." checked={details.vip} onChange={(event) => { set({ vip: event.currentTarget.checked }); }} />
        {failure !== null && Object.keys(errors).length === 0 && <Alert color="red" variant="light" role="alert" title={describeFailure(failure).title}>{describeFailure(failure).detail}</Alert>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>Cancel</Button>
          <Button type="submit" loading={pending} data-testid="save-customer">{customer === undefined ? "Add customer" : "Save"}</Button>
        </Group>
      </Stack>
    </form>
  );
}
