import { Badge, Button, CloseButton, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { Customer } from "@ringdesk/contract/http";
import { IconAddressBook, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { describeError } from "../api/client.ts";
import { customersQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { Failed, Nothing, Rows } from "../ui/states.tsx";
import { fullTime, shortDay } from "../words/time.ts";
import { Heading } from "./page.tsx";

const route = getRouteApi("/desk/customers");
const PAUSE_MS = 250;

function CustomerRow({ customer }: { readonly customer: Customer }) {
  const { format, timeZone } = useHouseStyle();
  return (
    <Link to="/customers/$customerId" params={{ customerId: customer.id }} className="rd-row" data-testid="customer">
      <Group gap={8} wrap="nowrap" data-cell="who">
        {customer.name === null || customer.name === "" ? <Text size="sm" c="dimmed" truncate>No name yet</Text> : <Text size="sm" fw={550} truncate>{customer.name}</Text>}
        {customer.vip && <Badge size="xs" color="yellow" variant="light" style={{ flex: "none" }}>VIP</Badge>}
      </Group>
      <Text size="sm" className="rd-number" truncate data-cell="phone">{customer.numbers.length === 0 ? "Hidden number" : customer.numbers.map(format).join(", ")}</Text>
      <Text size="sm" c="dimmed" truncate data-cell="mail">{customer.emails.join(", ")}</Text>
      <Text size="sm" c="dimmed" className="rd-number" data-cell="since" title={fullTime(customer.createdAt, timeZone)}>{shortDay(customer.createdAt, Date.now(), timeZone)}</Text>
    </Link>
  );
}

/** Customers by name or number. */
export function CustomersPage() {
  const { search = "" } = route.useSearch();
  const navigate = useNavigate();
  const [text, setText] = useState(search);
  useEffect(() => { setText(search); }, [search]);
  const seek = useDebouncedCallback((value: string) => { void navigate({ to: "/customers", search: value === "" ? {} : { search: value }, replace: true }); }, PAUSE_MS);
  const list = useInfiniteQuery({ ...customersQuery(search), placeholderData: (old) => old });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Heading title="Customers">
        <TextInput w={300} maw="100%" aria-label="Find by name or number" placeholder="Name or number" leftSection={<IconSearch size={16} />} value={text} maxLength={100} onChange={(event) => { setText(event.currentTarget.value); seek(event.currentTarget.value.trim()); }}
          rightSection={text === "" ? null : <CloseButton size="sm" aria-label="Clear" onClick={() => { setText(""); seek(""); }} />} />
      </Heading>
      <div className="rd-card rd-customers">
        {list.isPending && <Rows count={8} height={26} />}
        {list.isError && <Failed {...describeError(list.error)} again={() => void list.refetch()} />}
        {list.isSuccess && rows.length === 0 && (search === ""
          ? <Nothing icon={<IconAddressBook />} title="No customers yet">Everybody who calls becomes a customer here.</Nothing>
          : <Nothing icon={<IconSearch />} title={`Nobody found for “${search}”`}>Try part of a name, or the last digits of a number.</Nothing>)}
        {rows.length > 0 && <div className="rd-row rd-head" aria-hidden><span data-cell="who">Customer</span><span data-cell="phone">Phone</span><span data-cell="mail">E-mail</span><span data-cell="since">Since</span></div>}
        {rows.length > 0 && <div role="list" aria-label="Customers">{rows.map((customer) => <div key={customer.id} role="listitem"><CustomerRow customer={customer} /></div>)}</div>}
      </div>
      {list.hasNextPage && <Group justify="center" mt="md"><Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></Group>}
    </>
  );
}
