import { ActionIcon, Tooltip } from "@mantine/core";
import type { HoldMusic } from "@ringdesk/contract/http";
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { inOneSentence, request } from "../../../api/client.ts";
import { notify } from "../../../ui/notify.ts";
import { soundUrl } from "../../../ui/sound-url.ts";

/** Plays hold music as callers hear it. Its sound is fetched when it is first wanted. */
export function HearMusic({ music }: { readonly music: HoldMusic }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [src, setSrc] = useState<string | null>(null);
  const [state, setState] = useState<"quiet" | "fetching" | "playing">("quiet");
  useEffect(() => () => { if (src !== null) URL.revokeObjectURL(src); }, [src]);
  const failed = (why: string): void => { setState("quiet"); notify("error", "The music cannot be played", why); };
  const play = (): void => { void audio.current?.play().catch(() => { failed("This browser cannot play it."); }); };
  const toggle = async (): Promise<void> => {
    if (state === "playing") { audio.current?.pause(); return; }
    if (src !== null) { play(); return; }
    setState("fetching");
    const sound = await request("hearHoldMusic", { params: { id: music.id } });
    if (sound.ok) setSrc(soundUrl(sound.value.base64)); else failed(inOneSentence(sound.error));
  };
  const [label, Icon] = state === "playing" ? ["Pause", IconPlayerPauseFilled] : ["Listen", IconPlayerPlayFilled];
  return (
    <>
      {src !== null && <audio ref={audio} src={src} onCanPlay={() => { if (state === "fetching") play(); }} onPlay={() => { setState("playing"); }} onPause={() => { setState("quiet"); }} data-testid="music-audio" />}
      <Tooltip label={label}><ActionIcon variant="subtle" color="gray" loading={state === "fetching"} aria-label={`${label}: ${music.name}`} onClick={() => void toggle()}><Icon size={16} /></ActionIcon></Tooltip>
    </>
  );
}
