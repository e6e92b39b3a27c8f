// Keeps recordings: moves finished ones where they belong, and deletes them when their time has come or their customer was erased.
import { addMs, type Millis } from "@ringdesk/std";
import type { Logger } from "pino";
import { inTime, type Clock } from "../kernel/index.ts";
import { reach } from "../platform/index.ts";
import type { Away } from "./recording-move.ts";
import type { RecordingKeeper } from "./recordings.ports.ts";
import { createTending, type TendingDeps } from "./tending.ts";

/** The first wait after something has failed, doubled each time up to the last. */
const RETRY_MS = { first: 5_000, last: 300_000 } as const;
/** So long a stop waits for what is just being moved; an upload that is cut short is made again at the next start. */
const STOP_LIMIT_MS = 2_000;
/** A disk that fails ends every recording there is: admins are told once in this time. */
const WARN_AGAIN_MS = 600_000;

export type KeeperDeps = TendingDeps & {
  readonly clock: Clock; readonly log: Logger;
  /** Tells admins in words. */
  readonly warn: (words: string) => void;
};

/** One at a time, in the background, and never in the way of a call. What fails is tried again until it is done. */
export function createRecordingKeeper(deps: KeeperDeps): RecordingKeeper {
  const { clock, log } = deps;
  const tend = createTending(deps);
  let stopped = true;
  let running: Promise<void> | null = null;
  let again = false;
  let failures = 0;
  let waitsForEnds = true;
  let trouble: string | null = null;
  let warnedAt: Millis | null = null;
  let disarm = (): void => {};

  const arm = (at: Millis): void => {
    disarm();
    disarm = clock.at(at, wake);
  };

  const run = async (): Promise<void> => {
    do {
      again = false;
      const tended = await reach(() => tend(() => stopped)).catch((error: unknown) => {
        log.error({ err: error }, "recordings could not be tended; trying again");
        return { ok: true, value: { fault: { type: "away", detail: "Something unexpected failed; the log says what.", forAll: true } satisfies Away, next: null, waitsForEnds: true } } as const;
      });
      const fault = tended.ok ? tended.value.fault : null;
      if (fault !== null && trouble === null) deps.warn(`Recordings wait to be kept, and stay on this machine for now. ${fault.detail}`);
      if (fault !== null) log.warn({ detail: fault.detail }, "recordings cannot be kept as they should; trying again");
      trouble = fault === null ? null : fault.detail;
      waitsForEnds = !tended.ok || tended.value.waitsForEnds;
      failures = tended.ok && fault === null ? 0 : failures + 1;
      if (stopped) return;
      if (failures > 0) arm(addMs(clock.now(), Math.min(RETRY_MS.first * 2 ** (failures - 1), RETRY_MS.last)));
      else if (tended.ok && tended.value.next !== null) arm(tended.value.next);
    } while (again && failures === 0);
  };
  const wake = (): void => {
    if (stopped) return;
    if (running !== null) { again = true; return; }
    running = run().finally(() => { running = null; });
  };

  return {
    start: () => {
      stopped = false;
      wake();
    },
    stop: async () => {
      stopped = true;
      disarm();
      if (running !== null) await inTime(clock, running, STOP_LIMIT_MS);
    },
    // While something fails, the next try is the timer's: a busy hour would else ask a dead store at every hang-up.
    wake: () => { if (failures === 0) wake(); },
    ended: (isRemoved) => { if (failures === 0 && (isRemoved || waitsForEnds)) wake(); },
    failed: () => {
      if (warnedAt !== null && clock.now() < addMs(warnedAt, WARN_AGAIN_MS)) return;
      warnedAt = clock.now();
      deps.warn("The disk is full or fails: a recording has ended early. Calls go on, and are not recorded while it lasts.");
    },
    trouble: () => trouble,
  };
}
