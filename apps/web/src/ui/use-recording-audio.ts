// The audio of a recording, loaded when somebody presses Play and not before: to show it loads nothing (REC-2).
import type { Result } from "@ringdesk/std";
import { useEffect, useRef, useState } from "react";
import { stepPlayback, type PlaybackEffect, type PlaybackEvent, type PlaybackState } from "./playback.machine.ts";

/** Asks for a link to the audio; `error` says in words why there is none. */
export type AskForLink = () => Promise<Result<string, string>>;

/** A link has worked when so much was heard at it. Shorter, and audio that fails at one place would be asked for without end. */
const HEARD_S = 1;

/** Plays, seeks, and keeps the place when a link has expired. `ends`: seconds. */
export function useRecordingAudio(askForLink: AskForLink, ends: number, onHeard: (() => void) | undefined) {
  const [audio, setAudio] = useState<HTMLAudioElement | null>(null);
  const [state, setState] = useState<PlaybackState>({ kind: "idle" });
  const [at, setAt] = useState(0);
  const [running, setRunning] = useState(false);
  const [speed, setSpeed] = useState(1);
  const now = useRef({ state, at, speed, heardFrom: 0, ask: askForLink, onHeard });
  now.current.ask = askForLink;
  now.current.onHeard = onHeard;

  const moveTo = (seconds: number): void => { now.current.at = seconds; setAt(seconds); };
  const feed = (event: PlaybackEvent): void => {
    const step = stepPlayback(now.current.state, event);
    now.current.state = step.state;
    setState(step.state);
    step.effects.forEach(perform);
  };
  const perform = (effect: PlaybackEffect): void => {
    if (audio === null || !audio.isConnected) return; // the person went to another page meanwhile
    switch (effect.do) {
      case "ask-for-link": void now.current.ask().then((asked) => { feed(asked.ok ? { type: "link.came", url: asked.value } : { type: "link.refused", words: asked.error }); }); return;
      case "play-link":
        audio.src = effect.url;
        audio.currentTime = now.current.heardFrom = now.current.at < ends ? now.current.at : 0; // before anything is loaded: where it will begin
        audio.playbackRate = now.current.speed;
        play(audio);
        return;
      case "play": play(audio); return;
      case "pause": audio.pause(); return;
    }
  };
  useFollowing(audio, {
    running: setRunning, heard: () => { now.current.onHeard?.(); },
    failed: (playing) => { feed({ type: "audio.failed", playing }); },
    moved: (seconds, playing) => {
      moveTo(seconds);
      now.current.heardFrom = Math.min(now.current.heardFrom, seconds); // the person may go back
      if (playing && seconds - now.current.heardFrom >= HEARD_S && now.current.state.kind === "untried") feed({ type: "audio.heard" });
    },
  });
  const loaded = state.kind === "untried" || state.kind === "heard";
  return {
    audio, setAudio, at, speed,
    playing: loaded && running, asking: state.kind === "asking", broken: state.kind === "broken" ? state.words : null,
    toggle: () => { feed({ type: loaded && running ? "pause.pressed" : "play.pressed" }); },
    /** Also before anything is loaded: Play begins there. Gives the place, which is within the recording. */
    seek: (seconds: number): number => {
      const place = Math.min(ends, Math.max(0, seconds));
      moveTo(place);
      if (audio !== null) audio.currentTime = place;
      return place;
    },
    setSpeed: (rate: number): void => {
      now.current.speed = rate;
      setSpeed(rate);
      if (audio !== null) audio.playbackRate = rate;
    },
  };
}

/** A failure comes as the element's own event; a browser that wants another press before it makes a sound gets one. */
function play(audio: HTMLAudioElement): void {
  void audio.play().catch(() => undefined);
}

interface Following {
  readonly running: (running: boolean) => void;
  /** The person begins to hear it. */
  readonly heard: () => void;
  readonly moved: (seconds: number, playing: boolean) => void;
  readonly failed: (playing: boolean) => void;
}

/** Tells what an audio element does. */
function useFollowing(audio: HTMLAudioElement | null, following: Following): void {
  const latest = useRef(following);
  latest.current = following;
  useEffect(() => {
    if (audio === null) return;
    const stop = new AbortController();
    const on = (name: keyof HTMLMediaElementEventMap, told: () => void): void => { audio.addEventListener(name, told, { signal: stop.signal }); };
    const moved = (): void => {
      // Going to another link sets the element back to its beginning; the person stays where they are.
      if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) latest.current.moved(audio.currentTime, !audio.paused);
    };
    let running = false;
    const run = (now: boolean): void => { running = now; latest.current.running(now); };
    on("play", () => { run(true); });
    on("pause", () => { run(false); });
    on("playing", () => { latest.current.heard(); });
    on("timeupdate", moved);
    on("seeked", moved);
    on("error", () => {
      const playing = running; // the element itself is paused by some failures, and only says so afterwards
      run(false);
      latest.current.failed(playing);
    });
    return () => { stop.abort(); };
  }, [audio]);
}
