import { Button, Text } from "@mantine/core";
import type { CallView } from "@ringdesk/contract/http";
import { IconAlertTriangle, IconDevices, IconMicrophoneOff, IconVolumeOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Remaining } from "../ui/elapsed.tsx";
import { usePhone, usePhoneView, useRemoteAudio } from "./desk.tsx";
import { MicrophoneHelpPanel } from "./microphone-panel.tsx";
import { useUnheard } from "./voices.tsx";

function Notice({ icon, children, action, testId }: { readonly icon: ReactNode; readonly children: ReactNode; readonly action?: ReactNode; readonly testId?: string }) {
  return (
    <div className="rd-notice" data-tone="warn" role="alert" data-testid={testId}>
      {icon}<Text size="sm" className="rd-grow">{children}</Text>{action}
    </div>
  );
}

/** Who waits while the audio is mended, and how long. */
const waiting = (call: CallView): ReactNode => (call.connectBy === null ? null : (
  <>{call.direction === "inbound" ? "The caller hears music" : "The call waits"}: <Remaining until={call.connectBy} /> left.</>
));

/** What is wrong with the audio of the call in progress, and what to do about it; nothing when all is well. */
export function CallTrouble({ call }: { readonly call: CallView }) {
  const phone = usePhone();
  const { state } = usePhoneView();
  const audio = useRemoteAudio();
  const unheard = useUnheard(call);
  if (state.kind === "silent") return <MicrophoneHelpPanel why={state.why} busy={false} onAgain={phone.tryAgain}>{waiting(call)}</MicrophoneHelpPanel>;
  if (state.kind === "elsewhere") return (
    <Notice icon={<IconDevices size={18} />} action={<Button size="xs" onClick={phone.takeOver} data-testid="take-over">Take over here</Button>}>This call is in another tab. {waiting(call)}</Notice>
  );
  if (audio.blocked) return (
    <Notice icon={<IconVolumeOff size={18} />} action={<Button size="xs" onClick={audio.resume} data-testid="resume-audio">Resume audio</Button>}>Your browser keeps this page silent. The customer can hear you.</Notice>
  );
  if (state.kind === "pausing" || call.phase === "away") return (
    <Notice icon={<IconAlertTriangle size={18} />} action={state.kind === "pausing" ? <Button size="xs" variant="default" onClick={phone.tryAgain}>Try now</Button> : undefined}>Reconnecting your audio… {waiting(call)}</Notice>
  );
  if (unheard) return call.device === "phone"
    ? <Notice testId="unheard" icon={<IconMicrophoneOff size={18} />}>We do not hear your phone: the customer hears silence. Is it muted?</Notice>
    : <Notice testId="unheard" icon={<IconMicrophoneOff size={18} />} action={<Button component={Link} to="/devices" size="xs" variant="default">Test microphone</Button>}>We do not hear your microphone: the customer hears silence. Is it muted at the headset, or is another one chosen?</Notice>;
  return null;
}
