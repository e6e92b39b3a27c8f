import { Button, Text } from "@mantine/core";
import type { ConversationId } from "@ringdesk/std";
import { IconPhoneCheck, IconPlugConnectedX, IconZzz } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { describeError } from "../api/client.ts";
import { conversationsQuery, deskQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { useConnection, useDesk, useDeskActions } from "../softphone/desk.tsx";
import { useStatusChange } from "../softphone/status-menu.tsx";
import { callerName } from "../words/calls.ts";
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

/** An available agent whose open voice conversation keeps new calls away would wait in vain without knowing (CAP-1). */
function AtCapacity() {
  const { format } = useHouseStyle();
  const { openCustomer } = useDeskActions();
  const open = useInfiniteQuery({ ...conversationsQuery({ status: "open", mine: true }), staleTime: 0 }).data?.pages[0]?.items.find((each) => each.channel === "voice");
  if (open === undefined) return null;
  return (
    <Line tone="calm" icon={<IconPhoneCheck size={18} />} actions={<>
      <MarkDone key={open.id} id={open.id} />
      <Button size="xs" variant="default" onClick={() => { openCustomer(open.customerId); }}>Open customer</Button>
    </>}>New calls come when the conversation with {callerName({ name: open.customerName, number: open.customerNumber }, format)} is marked done.</Line>
  );
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
  if (status.value === "available") return <><AtCapacity key={status.since} />{dialog}</>;
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
