import { Anchor, Box, Button, List, Modal, Stack, Text, Title } from "@mantine/core";
import type { WhyNotRouted as Answer } from "@ringdesk/contract/http";
import type { CallId } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { describeError } from "../api/client.ts";
import { whyNotRoutedQuery } from "../api/queries.ts";
import { useHouseStyle, useSession } from "../api/session.ts";
import { Failed, Rows } from "../ui/states.tsx";
import { callerName } from "../words/calls.ts";

/** While the answer is on screen it is asked anew this often, milliseconds: statuses change meanwhile. */
const ASK_AGAIN_MS = 5_000;
const settingsPlaces = { teams: { to: "/settings/teams", label: "Open Teams" }, routing: { to: "/settings/routing", label: "Open Routing" }, users: { to: "/settings/users", label: "Open Users" }, skills: { to: "/settings/routing/skills", label: "Open Skills" } } as const;

type Reason = Omit<Answer["queue"][number], "reason">;
/** A reason, and the way to the place where it can be changed, for those who may go there. */
function Why({ text, settings, conversation }: Reason) {
  const mayChange = useSession().user.role === "admin";
  return (
    <Text span size="sm">
      {text}
      {settings !== null && mayChange && <> <Anchor component={Link} to={settingsPlaces[settings].to} size="sm">{settingsPlaces[settings].label}</Anchor></>}
      {conversation !== null && <> <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/customers/$customerId" params={{ customerId: conversation.customerId }} search={{ conversation: conversation.id }} />}>Open conversation</Anchor></>}
    </Text>
  );
}

function Reasons({ answer }: { readonly answer: Answer }) {
  return (
    <Stack gap="md">
      {answer.queue.map((why) => <div key={why.reason} className="rd-card" style={{ padding: 12 }} data-reason={why.reason}><Why {...why} /></div>)}
      {answer.agents.length > 0 && (
        <div>
          <Title order={3} fz={14} mb={6}>Agents of {answer.queueName}</Title>
          <Stack gap={8} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
            {answer.agents.map((agent) => (
              <li key={agent.id} data-testid="why-agent" data-agent={agent.name}>
                <Text size="sm" fw={600}>{agent.name}</Text>
                <List size="sm" spacing={2} withPadding={false}>{agent.reasons.map((why) => <List.Item key={why.reason} data-reason={why.reason}><Why {...why} /></List.Item>)}</List>
              </li>
            ))}
          </Stack>
          {answer.more > 0 && <Text size="sm" c="dimmed" mt={8}>and {answer.more} more agents</Text>}
        </div>
      )}
    </Stack>
  );
}

function Explanation({ id }: { readonly id: CallId }) {
  const answer = useQuery({ ...whyNotRoutedQuery(id), refetchInterval: ASK_AGAIN_MS });
  if (answer.isError) return <Failed {...describeError(answer.error)} again={() => void answer.refetch()} />;
  return answer.data === undefined ? <Rows count={3} /> : <Reasons answer={answer.data} />;
}

/** RTE-11: the button beside a waiting call, and the answer it opens. */
export function WhyNotRouted({ call }: { readonly call: { readonly callId: CallId; readonly from: string | null; readonly customerName: string | null } }) {
  const [isOpen, setOpen] = useState(false);
  const { format } = useHouseStyle();
  const caller = callerName({ name: call.customerName, number: call.from }, format);
  return (
    <>
      <Button size="compact-sm" variant="subtle" onClick={() => { setOpen(true); }} aria-label={`Why is the call of ${caller} not routed?`} data-testid="why-not-routed"><Box component="span" visibleFrom="xs">Why not routed?</Box><Box component="span" hiddenFrom="xs">Why?</Box></Button>
      <Modal opened={isOpen} onClose={() => { setOpen(false); }} title={<Text fw={650}>Why is the call of {caller} not with an agent?</Text>}>
        {isOpen && <Explanation id={call.callId} />}
      </Modal>
    </>
  );
}
