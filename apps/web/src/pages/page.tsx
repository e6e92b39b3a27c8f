import { Anchor, Group, Title } from "@mantine/core";
import { IconChevronLeft, IconMapOff } from "@tabler/icons-react";
import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { describeError } from "../api/client.ts";
import { Failed, Nothing } from "../ui/states.tsx";
import { usePageTitle } from "../ui/title.ts";

/** The way back to the list that a page was opened from; stands above its heading. */
export function Back({ to, children }: { readonly to: string; readonly children: string }) {
  return <Anchor component={Link} to={to} className="rd-back" size="sm" c="dimmed" underline="hover"><IconChevronLeft size={15} aria-hidden />{children}</Anchor>;
}

/** A page's heading with its tools, and the tab's title. `signs` stand beside the title. */
export function Heading({ title, signs, children }: { readonly title: string; readonly signs?: ReactNode; readonly children?: ReactNode }) {
  usePageTitle(title);
  return (
    <Group justify="space-between" mb="md" gap="sm" mih={36}>
      <Group gap={10} style={{ minWidth: 0 }}><Title order={1} fz={22} style={{ overflowWrap: "anywhere" }}>{title}</Title>{signs}</Group>
      {children !== undefined && <Group gap="xs" className="rd-heading-tools">{children}</Group>}
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
