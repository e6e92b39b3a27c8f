import type { MediaLog } from "../../media-plane.types.ts";
import type { PaceClock } from "../../sockets/pace-clock.ts";
import type { FromWorker } from "./recorder.messages.ts";
import type { RepairedRecording } from "./recording-files.ts";
import { RecordingTrack } from "./recording-track.ts";
import { createWriterThread } from "./writer-thread.ts";

/** A writer that is this far behind (one minute of one recording) has lost its disk. */
const MAX_UNWRITTEN_CHUNKS = 300;
/**
 * So many chunks of all recordings (192 MB, the last twelve seconds of 1,000) wait for a disk that stands still; then recordings
 * end. The thread writes them in turn, so that all wait alike, except those with at most a second: they have just begun, or are
 * paused, and hold nearly nothing. None begins while so many wait.
 */
export const MAX_WAITING_CHUNKS = 60_000;
const SPARED_CHUNKS = 5;
/** Ids of ended recordings that are remembered, so that a repeated start is recognised. */
const MAX_REMEMBERED = 4_096;
/** That run, or whose last bytes wait for the disk. */
const MAX_RECORDINGS = 1_000;

type StopReason = "completed" | "failed";

export type RecorderEvents = {
  readonly onStarted: (id: string) => void;
  /** Exactly once for every recording that was begun. */
  readonly onStopped: (id: string, why: StopReason, durationMs: number) => void;
};

export interface Recorder {
  /** Begins a recording. False when there are too many, or the disk stands still. `onOver` is called once when its track records no more. */
  readonly begin: (id: string, onOver: () => void) => boolean;
  /** A running recording: its channels, pause and resume. */
  readonly track: (id: string) => RecordingTrack | null;
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

type Running = { readonly track: RecordingTrack; readonly onOver: () => void; stopTicking: () => void; unwritten: number };

/** Every recording that is not over: those that run, and those whose last bytes are on their way to the disk. */
type Book = {
  readonly running: Map<string, Running>;
  readonly completing: Map<string, StopReason>;
  readonly remembered: Set<string>;
  /** The one place where a recording is over; later messages about it find nothing. */
  readonly stopped: (id: string, why: StopReason, durationMs: number) => void;
  onIdle: () => void;
};

/** Records what legs say, paced by the clock and written by a thread of its own: a slow or full disk never touches a call. */
export function createRecorder(options: RecorderOptions, openWriter: typeof createWriterThread = createWriterThread): Recorder {
  const { clock, events, log } = options;
  const book = createBook(events);
  let onRepaired: ((repaired: readonly RepairedRecording[]) => void) | null = null;

  const repair = (): Promise<readonly RepairedRecording[]> => new Promise((resolve) => {
    onRepaired = (repaired) => {
      onRepaired = null;
      resolve(repaired);
    };
    writer.post({ do: "repair" });
  });

  const writer = openWriter({
    mediaFolder: options.mediaFolder, log,
    onMessage: (message) => {
      if (message.type === "repaired") {
        for (const recording of message.failed) log.warn({ recording }, "a recording that a crash left open cannot be repaired");
        onRepaired?.(message.repaired);
      } else heard(book, events, log, message);
    },
    onDeath: () => {
      // All open files are lost to us: a new thread repairs them, and tells what is left of each.
      const lost = [...book.running.keys(), ...book.completing.keys()];
      for (const one of book.running.values()) one.stopTicking();
      if (lost.length === 0) return onRepaired?.([]);
      void repair().then((repaired) => {
        const durations = new Map(repaired.map(({ recording, durationMs }) => [recording, durationMs]));
        for (const id of lost) book.stopped(id, "failed", durations.get(id) ?? 0);
      });
    },
  });

  const end = (id: string, why: StopReason): void => {
    const one = book.running.get(id);
    if (one === undefined) return;
    one.stopTicking();
    one.track.drain();
    one.onOver();
    book.running.delete(id);
    book.completing.set(id, why);
    writer.post({ do: "complete", id });
  };

  const begin = (id: string, onOver: () => void): boolean => {
    if (book.running.size + book.completing.size >= MAX_RECORDINGS || writer.waiting() > MAX_WAITING_CHUNKS) return false;
    const track = new RecordingTrack({
      take: () => writer.take(),
      onChunk: (chunk, length) => { if (writer.append(id, chunk, length)) one.unwritten += 1; },
    });
    const one: Running = { track, onOver, stopTicking: () => {}, unwritten: 0 };
    book.running.set(id, one);
    writer.post({ do: "open", id });
    one.stopTicking = clock.add((nowMs, framesElapsed) => {
      track.tick(nowMs, framesElapsed);
      if (one.unwritten > (writer.waiting() > MAX_WAITING_CHUNKS ? SPARED_CHUNKS : MAX_UNWRITTEN_CHUNKS)) end(id, "failed");
    });
    return true;
  };

  return {
    begin, repair,
    track: (id) => book.running.get(id)?.track ?? null,
    end: (id) => end(id, "completed"),
    knows: (id) => book.running.has(id) || book.completing.has(id) || book.remembered.has(id),
    list: () => [...book.running].map(([id, { track }]) => ({ id, state: track.paused ? "paused" : "recording" })),
    close: async () => {
      const ids = [...book.running.keys()];
      for (const id of ids) end(id, "completed");
      if (book.completing.size > 0) await new Promise<void>((resolve) => { book.onIdle = resolve; });
      await writer.close();
    },
  };
}

function createBook(events: RecorderEvents): Book {
  const book: Book = {
    running: new Map(), completing: new Map(), remembered: new Set(), onIdle: () => {},
    stopped: (id, why, durationMs) => {
      const one = book.running.get(id);
      one?.stopTicking();
      one?.track.discard();
      one?.onOver();
      if (!book.running.delete(id) && !book.completing.delete(id)) return;
      book.remembered.add(id);
      for (const oldest of book.remembered) {
        if (book.remembered.size <= MAX_REMEMBERED) break;
        book.remembered.delete(oldest);
      }
      events.onStopped(id, why, durationMs);
      if (book.running.size + book.completing.size === 0) book.onIdle();
    },
  };
  return book;
}

function heard(book: Book, events: RecorderEvents, log: MediaLog, message: Exclude<FromWorker, { type: "repaired" }>): void {
  switch (message.type) {
    case "opened": {
      if (book.running.has(message.id)) events.onStarted(message.id);
      return;
    }
    case "written": {
      for (const { id } of message.chunks) {
        const one = book.running.get(id);
        if (one !== undefined) one.unwritten -= 1;
      }
      return;
    }
    case "completed": return book.stopped(message.id, book.completing.get(message.id) ?? "completed", message.durationMs);
    case "failed": {
      log.warn({ recording: message.id, detail: message.detail }, "a recording stopped: the disk refused");
      book.stopped(message.id, "failed", message.durationMs);
    }
  }
}
