import { Badge, Group, Stack, Title } from "@mantine/core";
import type { Customer } from "@ringdesk/contract/http";
import type { CustomerId } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { describeError } from "../api/client.ts";
import { customerQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { CustomerDetails } from "../forms/customer-details.tsx";
import { NoteForm } from "../forms/note-form.tsx";
import { useLive } from "../softphone/desk.tsx";
import { Failed, Rows } from "../ui/states.tsx";
import { usePageTitle } from "../ui/title.ts";
import { CustomerActions } from "./customer-actions.tsx";
import { CustomerConversations } from "./customer-conversations.tsx";
import { CustomerFacts, customerName } from "./customer-facts.tsx";
import { Back } from "./page.tsx";
import { Timeline } from "./timeline.tsx";

const route = getRouteApi("/desk/customers/$customerId");

function Aside({ customer }: { readonly customer: Customer }) {
  const selected = route.useSearch().conversation ?? null;
  return (
    <Stack gap="md">
      <section className="rd-card" aria-label="Details" style={{ padding: 16 }}>
        <CustomerDetails key={customer.id} customer={customer} />
        <CustomerFacts customer={customer} />
      </section>
      <CustomerConversations key={`${customer.id} ${selected ?? ""}`} customerId={customer.id} selected={selected} />
    </Stack>
  );
}

/** One customer: details and all that happened, live (CRM-3). */
export function CustomerPage() {
  const customerId = route.useParams().customerId as CustomerId;
  const live = useLive();
  const navigate = useNavigate();
  const { format } = useHouseStyle();
  useEffect(() => live.watchCustomer(customerId), [live, customerId]);
  const { data: customer, error, isPending, refetch } = useQuery(customerQuery(customerId));
  const name = customer === undefined ? "Customer" : customerName(customer, format);
  usePageTitle(name);
  const keptId = customer?.id;
  // The address of a customer who was merged leads to the one who was kept.
  useEffect(() => { if (keptId !== undefined && keptId !== customerId) void navigate({ to: "/customers/$customerId", params: { customerId: keptId }, replace: true }); }, [keptId, customerId, navigate]);
  return (
    <>
      <Back to="/customers">Customers</Back>
      {isPending && <div className="rd-card"><Rows /></div>}
      {error !== null && customer === undefined && <div className="rd-card"><Failed {...describeError(error)} again={() => void refetch()} /></div>}
      {customer !== undefined && (
        <>
          <Group gap={10} mb="md" mih={36}>
            <Title order={1} fz={22} data-testid="customer-name" lineClamp={2} style={{ overflowWrap: "anywhere", flex: "0 1 auto", minWidth: 0 }} title={name}>{name}</Title>
            {customer.vip && <Badge color="yellow" variant="light" style={{ flex: "none" }}>VIP</Badge>}
            <CustomerActions customer={customer} />
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
