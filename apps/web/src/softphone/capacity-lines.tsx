import { Menu, Text } from "@mantine/core";
import type { CapacityUse } from "@ringdesk/contract/http";
import { ChannelIcon } from "../ui/channel-icon.tsx";
import { channelWords } from "../words/calls.ts";

const order = ["voice", "sms", "email", "chat"] as const;

/** How much of the agent's capacity is taken, by channel and in all (CAP-1, CAP-3). */
export function CapacityLines({ use }: { readonly use: CapacityUse }) {
  const figures = ({ open, limit }: CapacityUse["total"]) => <Text span inherit fw={open >= limit ? 650 : 450} {...(open > limit ? { c: "orange" } : {})}>{open}/{limit}</Text>;
  return (
    <>
      <Menu.Divider />
      <Menu.Label>Your open conversations</Menu.Label>
      <dl className="rd-capacity" data-testid="capacity">
        {order.map((channel) => <div key={channel} title={`${channelWords[channel]}: ${use[channel].open} of ${use[channel].limit}`}><dt><ChannelIcon channel={channel} size={15} /></dt><dd>{figures(use[channel])}</dd></div>)}
        <div title={`In all: ${use.total.open} of ${use.total.limit}`}><dt>All</dt><dd>{figures(use.total)}</dd></div>
      </dl>
    </>
  );
}
