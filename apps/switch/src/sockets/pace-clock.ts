/** Length of one frame of audio. */
export const FRAME_MS = 20;
/** Tasks are spread over this many phases of a frame: while one runs, packets that arrive wait for it. */
const PHASES = 10;
/** A phase has room for so many tasks before another is used, so that few tasks do not wake the loop often. */
const ROOM_OF_A_PHASE = 20;
const PHASE_MS = FRAME_MS / PHASES;
/** A clock that is so late takes it that the loop was busy. */
const LATE_MS = 5;
/** After a stall up to this many frames are made up for at once; older ones are skipped, and tasks are told how many. */
const MAX_CATCH_UP_FRAMES = 10;

/** Called once per frame. `framesElapsed` is 1, or more when frames before this one were skipped. */
export type PacedTask = (nowMs: number, framesElapsed: number) => void;

export interface PaceClock {
  /** Runs `task` every 20 ms until the returned function is called. */
  readonly add: (task: PacedTask) => () => void;
  /** Monotonic milliseconds, the same that tasks are given. */
  readonly nowMs: () => number;
  readonly close: () => void;
}

export type PaceClockOptions = {
  readonly nowMs?: () => number;
  /** Calls `run` once after `delayMs`; returns how to cancel. */
  readonly schedule?: (delayMs: number, run: () => void) => () => void;
  /** Calls `run` when the sockets have been read. */
  readonly afterReading?: (run: () => void) => void;
  /** A task threw: a bug in that task, and no reason to stop the others. */
  readonly onBug: (bug: unknown) => void;
};

type Phase = { readonly tasks: Set<PacedTask>; skippedFrames: number };

function setTimer(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

/**
 * The one clock of all paced work: players, silence, recorders. It counts frames from its start instead of adding up delays,
 * so that it never drifts, and sleeps while it has no task.
 */
export function createPaceClock(options: PaceClockOptions): PaceClock {
  const nowMs = options.nowMs ?? (() => performance.now());
  const schedule = options.schedule ?? setTimer;
  const afterReading = options.afterReading ?? setImmediate;
  const phases: Phase[] = Array.from({ length: PHASES }, () => ({ tasks: new Set<PacedTask>(), skippedFrames: 0 }));
  const startedAt = nowMs();
  let step = 0;
  let cancel: (() => void) | null = null;
  let closed = false;

  const taskCount = (): number => phases.reduce((sum, phase) => sum + phase.tasks.size, 0);
  const stepsDue = (): number => Math.floor((nowMs() - startedAt) / PHASE_MS);

  const arm = (): void => {
    if (closed || cancel !== null || taskCount() === 0) return;
    while (phases[step % PHASES]?.tasks.size === 0) step += 1;
    cancel = schedule(Math.max(0, startedAt + step * PHASE_MS - nowMs()), onTime);
  };

  const onTime = (): void => {
    // After a stall packets wait in the sockets, which jitter buffers would take for lost: they are read first.
    if (nowMs() - (startedAt + step * PHASE_MS) >= LATE_MS) afterReading(wake);
    else wake();
  };

  const wake = (): void => {
    if (closed) return;
    cancel = null;
    const due = stepsDue();
    const framesBehind = Math.floor((due - step) / PHASES);
    if (framesBehind > MAX_CATCH_UP_FRAMES) {
      step += framesBehind * PHASES;
      for (const phase of phases) phase.skippedFrames += framesBehind;
    }
    for (; step <= due; step += 1) run(phases[step % PHASES]!);
    arm();
  };

  const run = (phase: Phase): void => {
    const framesElapsed = 1 + phase.skippedFrames;
    phase.skippedFrames = 0;
    const now = nowMs();
    for (const task of phase.tasks) {
      try {
        task(now, framesElapsed);
      } catch (bug) {
        options.onBug(bug);
      }
    }
  };

  return {
    nowMs,
    add: (task) => {
      if (taskCount() === 0) {
        // The clock slept: nobody waited for the frames in between.
        step = stepsDue() + 1;
        for (const phase of phases) phase.skippedFrames = 0;
      }
      const phase = phases.find((one) => one.tasks.size < ROOM_OF_A_PHASE) ?? phases.reduce((least, one) => (one.tasks.size < least.tasks.size ? one : least));
      phase.tasks.add(task);
      arm();
      return () => phase.tasks.delete(task);
    },
    close: () => {
      closed = true;
      cancel?.();
      cancel = null;
    },
  };
}
