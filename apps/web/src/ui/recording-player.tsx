import { ActionIcon, Group, Loader, Menu, Text, Tooltip, useComputedColorScheme } from "@mantine/core";
import { IconDownload, IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type WaveSurfer from "wavesurfer.js";
import { clock } from "../words/time.ts";
import { notify } from "./notify.ts";
import { useRecordingAudio, type AskForLink } from "./use-recording-audio.ts";

const SPEEDS = [0.75, 1, 1.25, 1.5, 2] as const;
const STEP_S = 5;
const HEIGHT_PX = 26;
/** Within a button that stays enabled while it asks: a disabled one loses the focus, and the next Space scrolls the page. */
const BUSY = <Loader size={16} color="currentColor" />;

/** The waveform of both sides, values 0 to 1. Without an agent's only the customer speaks. */
export type Peaks = { readonly durationMs: number; readonly customer: readonly number[]; readonly agent: readonly number[] };
const sidesOf = ({ customer, agent }: Peaks): readonly (readonly number[])[] => (agent.length === 0 ? [customer] : [customer, agent]);

/** What the waveform needs of the audio: where it is, and how to go elsewhere. */
type Place = { readonly audio: HTMLAudioElement | null; readonly at: number; readonly seek: (seconds: number) => number };

/** Draws both channels and keeps the cursor at the audio's place. The library comes when the first recording is shown. */
function useWaveform({ audio, at, seek }: Place, peaks: Peaks, dark: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const wave = useRef<WaveSurfer | null>(null);
  const place = useRef({ at, seek });
  place.current = { at, seek };
  useEffect(() => {
    const container = box.current;
    if (container === null || audio === null) return;
    let gone = false;
    void import("wavesurfer.js").then(({ default: WaveSurfer }) => {
      if (gone) return;
      const colors = dark
        ? [{ waveColor: "#4d6f9e", progressColor: "#8ab4f8" }, { waveColor: "#2b7068", progressColor: "#6cd5c3" }]
        : [{ waveColor: "#b3c7e6", progressColor: "#2f62b5" }, { waveColor: "#a5d8d0", progressColor: "#0f766e" }];
      const sides = sidesOf(peaks);
      const made = WaveSurfer.create({
        container, media: audio, height: HEIGHT_PX, barWidth: 2, barGap: 1, barRadius: 2, cursorWidth: 1, cursorColor: dark ? "#e6e9ec" : "#1c2126",
        peaks: sides.map((side) => [...side]), duration: peaks.durationMs / 1_000, dragToSeek: true, normalize: false,
        splitChannels: colors.slice(0, sides.length),
      });
      // Before anything is loaded the audio itself tells of no seeking, neither to the page nor to the waveform.
      made.on("interaction", (seconds) => { void place.current.seek(seconds); });
      made.on("ready", () => { if (audio.paused && place.current.at > 0) made.setTime(place.current.at); });
      wave.current = made;
    }).catch(() => undefined); // a page older than the server's files: the recording plays without its waveform
    return () => { gone = true; wave.current?.destroy(); wave.current = null; };
  }, [audio, peaks, dark]);
  return { box, show: (seconds: number): void => { wave.current?.setTime(seconds); } };
}

/** Plays a recording: both channels drawn, seekable by mouse and arrow keys, downloadable (REC-1). Its audio is loaded by Play alone. */
export function RecordingPlayer({ askForLink, peaks, downloadName, onPlay }: { readonly askForLink: AskForLink; readonly peaks: Peaks; readonly downloadName: string; readonly onPlay?: (() => void) | undefined }) {
  const totalS = peaks.durationMs / 1_000;
  const { audio, setAudio, at, seek, toggle, playing, asking, broken, speed, setSpeed } = useRecordingAudio(askForLink, totalS, onPlay);
  const dark = useComputedColorScheme("light") === "dark";
  const { box, show } = useWaveform({ audio, at, seek }, peaks, dark);
  const onKey = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = { ArrowLeft: at - STEP_S, ArrowRight: at + STEP_S, Home: 0, End: totalS };
    const target = moves[event.key];
    if (target !== undefined) { event.preventDefault(); show(seek(target)); }
    if (event.key === " ") { event.preventDefault(); if (!event.repeat) toggle(); }
  };
  return (
    <Group gap="sm" className="rd-player" data-testid="recording-player">
      <audio ref={setAudio} preload="none" data-testid="recording-audio" />
      <Tooltip label={playing ? "Pause" : "Play"}>
        <ActionIcon size="lg" radius="xl" variant="filled" aria-busy={asking} onClick={toggle} aria-label={playing ? "Pause the recording" : "Play the recording"}>
          {asking ? BUSY : playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
        </ActionIcon>
      </Tooltip>
      {broken !== null && <Text size="sm" c="red" className="rd-grow" role="alert">{broken} Press Play to try again.</Text>}
      <div className="rd-sides" hidden={broken !== null}>
        <Text fz={11} lh={`${HEIGHT_PX}px`} c="dimmed">Customer</Text>
        {peaks.agent.length > 0 && <Text fz={11} lh={`${HEIGHT_PX}px`} c="dimmed">Agent</Text>}
      </div>
      <div ref={box} className="rd-wave" hidden={broken !== null} tabIndex={0} role="slider" aria-label="Position in the recording" aria-valuemin={0} aria-valuemax={Math.round(totalS)} aria-valuenow={Math.round(at)}
        aria-valuetext={`${clock(at * 1_000)} of ${clock(peaks.durationMs)}`} onKeyDown={onKey} />
      <Text fz={12} c="dimmed" className="rd-number" data-testid="recording-time">{clock(at * 1_000)} / {clock(peaks.durationMs)}</Text>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon variant="subtle" color="gray" w="auto" px={6} fz={12} aria-label={`Speed ${speed}`}>{speed}×</ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {SPEEDS.map((each) => <Menu.Item key={each} onClick={() => { setSpeed(each); }} aria-current={each === speed}>{each}×</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
      <Download askForLink={askForLink} name={downloadName} />
    </Group>
  );
}

/** Saves the recording as a file, at a link of its own: the one that plays may have expired. */
function Download({ askForLink, name }: { readonly askForLink: AskForLink; readonly name: string }) {
  const [asking, setAsking] = useState(false);
  const save = async (): Promise<void> => {
    if (asking) return;
    setAsking(true);
    const asked = await askForLink();
    setAsking(false);
    if (!asked.ok) { notify("error", "The recording cannot be downloaded now", asked.error); return; }
    const link = document.createElement("a");
    link.href = `${asked.value}&download=${encodeURIComponent(name)}`;
    link.download = name; // and should it fail, it leads nowhere
    link.click();
  };
  return <Tooltip label="Download"><ActionIcon variant="subtle" color="gray" aria-busy={asking} onClick={() => void save()} aria-label="Download the recording">{asking ? BUSY : <IconDownload size={17} />}</ActionIcon></Tooltip>;
}
