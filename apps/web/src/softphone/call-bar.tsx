import { Anchor, Badge, Button, Group, Popover, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import type { CallView } from "@ringdesk/contract/http";
import { IconDialpad, IconMicrophone, IconMicrophoneOff, IconPhoneOff, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useHouseStyle } from "../api/session.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { Keypad } from "../ui/keypad.tsx";
import { ReasonButton } from "../ui/reason-button.tsx";
import { QualityBars } from "../ui/signs.tsx";
import { setCallTitle } from "../ui/title.ts";
import { callerName, phaseWords } from "../words/calls.ts";
import { CallTrouble } from "./call-trouble.tsx";
import { useDesk, useDeskActions, usePhone, usePhoneView } from "./desk.tsx";
import type { SoftphoneState } from "./softphone.machine.ts";
import { Voices } from "./voices.tsx";

const KEYS = /^[0-9*#]$/;

/** What had the focus (the dialer, the card of the offer) is gone a moment after a call begins. */
const FOCUS_SETTLES_MS = 400;

/** Takes the focus when nothing else has it, so that Tab leads to the call's buttons. */
function useFocusWhenFree() {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => { if (document.activeElement === document.body) box.current?.focus({ preventScroll: true }); }, FOCUS_SETTLES_MS);
    return () => { clearTimeout(timer); };
  }, []);
  return box;
}

/** What the clock beside the name counts. */
function Timer({ call }: { readonly call: CallView }) {
  if (call.phase === "held" && call.heldSince !== null) return <>On hold <Elapsed since={call.heldSince} /></>;
  if (call.talkingSince !== null) return <Elapsed since={call.talkingSince} />;
  return <>{phaseWords[call.phase]}… <Elapsed since={call.startedAt} /></>;
}

function KeypadButton({ call, reason }: { readonly call: CallView; readonly reason: string | null }) {
  const { sendDigits } = useDeskActions();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent): void => { if (KEYS.test(event.key) && !event.repeat) void sendDigits(call.id, event.key); };
    document.addEventListener("keydown", onKey);
    return () => { document.removeEventListener("keydown", onKey); };
  }, [open, call.id, sendDigits]);
  return (
    <Popover opened={open && reason === null} onChange={setOpen} width={230} position="bottom" trapFocus returnFocus>
      <Popover.Target>
        <ReasonButton variant="default" size="sm" leftSection={<IconDialpad size={17} />} reason={reason} aria-expanded={open} onClick={() => { setOpen(!open); }} data-testid="keypad-open">Keypad</ReasonButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Keypad of the call">
        <Text ta="center" fz={20} mih={30} mb={6} className="rd-number" data-testid="entered-digits" aria-live="polite">{call.enteredDigits.slice(-16)}</Text>
        <Keypad onKey={(key) => void sendDigits(call.id, key)} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Why this tab cannot mute; null when it can. */
const muteReason = (state: SoftphoneState, device: CallView["device"]): string | null => {
  if (device === "phone") return "This call is at your phone: mute it there";
  if (state.kind === "elsewhere") return "This call is in another tab";
  return state.kind === "silent" ? "Your microphone is not connected" : null;
};

function Bar({ call }: { readonly call: CallView }) {
  const { format } = useHouseStyle();
  const { hold, resume, hangUp } = useDeskActions();
  const phone = usePhone();
  const { state } = usePhoneView();
  const [pending, setPending] = useState<"hold" | "end" | null>(null);
  const muted = "muted" in state && state.muted;
  const held = call.phase === "held";
  const heard = held || call.phase === "talking" || call.phase === "away";
  const noMute = muteReason(state, call.device);
  const noHold = call.phase === "talking" || held ? null : "Only a connected call can be held";
  const noKeys = call.phase === "talking" ? null : held ? "The customer is on hold" : "The call is not connected yet";
  const toggleHold = async (): Promise<void> => {
    if (noHold !== null || pending !== null) return;
    setPending("hold");
    await (held ? resume(call.id) : hold(call.id));
    setPending(null);
  };
  const end = async (): Promise<void> => {
    setPending("end");
    await hangUp(call.id);
    setPending(null);
  };
  useHotkeys([["m", () => { if (noMute === null) phone.setMuted(!muted); }], ["h", () => void toggleHold()]]);
  const bar = useFocusWhenFree();
  const who = callerName(call.caller, format);
  useEffect(() => {
    setCallTitle(`On a call with ${who}`);
    return () => { setCallTitle(null); };
  }, [who]);
  return (
    <>
      <section ref={bar} tabIndex={-1} className="rd-call" aria-label="Call in progress" data-testid="call-bar" data-call-phase={call.phase} data-call-id={call.id} data-audio={state.kind}>
        <div className="rd-grow">
          <Group gap={8} wrap="nowrap">
            {call.caller.customerId === null ? <Text fw={650} truncate>{who}</Text>
              : <Anchor component={Link} to={`/customers/${call.caller.customerId}`} c="inherit" fw={650} truncate>{who}</Anchor>}
            {call.device === "phone" && <Badge color="gray" variant="light" size="sm" data-testid="at-phone">At your phone</Badge>}
            {muted && <Badge color="gray" variant="filled" size="sm">Muted</Badge>}
          </Group>
          <Text size="xs" c="dimmed" truncate>
            {call.caller.name !== null && call.caller.number !== null && <>{format(call.caller.number)} · </>}
            {call.direction === "inbound" ? "to" : "from"} {format(call.supportNumber)}{call.queueName !== null && <> · {call.queueName}</>}
          </Text>
        </div>
        <Text fw={550} className="rd-number" data-testid="call-timer"><Timer call={call} /></Text>
        <Group gap={12} wrap="nowrap" className="rd-signs">
          {call.recording && <Group gap={6} wrap="nowrap" data-testid="recording-sign"><i className="rd-recording" aria-hidden /><Text size="xs">Recording</Text></Group>}
          <QualityBars mos={call.mos} />
          {heard && <Voices call={call} />}
        </Group>
        <Group gap={8} wrap="nowrap" className="rd-call-buttons">
          <ReasonButton variant={muted ? "filled" : "default"} color="gray" size="sm" aria-pressed={muted} reason={noMute} data-testid="mute" title="Key M" aria-keyshortcuts="M" onClick={() => { phone.setMuted(!muted); }}
            leftSection={muted ? <IconMicrophoneOff size={17} /> : <IconMicrophone size={17} />}>{muted ? "Unmute" : "Mute"}</ReasonButton>
          <ReasonButton variant={held ? "filled" : "default"} color="#bf4800" size="sm" aria-pressed={held} reason={noHold} loading={pending === "hold"} data-testid="hold" title="Key H" aria-keyshortcuts="H" onClick={() => void toggleHold()}
            leftSection={held ? <IconPlayerPlay size={17} /> : <IconPlayerPause size={17} />}>{held ? "Resume" : "Hold"}</ReasonButton>
          <KeypadButton call={call} reason={noKeys} />
          <Button color="red.9" size="sm" leftSection={<IconPhoneOff size={17} />} loading={pending === "end"} onClick={() => void end()} data-testid="end-call">End</Button>
        </Group>
      </section>
      <CallTrouble call={call} />
    </>
  );
}

/** The call in progress, on every page (CALL-5). */
export function CallBar() {
  const call = useDesk()?.call ?? null;
  return call === null ? null : <Bar key={call.id} call={call} />;
}
