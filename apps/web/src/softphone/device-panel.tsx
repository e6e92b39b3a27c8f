import { Alert, Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { IconHeadphones, IconPhone, IconPhoneOff, IconPlayerPlay } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { describeFailure } from "../api/client.ts";
import { LevelMeter } from "../ui/signs.tsx";
import { canChooseSpeaker, chooseDevice, chosenDevice, listDevices, playThrough, type Device, type DeviceRole } from "./devices.ts";
import { startEchoCall, type EchoCall, type EchoFailure } from "./echo-call.ts";
import { MicrophoneHelpPanel } from "./microphone-panel.tsx";
import { closeStream, openMicrophone } from "./microphone.ts";
import { chime } from "./ringer.ts";
import type { MicrophoneProblem } from "./softphone.machine.ts";

type Lists = Awaited<ReturnType<typeof listDevices>>;
const NO_DEVICES: Lists = { microphones: [], speakers: [] };

function DeviceChoice({ role, label, hint, devices, onChosen, children }: {
  readonly role: DeviceRole; readonly label: string; readonly hint: string; readonly devices: readonly Device[]; readonly onChosen?: () => void; readonly children: ReactNode;
}) {
  const [id, setId] = useState(() => chosenDevice(role));
  // One that is unplugged stays chosen for when it is back, and the system's own is used meanwhile.
  const data = [{ value: "", label: "System default" }, ...devices.map((device) => ({ value: device.id, label: device.name }))];
  const away = id !== "" && !devices.some((device) => device.id === id);
  return (
    <Group align="end" gap="md">
      <NativeSelect style={{ flex: "1 1 280px" }} label={label} description={hint} data={away ? [...data, { value: id, label: "Not connected now" }] : data} value={id} data-testid={`device-${role}`}
        onChange={(event) => { chooseDevice(role, event.currentTarget.value); setId(event.currentTarget.value); onChosen?.(); }} />
      <Group gap={8} w={150} h={36} align="center">{children}</Group>
    </Group>
  );
}

/** The microphone, open for as long as this is shown. */
function useOpenMicrophone() {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problem, setProblem] = useState<MicrophoneProblem | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let left = false;
    let mine: MediaStream | null = null;
    void openMicrophone().then((opened) => {
      if (left) { if (opened.ok) closeStream(opened.value); return; }
      mine = opened.ok ? opened.value : null;
      setStream(mine);
      setProblem(opened.ok ? null : opened.error);
    });
    return () => { left = true; closeStream(mine); };
  }, [turn]);
  const again = useCallback(() => { setTurn((before) => before + 1); }, []);
  return { stream, problem, again };
}

const wordsOf = (failure: EchoFailure): string => (failure.type === "webrtc" ? "Your network keeps the audio from the phone system." : describeFailure(failure).title);

function TestCall({ microphone }: { readonly microphone: MediaStream | null }) {
  const [call, setCall] = useState<EchoCall | null>(null);
  const [pending, setPending] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => () => { call?.end(); }, [call]);
  useEffect(() => {
    if (audio.current === null) return;
    audio.current.srcObject = call?.remote ?? null;
    void playThrough(audio.current, "speaker");
    if (call !== null) void audio.current.play().catch(() => undefined);
  }, [call]);
  const track = microphone?.getAudioTracks()[0];
  useEffect(() => { setCall(null); }, [track]);
  const start = async (): Promise<void> => {
    if (track === undefined) return;
    setPending(true);
    setFailed(null);
    const started = await startEchoCall(track, () => { setCall(null); setFailed("The test call was disconnected."); });
    setPending(false);
    if (started.ok) setCall(started.value);
    else setFailed(wordsOf(started.error));
  };
  return (
    <Stack gap="xs">
      <Text fw={600} size="sm">Test call</Text>
      <Text size="sm" c="dimmed">Calls the phone system, which sends back what it hears. Use a headset: a loudspeaker would howl.</Text>
      <Group gap="md">
        {call === null
          ? <Button leftSection={<IconPhone size={16} />} loading={pending} disabled={track === undefined} onClick={() => void start()} data-testid="echo-start">Start a test call</Button>
          : <Button color="red.9" leftSection={<IconPhoneOff size={16} />} onClick={() => { setCall(null); }} data-testid="echo-end">End the test call</Button>}
        {call !== null && <Group gap={8} data-testid="echo-running"><IconHeadphones size={18} aria-hidden /><Text size="sm" role="status">Speak: you should hear yourself.</Text><LevelMeter stream={call.remote} what="What comes back" /></Group>}
      </Group>
      {failed !== null && <Alert color="red" variant="light" role="alert">{failed}</Alert>}
      <audio ref={audio} data-testid="echo-audio" />
    </Stack>
  );
}

/** Choosing and testing microphone, speaker and ring device (CALL-9). */
export function DevicePanel() {
  const { stream, problem, again } = useOpenMicrophone();
  const [devices, setDevices] = useState<Lists>(NO_DEVICES);
  useEffect(() => {
    const read = (): void => { void listDevices().then(setDevices); };
    read();
    if (!("mediaDevices" in navigator)) return undefined;
    navigator.mediaDevices.addEventListener("devicechange", read);
    return () => { navigator.mediaDevices.removeEventListener("devicechange", read); };
  }, [stream]); // names are known once the microphone was allowed
  const test = (role: "speaker" | "ring", name: string): ReactNode => <Button variant="default" size="sm" leftSection={<IconPlayerPlay size={15} />} aria-label={`Test the ${name}`} onClick={() => { chime(role); }} data-testid={`test-${role}`}>Test</Button>;
  return (
    <Stack gap="lg" p="lg" maw={720}>
      {problem !== null && <MicrophoneHelpPanel why={problem} busy={false} onAgain={again} />}
      <DeviceChoice role="microphone" label="Microphone" hint="Used from the next call on" devices={devices.microphones} onChosen={again}>
        {stream === null ? <Text size="xs" c="dimmed">Not open</Text> : <LevelMeter stream={stream} />}
      </DeviceChoice>
      {canChooseSpeaker() ? (
        <>
          <DeviceChoice role="speaker" label="Speaker" hint="Where you hear the customer" devices={devices.speakers}>{test("speaker", "speaker")}</DeviceChoice>
          <DeviceChoice role="ring" label="Ring device" hint="Where incoming calls ring; a loudspeaker is heard without the headset on" devices={devices.speakers}>{test("ring", "ring device")}</DeviceChoice>
        </>
      ) : <Text size="sm" c="dimmed">This browser plays all sound where the system says.</Text>}
      <TestCall microphone={stream} />
    </Stack>
  );
}
