import { Anchor, Badge, Group, Stack, Title } from "@mantine/core";
import type { Customer } from "@ringdesk/contract/http";
import type { CustomerId } from "@ringdesk/std";
import { IconChevronLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { describeError } from "../api/client.ts";
import { customerQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { CustomerDetails } from "../forms/customer-details.tsx";
import { NoteForm } from "../forms/note-form.tsx";
import { useLive } from "../softphone/desk.tsx";
import { NumberLine } from "../softphone/dialer.tsx";
import { Failed, Rows } from "../ui/states.tsx";
import { usePageTitle } from "../ui/title.ts";
import { callerName } from "../words/calls.ts";
import { fullTime, shortDay } from "../words/time.ts";
import { CustomerConversations } from "./customer-conversations.tsx";
import { Timeline } from "./timeline.tsx";

const route = getRouteApi("/desk/customers/$customerId");

function Aside({ customer }: { readonly customer: Customer }) {
  const selected = route.useSearch().conversation ?? null;
  const { timeZone } = useHouseStyle();
  return (
    <Stack gap="md">
      <section className="rd-card" aria-label="Details" style={{ padding: 16 }}>
        <CustomerDetails key={customer.id} customer={customer} />
        <dl className="rd-facts" style={{ marginTop: 14 }}>
          <dt>Phone</dt><dd>{customer.numbers.length === 0 ? "Hidden number" : customer.numbers.map((number) => <NumberLine key={number} number={number} customerId={customer.id} />)}</dd>
          {customer.emails.length > 0 && <><dt>E-mail</dt><dd>{customer.emails.map((email) => <div key={email}><Anchor size="sm" href={`mailto:${email}`}>{email}</Anchor></div>)}</dd></>}
          {customer.language !== null && <><dt>Language</dt><dd>{customer.language}</dd></>}
          {customer.tags.length > 0 && <><dt>Tags</dt><dd>{customer.tags.join(", ")}</dd></>}
          <dt>Since</dt><dd title={fullTime(customer.createdAt, timeZone)}>{shortDay(customer.createdAt, Date.now(), timeZone)}</dd>
        </dl>
      </section>
      <CustomerConversations key={`${customer.id} ${selected ?? ""}`} customerId={customer.id} selected={selected} />
    </Stack>
  );
}

/** One customer: details and all that happened, live (CRM-3). */
export function CustomerPage() {
  const customerId = route.useParams().customerId as CustomerId;
  const live = useLive();
  const { format } = useHouseStyle();
  useEffect(() => live.watchCustomer(customerId), [live, customerId]);
  const { data: customer, error, isPending, refetch } = useQuery(customerQuery(customerId));
  const name = customer === undefined ? "Customer" : callerName({ name: customer.name, number: customer.numbers[0] ?? null }, format);
  usePageTitle(name);
  return (
    <>
      <Anchor component={Link} to="/customers" size="sm" c="dimmed" underline="hover"><Group gap={4} component="span"><IconChevronLeft size={15} />Customers</Group></Anchor>
      {isPending && <div className="rd-card" style={{ marginTop: 12 }}><Rows /></div>}
      {error !== null && customer === undefined && <div className="rd-card" style={{ marginTop: 12 }}><Failed {...describeError(error)} again={() => void refetch()} /></div>}
      {customer !== undefined && (
        <>
          <Group gap={10} mt={6} mb="md" wrap="nowrap">
            <Title order={1} fz={24} data-testid="customer-name" lineClamp={2} style={{ overflowWrap: "anywhere" }} title={name}>{name}</Title>
            {customer.vip && <Badge color="yellow" variant="light" style={{ flex: "none" }}>VIP</Badge>}
          </Group>
          <div className="rd-customer">
            <Aside customer={customer} />
            <section aria-label="Timeline">
              <NoteForm customerId={customer.id} />
              <Timeline customerId={customer.id} />
            </section>
          </div>
        </>
      )}
    </>
  );
}
