import { Button, Group, Switch, TextInput } from "@mantine/core";
import type { Customer } from "@ringdesk/contract/http";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { fetchOrThrow } from "../api/client.ts";
import { notifyError } from "../api/failures.ts";
import { keys } from "../api/queries.ts";

/** A customer's name and VIP mark, changed in place. */
export function CustomerDetails({ customer }: { readonly customer: Customer }) {
  const queries = useQueryClient();
  /** What was typed and not saved; null while the field follows the customer, whom others may name meanwhile. */
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed ?? customer.name ?? "";
  const change = useMutation({
    mutationFn: (body: { readonly name?: string | null; readonly vip?: boolean }) => fetchOrThrow("updateCustomer", { params: { id: customer.id }, body }),
    onSuccess: (saved) => {
      queries.setQueryData(keys.customer(customer.id), saved);
      setTyped((now) => (now?.trim() === (saved.name ?? "") ? null : now));
      void queries.invalidateQueries({ queryKey: ["customers", "list"] });
      void queries.invalidateQueries({ queryKey: keys.conversations });
    },
    onError: notifyError,
  });
  const changed = name.trim() !== (customer.name ?? "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (changed) change.mutate({ name: name.trim() === "" ? null : name.trim() });
  };
  return (
    <form onSubmit={submit}>
      <TextInput label="Name" placeholder="Name of this customer" size="sm" value={name} maxLength={100} data-testid="customer-name-input" onChange={(event) => { setTyped(event.currentTarget.value); }}
        onKeyDown={(event) => { if (event.key === "Escape") setTyped(null); }} />
      {changed && <Group gap={6} mt={6}>
        <Button type="submit" size="compact-sm" loading={change.isPending}>Save</Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => { setTyped(null); }}>Cancel</Button>
      </Group>}
      <Switch mt={12} size="sm" label="VIP" checked={customer.vip} disabled={change.isPending} onChange={(event) => { change.mutate({ vip: event.currentTarget.checked }); }} />
    </form>
  );
}
