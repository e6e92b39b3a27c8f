import { Alert, Button, Group, Radio, Select, Skeleton, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { customerLanguages, type Customer, type CustomerField, type CustomerLanguage, type MergePreview } from "@ringdesk/contract/http";
import type { CustomerId } from "@ringdesk/std";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { describeError, fetchOrThrow } from "../api/client.ts";
import { customerFieldsQuery, fewCustomersQuery, mergePreviewQuery, useCustomersChanged } from "../api/customers.ts";
import { useHouseStyle } from "../api/session.ts";
import { Failed } from "../ui/states.tsx";
import { callerName } from "../words/calls.ts";

const PAUSE_MS = 200;
type Choice = MergePreview["choices"][number];

function valueWords(field: string, value: Choice["kept"]): string {
  if (typeof value === "boolean") return value ? "Yes" : "No";
  return field === "language" ? customerLanguages[value as CustomerLanguage] ?? String(value) : String(value);
}
const fieldWords = (field: string, fields: readonly CustomerField[]): string =>
  field === "name" ? "Name" : field === "language" ? "Language" : fields.find((each) => `custom.${each.key}` === field)?.name ?? field;

/** Finds a customer by name or number. */
export function CustomerPicker({ label, without, value, onChange }: { readonly label: string; readonly without: CustomerId; readonly value: CustomerId | null; readonly onChange: (id: CustomerId | null) => void }) {
  const { format } = useHouseStyle();
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), PAUSE_MS);
  const found = useQuery({ ...fewCustomersQuery(search), placeholderData: (old) => old });
  const faceOf = (customer: Customer): string => [callerName({ name: customer.name, number: customer.numbers[0] ?? null }, format), ...(customer.name === null ? [] : customer.numbers.slice(0, 1).map(format))].join(" · ");
  const data = (found.data?.items ?? []).filter((each) => each.id !== without).map((each) => ({ value: each.id as string, label: faceOf(each) }));
  return (
    <Select label={label} placeholder="Name or number" searchable clearable data-autofocus data-testid="customer-picker" nothingFoundMessage={found.isFetching ? "Looking…" : "Nobody is found"} filter={({ options }) => options}
      data={data} value={value} searchValue={text} onSearchChange={setText} onChange={(id) => { onChange(id as CustomerId | null); }} />
  );
}

function Preview({ preview, fields, take, onTake }: { readonly preview: MergePreview; readonly fields: readonly CustomerField[]; readonly take: readonly string[]; readonly onTake: (field: string, other: boolean) => void }) {
  const { format } = useHouseStyle();
  const { choices, result, moves } = preview;
  const extent = [[moves.conversations, "conversation", "conversations"], [moves.timelineEntries, "entry of the timeline", "entries of the timeline"]] as const;
  const moving = extent.flatMap(([count, one, many]) => (count === 0 ? [] : [`${count} ${count === 1 ? one : many}`])).join(" and ");
  return (
    <Stack gap="sm" data-testid="merge-preview">
      {choices.map(({ field, kept, other }) => (
        <Radio.Group key={field} label={fieldWords(field, fields)} value={take.includes(field) ? "other" : "kept"} onChange={(value) => { onTake(field, value === "other"); }}>
          <Group gap="lg" mt={4}><Radio size="sm" value="kept" label={valueWords(field, kept)} /><Radio size="sm" value="other" label={valueWords(field, other)} /></Group>
        </Radio.Group>
      ))}
      <div className="rd-card" style={{ padding: 12 }}>
        <Text size="xs" fw={650} c="dimmed" mb={4}>Afterwards</Text>
        <dl className="rd-facts">
          <dt>Name</dt><dd>{result.name ?? "No name yet"}{result.vip && " · VIP"}</dd>
          <dt>Phone</dt><dd>{result.numbers.length === 0 ? "None" : result.numbers.map(format).join(", ")}</dd>
          {result.emails.length > 0 && <><dt>E-mail</dt><dd>{result.emails.join(", ")}</dd></>}
          {result.tags.length > 0 && <><dt>Tags</dt><dd>{result.tags.join(", ")}</dd></>}
          <dt>Moves over</dt><dd>{moving === "" ? "Nothing else" : moving}</dd>
        </dl>
      </div>
    </Stack>
  );
}

/**
 * Makes two customers one. `attach`: the page's customer is a hidden caller, who goes over to the one that is chosen; else
 * the chosen one goes over to the page's.
 */
export function MergeForm({ customer, attach, initial = null, onDone, onCancel }: { readonly customer: Customer; readonly attach: boolean; readonly initial?: CustomerId | null; readonly onDone: (kept: CustomerId) => void; readonly onCancel: () => void }) {
  const [chosen, setChosen] = useState<CustomerId | null>(initial);
  const [take, setTake] = useState<readonly string[]>([]);
  const fields = useQuery(customerFieldsQuery).data?.items ?? [];
  const kept = attach ? chosen : customer.id;
  const other = attach ? customer.id : chosen;
  const preview = useQuery({ ...mergePreviewQuery(kept ?? customer.id, other ?? customer.id, take), enabled: chosen !== null, placeholderData: (old) => old });
  const changed = useCustomersChanged();
  const merge = useMutation({
    mutationFn: () => fetchOrThrow("mergeCustomers", { params: { id: kept ?? customer.id }, body: { with: other ?? customer.id, take: [...take] } }),
    onSuccess: async (merged) => { await changed(); onDone(merged.id); },
  });
  const error = merge.error ?? (chosen === null ? null : preview.error);
  return (
    <Stack gap="md">
      <CustomerPicker label={attach ? "Who was calling?" : "Which customer is the same person?"} without={customer.id} value={chosen} onChange={(id) => { setChosen(id); setTake([]); merge.reset(); }} />
      {chosen !== null && preview.isPending && <Skeleton height={120} />}
      {chosen !== null && preview.data !== undefined && <Preview preview={preview.data} fields={fields} take={take} onTake={(field, isOther) => { setTake((old) => (isOther ? [...old, field] : old.filter((each) => each !== field))); }} />}
      {error !== null && <Failed {...describeError(error)} />}
      {chosen !== null && <Alert color="yellow" variant="light" p="xs"><Text size="sm">Merging cannot be undone. Calls in progress go on.</Text></Alert>}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>Cancel</Button>
        <Button disabled={chosen === null || preview.data === undefined} loading={merge.isPending} data-testid="merge" onClick={() => { merge.mutate(); }}>{attach ? "Attach to this customer" : "Merge"}</Button>
      </Group>
    </Stack>
  );
}
