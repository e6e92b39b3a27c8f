import { Button, Text } from "@mantine/core";
import type { ConversationId } from "@ringdesk/std";
import { IconPhoneCheck, IconPlugConnectedX, IconZzz } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { describeError } from "../api/client.ts";
import { deskQuery } from "../api/queries.ts";
import { useConnection, useDesk, useDeskActions } from "../softphone/desk.tsx";
import { useStatusChange } from "../softphone/status-menu.tsx";
import { useConversationChange } from "./conversations-page.tsx";

function Line({ tone, icon, children, actions }: { readonly tone: "calm" | "warn"; readonly icon: ReactNode; readonly children: ReactNode; readonly actions?: ReactNode }) {
  return (
    <div className="rd-notice" data-tone={tone} role="status">
      {icon}<Text size="sm" className="rd-grow">{children}</Text>{actions}
    </div>
  );
}

/** An open voice conversation takes up the agent's capacity (CAP-1), so finishing it belongs here. */
function MarkDone({ id }: { readonly id: ConversationId }) {
  const change = useConversationChange();
  return <Button size="xs" variant="default" loading={change.isPending} disabled={change.isSuccess} onClick={() => { change.mutate({ change: "markDone", id }); }}>{change.isSuccess ? "Done" : "Mark done"}</Button>;
}

/** After a call the agent stays Busy until they choose otherwise (STAT-3); nobody should forget that. */
function AfterCall() {
  const desk = useDesk();
  const { openCustomer } = useDeskActions();
  const { change, pending, dialog } = useStatusChange();
  if (desk === undefined || desk.call !== null || desk.offer !== null) return dialog;
  const available = <Button size="xs" loading={pending} onClick={() => void change("available")} data-testid="become-available">Become Available</Button>;
  const { lastCall, status } = desk;
  if (lastCall !== null && status.value === "busy") return (
    <>
      <Line tone="calm" icon={<IconPhoneCheck size={18} />} actions={<>
        {lastCall.conversationId !== null && <MarkDone id={lastCall.conversationId} />}
        {lastCall.customerId !== null && <Button size="xs" variant="default" onClick={() => { openCustomer(lastCall.customerId); }}>Open customer</Button>}
        {available}
      </>}>{lastCall.reason ?? "The call has ended."} You are still Busy: no calls are offered to you.</Line>
      {dialog}
    </>
  );
  if (status.value === "unavailable" && status.why !== null) return (
    <>
      <Line tone="warn" icon={<IconZzz size={18} />} actions={available}>You are Unavailable: {status.why}</Line>
      {dialog}
    </>
  );
  return dialog;
}

/** What the agent should know now, under the status bar. */
export function Notices() {
  const connection = useConnection();
  const { error, data, refetch } = useQuery(deskQuery);
  return (
    <>
      {error !== null && data === undefined && (
        <Line tone="warn" icon={<IconPlugConnectedX size={18} />} actions={<Button size="xs" variant="default" onClick={() => void refetch()}>Try again</Button>}>{describeError(error).title}. {describeError(error).detail}</Line>
      )}
      {connection === "reconnecting" && <Line tone="warn" icon={<IconPlugConnectedX size={18} />}>Reconnecting… Calls go on.</Line>}
      <AfterCall />
    </>
  );
}
