import { Worker } from "node:worker_threads";
import { FRAME_SAMPLES } from "@ringdesk/telecom/rtp";
import type { MediaLog } from "../../media-plane.types.ts";
import type { PaceClock } from "../../sockets/pace-clock.ts";
import { ChannelTimeline, PLACE_AHEAD_SAMPLES } from "./channel-timeline.ts";
import type { FromWorker, ToWorker } from "./recorder.messages.ts";
import type { RepairedRecording } from "./recording-files.ts";

/** Audio goes to the writer after this many frames: a crash loses at most 200 ms. */
const CHUNK_FRAMES = 10;
const FRAME_BYTES = 2 * FRAME_SAMPLES;
/** A writer that is this far behind (one minute of one recording) has lost its disk. */
const MAX_UNWRITTEN_CHUNKS = 300;
/** Silence for frames that the clock skipped is written up to one minute. */
const MAX_SKIPPED_FRAMES = 3_000;
/** Ids of ended recordings that are remembered, so that a repeated start is recognised. */
const MAX_REMEMBERED = 4_096;
export const MAX_RECORDINGS = 1_000;

export type RecorderEvents = {
  readonly onStarted: (id: string) => void;
  /** Exactly once for every recording that was begun. */
  readonly onStopped: (id: string, why: "completed" | "failed", durationMs: number) => void;
};

/** The channels of a running recording; connect them to legs as taps. */
export type RecordingChannels = { readonly left: ChannelTimeline; readonly right: ChannelTimeline };

export interface Recorder {
  /** Begins a recording. False when {@link MAX_RECORDINGS} run. */
  readonly begin: (id: string) => boolean;
  readonly channels: (id: string) => RecordingChannels | null;
  readonly pause: (id: string) => boolean;
  readonly resume: (id: string) => boolean;
  readonly end: (id: string) => void;
  /** Whether this id runs or has ended already. */
  readonly knows: (id: string) => boolean;
  readonly list: () => readonly { readonly id: string; readonly state: "recording" | "paused" }[];
  /** Completes what a crash left behind; before the first `begin`. */
  readonly repair: () => Promise<readonly RepairedRecording[]>;
  /** Ends all recordings and waits until they are on disk. */
  readonly close: () => Promise<void>;
}

export type RecorderOptions = { readonly mediaFolder: string; readonly clock: PaceClock; readonly events: RecorderEvents; readonly log: MediaLog };

type Running = {
  readonly channels: RecordingChannels;
  stopTicking: () => void;
  chunk: Uint8Array;
  frames: number;
  unwritten: number;
  paused: boolean;
};

