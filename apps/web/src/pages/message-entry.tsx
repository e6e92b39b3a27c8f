import { Badge, Group, Text } from "@mantine/core";
import type { TimelineEntry } from "@ringdesk/contract/http";
import type { ReactNode } from "react";
import { ChannelIcon } from "../ui/channel-icon.tsx";
import { Entry } from "../ui/entry.tsx";
import { channelWords } from "../words/calls.ts";

/** A message of a text, e-mail or chat conversation. What agents write is kept, and said to be not sent. */
export function MessageEntry({ message, time }: { readonly message: Extract<TimelineEntry, { kind: "message" }>; readonly time: ReactNode }) {
  const { channel, direction, author, subject, text, delivery } = message;
  return (
    <Entry icon={<ChannelIcon channel={channel} />} color={direction === "in" ? "brand" : "gray"} data-testid="timeline-entry" data-kind="message" data-direction={direction}>
      <Group justify="space-between" mih={34} wrap="nowrap">
        <Group gap={8}>
          <Text size="sm" fw={600}>{direction === "in" ? `${channelWords[channel]} from the customer` : `Answer by ${author ?? "an agent"}`}</Text>
          {delivery === "recorded" && <Badge size="xs" variant="light" color="gray" title="Ringdesk keeps this answer; it was not sent by it">Recorded, not sent</Badge>}
        </Group>
        {time}
      </Group>
      {subject !== null && direction === "in" && <Text size="sm" fw={550} style={{ overflowWrap: "anywhere" }}>{subject}</Text>}
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{text}</Text>
    </Entry>
  );
}
