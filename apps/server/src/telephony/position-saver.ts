import { addMs } from "@ringdesk/std";
import type { Logger } from "pino";
import type { Clock } from "../kernel/index.ts";
import type { EventPosition, PositionStore } from "./telephony.ports.ts";

/** The position is written at most this often; what is lost with it is delivered again. */
export const POSITION_INTERVAL_MS = 1_000;

export type PositionSaver = {
  readonly changed: (position: EventPosition) => void;
  /** Writes a last time, if there is something to write. */
  readonly close: () => Promise<void>;
};

/** Writes the latest position, one write at a time and not too often. A store that is away is asked again later. */
export function createPositionSaver({ clock, log, positions }: { clock: Clock; log: Logger; positions: PositionStore }): PositionSaver {
  let latest: EventPosition | null = null;
  let stopTimer: (() => void) | null = null;
  let closed = false;
  let writing: Promise<void> = Promise.resolve();
  const schedule = (): void => {
    if (!closed) stopTimer ??= clock.at(addMs(clock.now(), POSITION_INTERVAL_MS), write);
  };
  const writeOnce = async (): Promise<void> => {
    const position = latest;
    latest = null;
    if (position === null) return;
    const saved = await positions.save(position);
    if (saved.ok) return;
    log.info({ detail: saved.error.detail }, "the position in the events of the switch is written later");
    latest ??= position;
    schedule();
  };
  const write = (): void => {
    stopTimer = null;
    writing = writing.then(writeOnce);
  };
  return {
    changed: (position) => {
      latest = position;
      schedule();
    },
    close: async () => {
      closed = true;
      stopTimer?.();
      write();
      await writing;
    },
  };
}
