import { Anchor, Button, Group, Text } from "@mantine/core";
import type { Desk } from "@ringdesk/contract/http";
import { IconPhoneCheck, IconPlugConnectedX, IconZzz } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { describeError } from "../api/client.ts";
import { useConversationChange } from "../api/conversation-changes.ts";
import { conversationsQuery, deskQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { useConnection, useDesk, useDeskActions } from "../softphone/desk.tsx";
import { useStatusChange, type StatusChange } from "../softphone/status-menu.tsx";
import { callerName } from "../words/calls.ts";

function Line({ tone, icon, children, actions }: { readonly tone: "calm" | "warn"; readonly icon: ReactNode; readonly children: ReactNode; readonly actions?: ReactNode }) {
  return (
    <div className="rd-notice" data-tone={tone} role="status">
      {icon}<Text size="sm" className="rd-grow" lineClamp={2}>{children}</Text>{actions !== undefined && <Group gap={8} className="rd-notice-buttons">{actions}</Group>}
    </div>
  );
}

type LastCall = NonNullable<Desk["lastCall"]>;
type OpenConversation = NonNullable<Desk["status"]["openConversation"]>;

/** An available agent whose open voice conversation keeps new calls away would wait in vain without knowing (CAP-1). */
function AtCapacity({ open }: { readonly open: OpenConversation }) {
  const { format } = useHouseStyle();
  const change = useConversationChange();
  const name = callerName({ name: open.customerName, number: open.customerNumber }, format);
  return (
    <Line tone="calm" icon={<IconPhoneCheck size={18} />}
      actions={<Button size="xs" loading={change.isPending || change.isSuccess} onClick={() => { change.mutate({ change: "markDone", id: open.id }); }} data-testid="capacity-done">Mark done</Button>}>
      Your conversation with <Anchor component={Link} to={`/customers/${open.customerId}`} size="sm" fw={550}>{name}</Anchor> is still open. Mark it done to be offered calls.
    </Line>
  );
}

/** After a call the agent stays Busy until they choose otherwise (STAT-3); nobody should forget that. One step leads back to the calls. */
function CallEnded({ lastCall, change, pending }: { readonly lastCall: LastCall; readonly change: StatusChange; readonly pending: boolean }) {
  const { openCustomer } = useDeskActions();
  const isThere = useLocation().pathname === `/customers/${lastCall.customerId ?? ""}`;
  const finish = useConversationChange();
  const open = useInfiniteQuery({ ...conversationsQuery({ status: "open", mine: true }), staleTime: 0 });
  const isOpen = open.data?.pages[0]?.items.some((each) => each.id === lastCall.conversationId) ?? false;
  const next = async (): Promise<void> => {
    if (isOpen && lastCall.conversationId !== null) await finish.mutateAsync({ change: "markDone", id: lastCall.conversationId }).catch(() => undefined);
    await change("available");
  };
  return (
    <Line tone="calm" icon={<IconPhoneCheck size={18} />} actions={<>
      {lastCall.customerId !== null && !isThere && <Button size="xs" variant="subtle" color="gray" onClick={() => { openCustomer(lastCall.customerId); }}>Open customer</Button>}
      <Button size="xs" loading={pending || finish.isPending} disabled={open.isPending} onClick={() => void next()} data-testid="become-available">{isOpen ? "Mark done and become Available" : "Become Available"}</Button>
    </>}>{lastCall.reason ?? "The call has ended."} No calls are offered while you are Busy.</Line>
  );
}

/** What stands between the agent and the next call, and the one step that leads there. */
function NextCall() {
  const desk = useDesk();
  const { change, pending, dialog } = useStatusChange();
  if (desk === undefined || desk.call !== null || desk.offer !== null) return dialog;
  const { lastCall, status } = desk;
  return (
    <>
      {lastCall !== null && status.value === "busy" && <CallEnded key={lastCall.id} lastCall={lastCall} change={change} pending={pending} />}
      {status.value === "unavailable" && status.why !== null && (
        <Line tone="warn" icon={<IconZzz size={18} />} actions={<Button size="xs" loading={pending} onClick={() => void change("available")} data-testid="become-available">Become Available</Button>}><b>Unavailable.</b> {status.why}</Line>
      )}
      {status.openConversation !== null && <AtCapacity key={status.openConversation.id} open={status.openConversation} />}
      {status.value === "available" && status.openConversation === null && status.why !== null && <Line tone="calm" icon={<IconPhoneCheck size={18} />}>{status.why}</Line>}
      {dialog}
    </>
  );
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
      {connection === "reconnecting" && <Line tone="warn" icon={<IconPlugConnectedX size={18} />}>The server cannot be reached; reconnecting… Calls in progress go on.</Line>}
      <NextCall />
    </>
  );
}
