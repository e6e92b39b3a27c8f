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
import { callerName } from "../words/calls.ts";
import { moment } from "../words/time.ts";
import { Heading } from "./page.tsx";

const route = getRouteApi("/desk/customers");
const PAUSE_MS = 250;
const COLUMNS = "minmax(180px, 1.4fr) 1fr 1fr 120px";

function CustomerRow({ customer }: { readonly customer: Customer }) {
  const { format, timeZone } = useHouseStyle();
  return (
    <Link to="/customers/$customerId" params={{ customerId: customer.id }} className="rd-row" style={{ gridTemplateColumns: COLUMNS }} data-testid="customer">
      <Group gap={8} wrap="nowrap" style={{ minWidth: 0 }}>
        <Text size="sm" fw={550} truncate>{callerName({ name: customer.name, number: customer.numbers[0] ?? null }, format)}</Text>
        {customer.vip && <Badge size="xs" color="yellow" variant="light">VIP</Badge>}
      </Group>
      <Text size="sm" className="rd-number" truncate>{customer.numbers.map(format).join(", ")}</Text>
      <Text size="sm" c="dimmed" truncate>{customer.emails.join(", ")}</Text>
      <Text size="sm" c="dimmed" className="rd-number">{moment(customer.createdAt, Date.now(), timeZone)}</Text>
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
        <TextInput w={300} aria-label="Find by name or number" placeholder="Name or number" leftSection={<IconSearch size={16} />} value={text} maxLength={100} onChange={(event) => { setText(event.currentTarget.value); seek(event.currentTarget.value.trim()); }}
          rightSection={text === "" ? null : <CloseButton size="sm" aria-label="Clear" onClick={() => { setText(""); seek(""); }} />} />
      </Heading>
      <div className="rd-card rd-table">
        {list.isPending && <Rows count={8} height={26} />}
        {list.isError && <Failed {...describeError(list.error)} again={() => void list.refetch()} />}
        {list.isSuccess && rows.length === 0 && (search === ""
          ? <Nothing icon={<IconAddressBook />} title="No customers yet">Everybody who calls becomes a customer here.</Nothing>
          : <Nothing icon={<IconSearch />} title={`Nobody found for “${search}”`}>Try part of a name, or the last digits of a number.</Nothing>)}
        {rows.length > 0 && <div className="rd-row rd-head" style={{ gridTemplateColumns: COLUMNS }} aria-hidden><span>Customer</span><span>Phone</span><span>E-mail</span><span>Since</span></div>}
        {rows.map((customer) => <CustomerRow key={customer.id} customer={customer} />)}
      </div>
      {list.hasNextPage && <Group justify="center" mt="md"><Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></Group>}
    </>
  );
}
