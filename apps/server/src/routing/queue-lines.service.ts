// The lines of all queues as they are now. A line is worked out anew only when something in it has changed, and changes that
// come close together go out together.
import { addMs, type CallId, type QueueId, type UserId } from "@ringdesk/std";
import type { AgentStatus, QueueLine } from "@ringdesk/contract/http";
import type { WaitingCall } from "../calls/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Board } from "./board.rules.ts";
import { NOBODY, queueLine, type Headcount } from "./queue-line.rules.ts";
import type { Queues, QueuesPublisher } from "./routing.ports.ts";

/** Changes of queues within this time go out together; a line with all that wait in it is long, and many may watch. */
const TOGETHER_MS = 150;
/** Every desktop is told how many wait, at most this often. */
const COUNT_EVERY_MS = 1_000;

/** The calls that wait, by queue. */
export type WaitingRoom = {
  readonly get: (call: CallId) => WaitingCall | undefined;
  readonly of: (queue: QueueId) => Iterable<WaitingCall>;
  readonly size: () => number;
  readonly put: (call: WaitingCall) => void;
  readonly remove: (call: CallId) => void;
};

export function createWaitingRoom(): WaitingRoom {
  const calls = new Map<CallId, WaitingCall>();
  const byQueue = new Map<QueueId, Map<CallId, WaitingCall>>();
  const remove = (call: CallId): void => {
    const known = calls.get(call);
    if (known === undefined) return;
    calls.delete(call);
    const queue = byQueue.get(known.queueId);
    queue?.delete(call);
    if (queue?.size === 0) byQueue.delete(known.queueId);
  };
  return {
    get: (call) => calls.get(call),
    of: (queue) => byQueue.get(queue)?.values() ?? [],
    size: () => calls.size,
    remove,
    put: (call) => {
      if (calls.get(call.callId)?.queueId !== call.queueId) remove(call.callId);
      calls.set(call.callId, call);
      const queue = byQueue.get(call.queueId);
      if (queue === undefined) byQueue.set(call.queueId, new Map([[call.callId, call]]));
      else queue.set(call.callId, call);
    },
  };
}

/** How many agents of each queue have which status, counted as they change. */
export function createHeadcounts() {
  const counts = new Map<QueueId, Headcount>();
  const known = new Map<UserId, { readonly status: AgentStatus; readonly queues: readonly QueueId[] }>();
  const add = (queue: QueueId, status: AgentStatus, by: 1 | -1): void => {
    const count = counts.get(queue) ?? NOBODY;
    counts.set(queue, { ...count, [status]: count[status] + by });
  };
  return {
    of: (queue: QueueId): Headcount => counts.get(queue) ?? NOBODY,
    /** The value is the queues whose count may have changed. */
    set: (user: UserId, status: AgentStatus, queues: readonly QueueId[]): readonly QueueId[] => {
      const before = known.get(user);
      if (before?.status === status && before.queues === queues) return [];
      for (const queue of before?.queues ?? []) add(queue, before?.status ?? status, -1);
      for (const queue of queues) add(queue, status, 1);
      known.set(user, { status, queues });
      return [...(before?.queues ?? []), ...queues];
    },
  };
}

export type QueueLinesDeps = {
  readonly queues: Pick<Queues, "all" | "skill">;
  readonly waiting: WaitingRoom;
  readonly headcount: (queue: QueueId) => Headcount;
  readonly board: () => Board;
  readonly nameOf: (user: UserId) => string;
  readonly publish: QueuesPublisher;
  readonly clock: Clock;
};

export function createQueueLines(deps: QueueLinesDeps) {
  const known = new Map<QueueId, QueueLine>();
  /** Whose line has changed since it was last told. */
  const changed = new Set<QueueId>();
  let isWhole = true;
  const waits = createWaitingCount(deps);
  let disarm: (() => void) | null = null;

  const all = (): readonly QueueLine[] => deps.queues.all().map((queue) => {
    const line = known.get(queue.id) ?? queueLine(queue, deps.waiting.of(queue.id), deps.headcount(queue.id), deps.board(), deps.nameOf, (id) => deps.queues.skill(id)?.name ?? null);
    known.set(queue.id, line);
    return line;
  });
  const flush = (): void => {
    disarm = null;
    const whole = isWhole;
    const lines = whole ? all() : all().filter(({ id }) => changed.has(id));
    isWhole = false;
    changed.clear();
    if (deps.publish.isWatched() && (whole || lines.length > 0)) deps.publish.lines(lines, whole);
  };
  const schedule = (): void => {
    waits.look();
    // Whoever begins to watch is told everything: what nobody watches need not be told later.
    if (deps.publish.isWatched()) disarm ??= deps.clock.at(addMs(deps.clock.now(), TOGETHER_MS), flush);
  };
  return {
    all,
    touch: (queue: QueueId | null): void => {
      if (queue === null) return;
      known.delete(queue);
      changed.add(queue);
      schedule();
    },
    touchAll: (): void => {
      known.clear();
      isWhole = true;
      schedule();
    },
    stop: (): void => {
      disarm?.();
      waits.stop();
    },
  };
}

/** How many calls wait, told when it has changed: at once, and not again for a while. */
function createWaitingCount({ waiting, publish, clock }: QueueLinesDeps) {
  let told = 0;
  let disarm: (() => void) | null = null;
  const look = (): void => {
    if (disarm !== null || waiting.size() === told) return;
    told = waiting.size();
    publish.waiting(told);
    disarm = clock.at(addMs(clock.now(), COUNT_EVERY_MS), () => {
      disarm = null;
      look();
    });
  };
  return { look, stop: (): void => disarm?.() };
}
