// Wakes snoozed conversations in time: one timer for the earliest, set anew after a restart.
import { addMs, type ConversationId, type Millis } from "@ringdesk/std";
import type { Logger } from "pino";
import type { Clock } from "../kernel/index.ts";
import { reach, type Database } from "../platform/index.ts";
import type { ConversationState } from "./conversation.machine.ts";
import { selectToWake } from "./conversation.pg.ts";

/** Conversations woken before the table is asked again. */
const WAKE_AT_ONCE = 100;
/** After this the database is asked again when it was away. */
const RETRY_MS = 5_000;

export type SnoozeAlarm = {
  readonly changed: (state: Pick<ConversationState, "snoozedUntil">) => void;
  /** Wakes what is overdue, and waits for the next. */
  readonly start: () => void;
  readonly stop: () => void;
};

export function createSnoozeAlarm(deps: { readonly db: Database; readonly clock: Clock; readonly log: Logger; readonly wake: (id: ConversationId) => Promise<unknown> }): SnoozeAlarm {
  const { clock } = deps;
  let armed: { readonly at: Millis; readonly off: () => void } | null = null;
  let stopped = true;
  let running = false;

  const arm = (at: Millis): void => {
    if (stopped || (armed !== null && armed.at <= at)) return;
    armed?.off();
    armed = { at, off: clock.at(at, () => { armed = null; void ring(); }) };
  };
  const ring = async (): Promise<void> => {
    if (running) return arm(addMs(clock.now(), RETRY_MS));
    running = true;
    const next = await wakeDue().catch((error: unknown) => {
      deps.log.error({ err: error }, "snoozed conversations could not be woken; trying again");
      return addMs(clock.now(), RETRY_MS);
    });
    running = false;
    if (next !== null) arm(next);
  };
  /** When to look again; null when nothing is snoozed. */
  const wakeDue = async (): Promise<Millis | null> => {
    const found = await reach(() => selectToWake(deps.db, clock.now(), WAKE_AT_ONCE));
    if (!found.ok) return addMs(clock.now(), RETRY_MS);
    for (const id of found.value.due) await deps.wake(id);
    return found.value.due.length === WAKE_AT_ONCE ? clock.now() : found.value.next;
  };
  return {
    changed: ({ snoozedUntil }) => { if (snoozedUntil !== null) arm(snoozedUntil); },
    start: () => {
      stopped = false;
      arm(clock.now());
    },
    stop: () => {
      stopped = true;
      armed?.off();
      armed = null;
    },
  };
}
