import { VisuallyHidden } from "@mantine/core";
import type { Channel } from "@ringdesk/contract/http";
import { IconDeviceMobileMessage, IconMail, IconMessage, IconPhone } from "@tabler/icons-react";
import { channelWords } from "../words/calls.ts";

const icons = { voice: IconPhone, sms: IconDeviceMobileMessage, email: IconMail, chat: IconMessage } as const satisfies Record<Channel, typeof IconPhone>;

/** The sign of a channel, with its name for screen readers and on hovering. */
export function ChannelIcon({ channel, size = 17 }: { readonly channel: Channel; readonly size?: number }) {
  const Icon = icons[channel];
  return <span title={channelWords[channel]} style={{ display: "inline-flex", flex: "none" }}><Icon size={size} aria-hidden /><VisuallyHidden>{channelWords[channel]}</VisuallyHidden></span>;
}
