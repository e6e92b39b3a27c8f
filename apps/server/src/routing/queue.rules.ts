// Where calls wait, and how a queue looks in the live view.
import type { Millis, QueueId, UserId } from "@ringdesk/std";
import type { AgentStatus, QueueLine } from "@ringdesk/contract/http";
import { plainPlan, type QueuePlan, type WaitingCall } from "../calls/index.ts";
import type { Queue, Queues } from "./routing.ports.ts";
import { compareCalls, type RouterState } from "./router.state.rules.ts";

/** QUE-4. */
export const DEFAULT_UNANSWERED_TIMEOUT_MS = 120_000;
const NO_QUEUE = { queueId: "no-queue" as QueueId, queueName: "No queue" };

/** RTE-5, RTE-6: a number without a queue, or with one that is gone, leads to the default queue; from any other it is the way on. */
export function planFor(queues: Queues, id: QueueId | null): QueuePlan {
  const standard = queues.standard();
  const queue = (id === null ? null : queues.byId(id)) ?? standard;
  const timeoutMs = queues.settings().unansweredTimeoutMs as Millis;
  const fallback = standard === null || standard.id === queue?.id ? null : placeOf(standard);
  return { ...plainPlan, ...(queue === null ? NO_QUEUE : placeOf(queue)), timeoutMs, fallback };
}

const placeOf = (queue: Queue) => ({ queueId: queue.id, queueName: queue.displayName });

/** RTE-10: one queue with its waiting calls, first in line first, and how many of its agents have which status. */
export function queueLine(queue: Queue, calls: Iterable<WaitingCall>, agents: readonly AgentStatus[], router: RouterState, nameOf: (user: UserId) => string): QueueLine {
  const waiting = [...calls].sort((a, b) => {
    const [x, y] = [router.calls.get(a.callId), router.calls.get(b.callId)];
    return x !== undefined && y !== undefined ? compareCalls(x, y) : a.enteredAt - b.enteredAt;
  });
  const count = (status: AgentStatus): number => agents.filter((s) => s === status).length;
  return {
    id: queue.id, name: queue.displayName, isDefault: queue.isDefault, voiceEnabled: queue.voiceEnabled,
    waiting: waiting.map((c) => ({ callId: c.callId, from: c.from, customerName: c.customerName, enteredAt: c.enteredAt, offeredTo: offeredTo(c, router, nameOf) })),
    agents: { available: count("available"), busy: count("busy"), unavailable: count("unavailable") },
  };
}

function offeredTo(call: WaitingCall, router: RouterState, nameOf: (user: UserId) => string): string | null {
  const hold = router.calls.get(call.callId)?.hold;
  const agent = hold?.kind === "offered" ? router.offers.get(hold.offer)?.agent : undefined;
  return agent === undefined ? null : nameOf(agent);
}
