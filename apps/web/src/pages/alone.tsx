import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { describeError } from "../api/client.ts";
import { Logo } from "../ui/logo.tsx";
import { usePageTitle } from "../ui/title.ts";

/** A page outside the frame: one card in the middle. */
export function Alone({ title, intro, width = 420, children }: { readonly title: string; readonly intro?: ReactNode; readonly width?: number; readonly children: ReactNode }) {
  usePageTitle(title);
  return (
    <main className="rd-alone">
      <Stack w="100%" maw={width} gap="lg">
        <Logo />
        <Paper className="rd-card" p={{ base: 20, xs: 28 }}>
          <Title order={1} fz={22} mb={intro === undefined ? "md" : 4}>{title}</Title>
          {intro !== undefined && <Text size="sm" c="dimmed" mb="lg">{intro}</Text>}
          {children}
        </Paper>
      </Stack>
    </main>
  );
}

export function NotFoundPage() {
  return (
    <Alone title="There is no such page" intro="It may have been moved, or the address was mistyped.">
      <Button component={Link} to="/">Go to your conversations</Button>
    </Alone>
  );
}

/** Shown when a page cannot be built at all. A call in progress is held by the server and comes back with the page. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const { title, detail } = describeError(error);
  return (
    <Alone title={title} intro={detail}>
      <Group>
        <Button leftSection={<IconRefresh size={16} />} onClick={() => { reset(); void router.invalidate(); }}>Try again</Button>
        <Button variant="default" onClick={() => { location.reload(); }}>Reload the page</Button>
      </Group>
    </Alone>
  );
}
