import { Tabs } from "@mantine/core";
import { useLocation, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Heading } from "../../page.tsx";

/** A plain text, because the addresses of settings are in a list of their own. */
export const ROUTING: string = "/settings/routing";
const tabs = [
  { path: ROUTING, label: "Queues" }, { path: `${ROUTING}/rules`, label: "Queue rules" }, { path: `${ROUTING}/skills`, label: "Skills" }, { path: `${ROUTING}/settings`, label: "Settings" },
];

/** The heading of the pages about routing, with `tools` beside it. */
export function RoutingTabs({ tools }: { readonly tools?: ReactNode }) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  return (
    <>
      <Heading title="Routing">{tools}</Heading>
      <Tabs value={pathname} onChange={(path) => { if (path !== null) void navigate({ to: path }); }} mb="md">
        <Tabs.List aria-label="Routing">{tabs.map(({ path, label }) => <Tabs.Tab key={path} value={path}>{label}</Tabs.Tab>)}</Tabs.List>
      </Tabs>
    </>
  );
}
