import { ActionIcon, Group, Menu, Text, Tooltip, useComputedColorScheme } from "@mantine/core";
import { IconDownload, IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { clock } from "../words/time.ts";

const SPEEDS = [0.75, 1, 1.25, 1.5, 2] as const;
const STEP_S = 5;
const HEIGHT_PX = 26;

/** The waveform of both sides, values 0 to 1. Without an agent's only the customer speaks. */
export type Peaks = { readonly durationMs: number; readonly customer: readonly number[]; readonly agent: readonly number[] };
const sidesOf = ({ customer, agent }: Peaks): readonly (readonly number[])[] => (agent.length === 0 ? [customer] : [customer, agent]);

/** Draws both channels and keeps the cursor at the audio's place. The library comes when the first recording is shown. */
function useWaveform(audio: HTMLAudioElement | null, peaks: Peaks, dark: boolean) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const container = box.current;
    if (container === null || audio === null) return;
    let gone = false;
    let destroy = (): void => { gone = true; };
    void import("wavesurfer.js").then(({ default: WaveSurfer }) => {
      if (gone) return;
      const colors = dark
        ? [{ waveColor: "#4d6f9e", progressColor: "#8ab4f8" }, { waveColor: "#2b7068", progressColor: "#6cd5c3" }]
        : [{ waveColor: "#b3c7e6", progressColor: "#2f62b5" }, { waveColor: "#a5d8d0", progressColor: "#0f766e" }];
      const sides = sidesOf(peaks);
      const wave = WaveSurfer.create({
        container, media: audio, height: HEIGHT_PX, barWidth: 2, barGap: 1, barRadius: 2, cursorWidth: 1, cursorColor: dark ? "#e6e9ec" : "#1c2126",
        peaks: sides.map((side) => [...side]), duration: peaks.durationMs / 1_000, dragToSeek: true, normalize: false,
        splitChannels: colors.slice(0, sides.length),
      });
      destroy = () => { wave.destroy(); };
    }).catch(() => undefined); // a page older than the server's files: the recording plays without its waveform
    return () => { destroy(); };
  }, [audio, peaks, dark]);
  return box;
}

/** Plays a recording: both channels drawn, seekable by mouse and arrow keys, downloadable (REC-1). */
export function RecordingPlayer({ src, peaks, downloadName, onPlay }: { readonly src: string; readonly peaks: Peaks; readonly downloadName: string; readonly onPlay?: (() => void) | undefined }) {
  const [audio, setAudio] = useState<HTMLAudioElement | null>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [speed, setSpeed] = useState(1);
  const [broken, setBroken] = useState(false);
  const dark = useComputedColorScheme("light") === "dark";
  const box = useWaveform(audio, peaks, dark);
  const totalS = peaks.durationMs / 1_000;
  const seek = (seconds: number): void => { if (audio !== null) audio.currentTime = Math.min(totalS, Math.max(0, seconds)); };
  const onKey = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = { ArrowLeft: at - STEP_S, ArrowRight: at + STEP_S, Home: 0, End: totalS };
    const target = moves[event.key];
    if (target !== undefined) { event.preventDefault(); seek(target); }
    if (event.key === " ") { event.preventDefault(); toggle(); }
  };
  const toggle = (): void => {
    if (audio === null) return;
    if (broken) { setBroken(false); audio.load(); }
    if (audio.paused) void audio.play().catch(() => { setBroken(true); }); else audio.pause();
  };
  return (
    <Group gap="sm" className="rd-player" data-testid="recording-player">
      <audio ref={setAudio} src={src} preload="metadata" data-testid="recording-audio" onPlay={() => { setPlaying(true); onPlay?.(); }} onPause={() => { setPlaying(false); }}
        onTimeUpdate={(event) => { setAt(event.currentTarget.currentTime); }} onSeeked={(event) => { setAt(event.currentTarget.currentTime); }} onError={() => { setBroken(true); }} />
      <Tooltip label={playing ? "Pause" : "Play"}>
        <ActionIcon size="lg" radius="xl" variant="filled" onClick={toggle} aria-label={playing ? "Pause the recording" : "Play the recording"}>
          {playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
        </ActionIcon>
      </Tooltip>
      {broken && <Text size="sm" c="red" className="rd-grow">The recording cannot be played now. Press Play to try again.</Text>}
      <div className="rd-sides" hidden={broken}>
        <Text fz={11} lh={`${HEIGHT_PX}px`} c="dimmed">Customer</Text>
        {peaks.agent.length > 0 && <Text fz={11} lh={`${HEIGHT_PX}px`} c="dimmed">Agent</Text>}
      </div>
      <div ref={box} className="rd-wave" hidden={broken} tabIndex={0} role="slider" aria-label="Position in the recording" aria-valuemin={0} aria-valuemax={Math.round(totalS)} aria-valuenow={Math.round(at)}
        aria-valuetext={`${clock(at * 1_000)} of ${clock(peaks.durationMs)}`} onKeyDown={onKey} />
      <Text fz={12} c="dimmed" className="rd-number" data-testid="recording-time">{clock(at * 1_000)} / {clock(peaks.durationMs)}</Text>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon variant="subtle" color="gray" w="auto" px={6} fz={12} aria-label={`Speed ${speed}`}>{speed}×</ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {SPEEDS.map((each) => <Menu.Item key={each} onClick={() => { setSpeed(each); if (audio !== null) audio.playbackRate = each; }} aria-current={each === speed}>{each}×</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label="Download"><ActionIcon component="a" href={src} download={downloadName} variant="subtle" color="gray" aria-label="Download the recording"><IconDownload size={17} /></ActionIcon></Tooltip>
    </Group>
  );
}
