import { Alert, Button, EmptyState, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** Nothing to show, and what would make something appear. */
export function Nothing({ icon, title, children }: { readonly icon: ReactNode; readonly title: string; readonly children?: ReactNode }) {
  return <EmptyState py={48} px="md" size="sm" icon={icon} withIndicatorBackground title={title} description={children} />;
}

/** Reading failed; the person can try again. */
export function Failed({ title, detail, again }: { readonly title: string; readonly detail: string; readonly again?: () => void }) {
  return (
    <Group gap={14} p="md" role="alert">
      <IconAlertTriangle size={22} color="var(--mantine-color-error)" aria-hidden style={{ flex: "none" }} />
      <div className="rd-grow" style={{ flexBasis: 180 }}>
        <Text size="sm" fw={600}>{title}</Text>
        {detail !== "" && <Text size="sm" c="dimmed">{detail}</Text>}
      </div>
      {again !== undefined && <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={again}>Try again</Button>}
    </Group>
  );
}

/** The shape of a list that is being read. */
export function Rows({ count = 6, height = 20 }: { readonly count?: number; readonly height?: number }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, index) => <Skeleton key={index} height={height} width={`${100 - (index % 3) * 12}%`} />)}
    </Stack>
  );
}

/** What is wrong with all of a form, above its buttons; nothing when there is nothing. */
export function Problem({ children, mt }: { readonly children: string | null; readonly mt?: "sm" | "md" }) {
  return children === null ? null : <Alert color="red" variant="light" role="alert" {...(mt === undefined ? {} : { mt })}>{children}</Alert>;
}