/** Records what legs say, paced by the clock and written by a thread of its own: a slow or full disk never touches a call. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { clock, events, log } = options;
  const running = new Map<string, Running>();
  /** Ended, and not yet confirmed by the writer: why. */
  const completing = new Map<string, "completed" | "failed">();
  const remembered = new Set<string>();
  let worker: Worker | null = null;
  let onRepaired: ((repaired: readonly RepairedRecording[]) => void) | null = null;
  let onIdle: (() => void) | null = null;

  const post = (message: ToWorker, transfer: ArrayBuffer[] = []): void => {
    worker ??= startWorker();
    worker.postMessage(message, transfer);
  };

  const startWorker = (): Worker => {
    const started = new Worker(new URL("./recorder.worker.ts", import.meta.url), { workerData: { mediaFolder: options.mediaFolder } });
    started.on("message", hear);
    started.on("error", (error) => log.warn({ error: error.message }, "the recorder's thread failed"));
    started.on("exit", () => {
      if (worker !== started) return;
      worker = null;
      loseAll();
    });
    return started;
  };

  const hear = (message: FromWorker): void => {
    switch (message.type) {
      case "repaired": {
        for (const recording of message.failed) log.warn({ recording }, "a recording that a crash left open cannot be repaired");
        onRepaired?.(message.repaired);
        return;
      }
      case "opened": return running.has(message.id) ? events.onStarted(message.id) : undefined;
      case "written": {
        const one = running.get(message.id);
        if (one !== undefined) one.unwritten -= 1;
        return;
      }
      case "completed": return stopped(message.id, completing.get(message.id) ?? "completed", message.durationMs);
      case "failed": {
        log.warn({ recording: message.id, detail: message.detail }, "a recording stopped: the disk refused");
        stopped(message.id, "failed", message.durationMs);
      }
    }
  };

  /** The one place where a recording is over. Also when the writer failed after `end`: later messages find nothing. */
  const stopped = (id: string, why: "completed" | "failed", durationMs: number): void => {
    const one = running.get(id);
    one?.stopTicking();
    if (!running.delete(id) && !completing.has(id)) return;
    completing.delete(id);
    remember(id);
    events.onStopped(id, why, durationMs);
    if (running.size + completing.size === 0) onIdle?.();
  };

  /** The writer is gone with all its files: repair them with a new one, then tell what is left of each. */
  const loseAll = (): void => {
    const lost = new Set([...running.keys(), ...completing.keys()]);
    if (lost.size === 0) return onRepaired?.([]);
    for (const one of running.values()) one.stopTicking();
    onRepaired = (repaired) => {
      onRepaired = null;
      const durations = new Map(repaired.map(({ recording, durationMs }) => [recording, durationMs]));
      for (const id of lost) stopped(id, "failed", durations.get(id) ?? 0);
    };
    post({ do: "repair" });
  };

  const remember = (id: string): void => {
    remembered.add(id);
    for (const oldest of remembered) {
      if (remembered.size <= MAX_REMEMBERED) break;
      remembered.delete(oldest);
    }
  };

  const flush = (id: string, one: Running): void => {
    if (one.frames === 0) return;
    const bytes = one.frames === CHUNK_FRAMES ? one.chunk : one.chunk.slice(0, one.frames * FRAME_BYTES);
    one.chunk = new Uint8Array(CHUNK_FRAMES * FRAME_BYTES);
    one.frames = 0;
    one.unwritten += 1;
    post({ do: "append", id, bytes }, [bytes.buffer as ArrayBuffer]);
  };

  const writeFrame = (id: string, one: Running): void => {
    const at = one.frames * FRAME_BYTES;
    one.channels.left.read(one.chunk, at, FRAME_SAMPLES);
    one.channels.right.read(one.chunk, at + 1, FRAME_SAMPLES);
    one.frames += 1;
    if (one.frames === CHUNK_FRAMES) flush(id, one);
  };

  const tick = (id: string, one: Running, framesElapsed: number): void => {
    if (one.paused) return;
    for (let n = Math.min(framesElapsed, MAX_SKIPPED_FRAMES); n > 0; n -= 1) writeFrame(id, one);
    if (one.unwritten > MAX_UNWRITTEN_CHUNKS) end(id, "failed");
  };

  /** What was placed ahead of the reading position has been heard: it belongs to the recording. */
  const drain = (id: string, one: Running): void => {
    if (!one.paused) for (let placed = 0; placed < PLACE_AHEAD_SAMPLES; placed += FRAME_SAMPLES) writeFrame(id, one);
    flush(id, one);
  };

  const end = (id: string, why: "completed" | "failed"): void => {
    const one = running.get(id);
    if (one === undefined) return;
    drain(id, one);
    one.stopTicking();
    running.delete(id);
    completing.set(id, why);
    post({ do: "complete", id });
  };

  return {
    begin: (id) => {
      if (running.size >= MAX_RECORDINGS) return false;
      const one: Running = { channels: { left: new ChannelTimeline(), right: new ChannelTimeline() }, stopTicking: () => {}, chunk: new Uint8Array(CHUNK_FRAMES * FRAME_BYTES), frames: 0, unwritten: 0, paused: false };
      running.set(id, one);
      one.stopTicking = clock.add((_, framesElapsed) => tick(id, one, framesElapsed));
      post({ do: "open", id });
      return true;
    },
    channels: (id) => running.get(id)?.channels ?? null,
    pause: (id) => {
      const one = running.get(id);
      if (one === undefined) return false;
      if (one.paused) return true;
      drain(id, one);
      one.paused = true;
      return true;
    },
    resume: (id) => {
      const one = running.get(id);
      if (one === undefined) return false;
      if (!one.paused) return true;
      one.channels.left.reset();
      one.channels.right.reset();
      one.paused = false;
      return true;
    },
    end: (id) => end(id, "completed"),
    knows: (id) => running.has(id) || completing.has(id) || remembered.has(id),
    list: () => [...running].map(([id, one]) => ({ id, state: one.paused ? "paused" as const : "recording" as const })),
    repair: () => new Promise((resolve) => {
      onRepaired = (repaired) => {
        onRepaired = null;
        resolve(repaired);
      };
      post({ do: "repair" });
    }),
    close: async () => {
      for (const id of [...running.keys()]) end(id, "completed");
      if (completing.size > 0) await new Promise<void>((resolve) => { onIdle = resolve; });
      const last = worker;
      worker = null;
      if (last === null) return;
      await new Promise<void>((resolve) => {
        last.once("exit", () => resolve());
        last.postMessage({ do: "exit" } satisfies ToWorker);
      });
    },
  };
}
