import { addMs, type Millis } from "@ringdesk/std";
import type { Logger } from "pino";
import type { Clock } from "../kernel/index.ts";
import type { EventPosition, PositionStore } from "./telephony.ports.ts";

/**
 * The position is written at most this often; what is persisted meanwhile is acknowledged together. A server that dies in
 * between is told the events of this time again, and knows them by their numbers.
 */
const POSITION_INTERVAL_MS = 1_000;
/** Pause after a write that failed. Until it succeeds the switch keeps its events. */
const POSITION_RETRY_MS = 1_000;

export type PositionSaver = {
  readonly changed: (position: EventPosition) => void;
  /** What a server that is started now would know; null when that is nothing. */
  readonly stored: () => EventPosition | null;
  readonly load: () => Promise<EventPosition | null>;
  /** Writes a last time, if there is something to write. */
  readonly close: () => Promise<void>;
};

export type PositionSaverOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly positions: PositionStore;
  /** A later position is stored. */
  readonly onStored: () => void;
};

/** Writes the latest position, one write at a time and not too often. A store that is away is asked again later. */
export function createPositionSaver({ clock, log, positions, onStored }: PositionSaverOptions): PositionSaver {
  let latest: EventPosition | null = null;
  let stored: EventPosition | null = null;
  let notBefore = 0 as Millis;
  let stopTimer: (() => void) | null = null;
  let isWriting = false;
  let closed = false;
  let writing: Promise<void> = Promise.resolve();
  const schedule = (): void => {
    if (!closed && !isWriting && latest !== null) stopTimer ??= clock.at(notBefore, write);
  };
  const writeOnce = async (): Promise<void> => {
    const position = latest;
    latest = null;
    if (position === null) return;
    isWriting = true;
    const saved = await positions.save(position);
    isWriting = false;
    notBefore = addMs(clock.now(), saved.ok ? POSITION_INTERVAL_MS : POSITION_RETRY_MS);
    if (saved.ok) {
      stored = position;
      onStored();
    } else {
      log.info({ detail: saved.error.detail }, "the position in the events of the switch is written later");
      latest ??= position;
    }
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
    stored: () => stored,
    load: async () => {
      const known = await positions.load();
      if (known.ok) stored = known.value;
      return stored;
    },
    close: async () => {
      closed = true;
      stopTimer?.();
      write();
      await writing;
    },
  };
}
