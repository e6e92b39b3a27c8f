import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";
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
