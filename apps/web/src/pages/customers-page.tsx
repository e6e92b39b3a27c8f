import { Badge, Button, CloseButton, Group, Menu, Modal, NativeSelect, Select, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { Customer, CustomerSort } from "@ringdesk/contract/http";
import { IconAddressBook, IconChevronDown, IconDownload, IconFileImport, IconSearch, IconUserPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { customersQuery, customerTagsQuery, exportUrl, type CustomerFilter } from "../api/customers.ts";
import { rowsOf } from "../api/pages.ts";
import { useHouseStyle, useSession } from "../api/session.ts";
import { CustomerForm } from "../forms/customer-form.tsx";
import { Nothing } from "../ui/states.tsx";
import { fullTime, shortDay } from "../words/time.ts";
import { ListCard, More } from "./list-card.tsx";
import { Heading } from "./page.tsx";

const route = getRouteApi("/desk/customers");
const PAUSE_MS = 250;
const IMPORT_PAGE: string = "/settings/customer-import";
const sorts = [{ value: "activity", label: "Last activity" }, { value: "name", label: "Name" }, { value: "created", label: "Newest" }];

function CustomerRow({ customer }: { readonly customer: Customer }) {
  const { format, timeZone } = useHouseStyle();
  const { name, numbers, emails, vip, tags, hiddenNumber } = customer;
  return (
    <Link to="/customers/$customerId" params={{ customerId: customer.id }} className="rd-row" data-testid="customer">
      <Group gap={8} wrap="nowrap" data-cell="who">
        {name === null || name === "" ? <Text size="sm" c="dimmed" truncate>No name yet</Text> : <Text size="sm" fw={550} truncate>{name}</Text>}
        {vip && <Badge size="xs" color="yellow" variant="light" style={{ flex: "none" }}>VIP</Badge>}
        {tags.slice(0, 2).map((tag) => <Badge key={tag} size="xs" color="gray" variant="light" style={{ flex: "0 1 auto", minWidth: 34 }}>{tag}</Badge>)}
      </Group>
      <Text size="sm" className="rd-number" truncate data-cell="phone" {...(numbers.length === 0 ? { c: "dimmed" } : {})}>{numbers.length > 0 ? numbers.map(format).join(", ") : hiddenNumber ? "Hidden number" : "None"}</Text>
      <Text size="sm" c="dimmed" truncate data-cell="mail">{emails.join(", ")}</Text>
      <Text size="sm" c="dimmed" className="rd-number" data-cell="since" title={fullTime(customer.createdAt, timeZone)}>{shortDay(customer.createdAt, Date.now(), timeZone)}</Text>
    </Link>
  );
}

/** Adding one by hand, and files of many. */
function Tools({ filter }: { readonly filter: CustomerFilter }) {
  const [adding, setAdding] = useState(false);
  const navigate = useNavigate();
  const { user, permissions } = useSession();
  const open = (customerId: string): void => { setAdding(false); void navigate({ to: "/customers/$customerId", params: { customerId } }); };
  const mayExport = permissions.includes("export");
  const mayImport = user.role === "admin";
  return (
    <Group gap="xs">
      {(mayExport || mayImport) && (
        <Menu position="bottom-end" width={210}>
          <Menu.Target><Button variant="default" rightSection={<IconChevronDown size={15} />} data-testid="customer-files">Import and export</Button></Menu.Target>
          <Menu.Dropdown>
            {mayImport && <Menu.Item component={Link} to={IMPORT_PAGE} leftSection={<IconFileImport size={16} />}>Import from CSV…</Menu.Item>}
            {mayExport && <Menu.Item component="a" href={exportUrl(filter)} download leftSection={<IconDownload size={16} />}>{filter.search === "" && !filter.vip && filter.tag === "" ? "Export all" : "Export what is shown"}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      )}
      <Button leftSection={<IconUserPlus size={17} />} data-testid="new-customer" onClick={() => { setAdding(true); }}>New customer</Button>
      <Modal opened={adding} onClose={() => { setAdding(false); }} title="New customer" size="lg">
        <CustomerForm onDone={(made) => { open(made.id); }} onCancel={() => { setAdding(false); }} onTaken={open} />
      </Modal>
    </Group>
  );
}

/** Customers by name, number or e-mail address (CRM-1). */
export function CustomersPage() {
  const { search = "", vip = false, tag = "", sort = "activity" } = route.useSearch();
  const filter: CustomerFilter = { search, vip, tag, sort };
  const navigate = useNavigate();
  const [text, setText] = useState(search);
  useEffect(() => { setText(search); }, [search]);
  const choose = (change: Partial<CustomerFilter>): void => {
    const next = { ...filter, ...change };
    void navigate({ to: "/customers", replace: true, search: { ...(next.search === "" ? {} : { search: next.search }), ...(next.vip ? { vip: true } : {}), ...(next.tag === "" ? {} : { tag: next.tag }), ...(next.sort === "activity" ? {} : { sort: next.sort }) } });
  };
  const seek = useDebouncedCallback((value: string) => { choose({ search: value }); }, PAUSE_MS);
  const list = useInfiniteQuery({ ...customersQuery(filter), placeholderData: (old) => old });
  const tags = useQuery(customerTagsQuery).data?.items ?? [];
  const rows = rowsOf(list.data);
  const isFiltered = search !== "" || vip || tag !== "";
  return (
    <>
      <Heading title="Customers"><Tools filter={filter} /></Heading>
      <Group mb="sm" gap="sm">
        <TextInput w={280} maw="100%" aria-label="Find by name, number or e-mail address" placeholder="Name, number or e-mail" leftSection={<IconSearch size={16} />} value={text} maxLength={100} onChange={(event) => { setText(event.currentTarget.value); seek(event.currentTarget.value.trim()); }}
          rightSection={text === "" ? null : <CloseButton size="sm" aria-label="Clear" onClick={() => { setText(""); seek(""); }} />} />
        <Select w={170} aria-label="Tag" placeholder="All tags" clearable searchable data={tags} value={tag === "" ? null : tag} onChange={(value) => { choose({ tag: value ?? "" }); }} />
        <Switch size="sm" label="Only VIPs" checked={vip} onChange={(event) => { choose({ vip: event.currentTarget.checked }); }} />
        <NativeSelect ml="auto" aria-label="Sort by" data={sorts} value={sort} onChange={(event) => { choose({ sort: event.currentTarget.value as CustomerSort }); }} />
      </Group>
      <ListCard list={list} shape={{ count: 8, height: 26 }} className="rd-customers" empty={rows.length === 0 && (isFiltered
          ? <Nothing icon={<IconSearch />} title={search === "" ? "No such customers" : `Nobody found for “${search}”`}>Try part of a name, the last digits of a number, or fewer conditions.</Nothing>
          : <Nothing icon={<IconAddressBook />} title="No customers yet">Everybody who calls becomes a customer here. You can also add them by hand.</Nothing>)}>
        {rows.length > 0 && <div className="rd-row rd-head" aria-hidden><span data-cell="who">Customer</span><span data-cell="phone">Phone</span><span data-cell="mail">E-mail</span><span data-cell="since">Since</span></div>}
        {rows.length > 0 && <div role="list" aria-label="Customers">{rows.map((customer) => <div key={customer.id} role="listitem"><CustomerRow customer={customer} /></div>)}</div>}
      </ListCard>
      <More list={list} />
    </>
  );
}
