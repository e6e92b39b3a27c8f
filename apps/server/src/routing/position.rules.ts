// Where a call stands in its line. Pure. QUE-6.
import type { CallId, QueueId } from "@ringdesk/std";
import type { Board } from "./board.rules.ts";
import { rankIn } from "./lane.rules.ts";

/** `position` 1 is first in line or ringing at an agent already. Null when the call does not wait. */
export function placeOf(board: Board, call: CallId): { readonly queue: QueueId; readonly position: number } | null {
  const item = board.items.get(call);
  const lane = item === undefined ? undefined : board.lanes.get(item.lane);
  if (item === undefined || lane === undefined) return null;
  return { queue: item.queue, position: item.hold.kind === "waiting" ? rankIn(lane, item) + lane.held + 1 : 1 };
}
