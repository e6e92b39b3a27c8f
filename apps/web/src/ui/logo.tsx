import { Group, Text } from "@mantine/core";

export function Logo() {
  return (
    <Group gap={9} wrap="nowrap">
      <img src="/favicon.svg" width={28} height={28} alt="" />
      <Text fw={700} fz={17} lts={-0.3}>Ringdesk</Text>
    </Group>
  );
}
