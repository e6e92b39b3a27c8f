// What it takes to undo the last change of many of each user. In memory: after a restart nothing can be undone.
import type { ConversationId, Millis, UserId } from "@ringdesk/std";
import { BULK_UNDO_MS } from "@ringdesk/contract/http";
import type { ConversationBefore } from "../conversations/index.ts";
import { newId, type Clock } from "../kernel/index.ts";
import type { UndoTicket } from "./searches.ports.ts";

/** Users whose last change is remembered; of more, the latest. Each has at most as many conversations as can be changed at once. */
const MAX_REMEMBERED = 50;

/** A conversation that was changed: its version since, and how it was before. */
export type Changed = { readonly id: ConversationId; readonly version: number; readonly before: ConversationBefore };
type Remembered = UndoTicket & { readonly changed: readonly Changed[] };

export type UndoMemory = {
  /** Null when there is nothing to undo. The change before can no longer be undone. */
  readonly keep: (user: UserId, changed: readonly Changed[]) => UndoTicket | null;
  /** Takes it out, once. Null: there is no such change, or its time is over. */
  readonly take: (user: UserId, id: string) => readonly Changed[] | null;
};

export function createUndoMemory(clock: Pick<Clock, "now">): UndoMemory {
  const remembered = new Map<UserId, Remembered>();
  const forgetOld = (): void => {
    for (const [user, { until }] of remembered) if (until <= clock.now()) remembered.delete(user);
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  };
  return {
    keep: (user, changed) => {
      remembered.delete(user); // to the end of the map: the oldest go first
      if (changed.length === 0) return null;
      const ticket = { id: newId(), until: (clock.now() + BULK_UNDO_MS) as Millis };
      remembered.set(user, { ...ticket, changed });
      forgetOld();
      return ticket;
    },
    take: (user, id) => {
      forgetOld();
      const last = remembered.get(user);
      if (last?.id !== id) return null;
      remembered.delete(user);
      return last.changed;
    },
  };
}
