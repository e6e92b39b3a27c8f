import { Anchor, Group, Title } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { describeError } from "../api/client.ts";
import { Failed, Nothing } from "../ui/states.tsx";
import { usePageTitle } from "../ui/title.ts";

/** A page's heading with its tools, and the tab's title. */
export function Heading({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  usePageTitle(title);
  return (
    <Group justify="space-between" mb="md" gap="sm">
      <Title order={1} fz={22}>{title}</Title>
      {children}
    </Group>
  );
}

/** For an address in the frame that leads nowhere; a call in progress goes on. */
export function PageMissing() {
  usePageTitle("No such page");
  return (
    <div className="rd-card">
      <Nothing icon={<IconMapOff />} title="There is no such page">It may have been moved, or the address was mistyped. <Anchor component={Link} to="/conversations" size="sm" display="block" mt={6}>Go to your conversations</Anchor></Nothing>
    </div>
  );
}

/** Shown in the frame when one page cannot be built. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return <div className="rd-card"><Failed {...describeError(error)} again={() => { reset(); void router.invalidate(); }} /></div>;
}
