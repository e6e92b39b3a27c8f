import { ActionIcon, Group, Slider, Text, Tooltip } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { clock } from "../words/time.ts";

/** Plays a sound of the house, such as hold music or a greeting. For recordings of calls there is the RecordingPlayer. */
export function SoundPlayer({ src, durationMs, name }: { readonly src: string; readonly durationMs: number; /** What it plays, for who cannot see it. */ readonly name: string }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [atMs, setAtMs] = useState(0);
  const [broken, setBroken] = useState(false);
  const toggle = (): void => {
    if (audio.current === null) return;
    if (audio.current.paused) void audio.current.play().catch(() => { setBroken(true); }); else audio.current.pause();
  };
  const follow = (): void => { setAtMs(Math.min(durationMs, (audio.current?.currentTime ?? 0) * 1_000)); };
  const seek = (ms: number): void => { setAtMs(ms); if (audio.current !== null) audio.current.currentTime = ms / 1_000; };
  return (
    <Group gap="sm" wrap="nowrap" data-testid="sound-player">
      <audio ref={audio} src={src} preload="auto" onPlay={() => { setPlaying(true); }} onPause={() => { setPlaying(false); }} onTimeUpdate={follow} onError={() => { setBroken(true); }} />
      <Tooltip position="bottom" label={playing ? "Pause" : "Play"}>
        <ActionIcon size="lg" radius="xl" variant="filled" onClick={toggle} aria-label={`${playing ? "Pause" : "Play"} ${name}`}>
          {playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
        </ActionIcon>
      </Tooltip>
      {broken ? <Text size="sm" c="red" className="rd-grow">This browser cannot play it.</Text>
        : <Slider className="rd-grow" size="xs" min={0} max={durationMs} step={100} value={atMs} onChange={seek} label={null} thumbLabel={`Position in ${name}`} />}
      <Text fz={12} c="dimmed" className="rd-number" data-testid="sound-time">{clock(atMs)} / {clock(durationMs)}</Text>
    </Group>
  );
}
