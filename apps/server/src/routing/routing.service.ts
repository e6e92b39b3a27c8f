// Routing as the rest of the house uses it: the router, statuses that follow calls, desks, and the live view of queues.
import { addMs, err, ok, type CallId, type QueueId, type Result, type UserId } from "@ringdesk/std";
import type { Desk, QueueLine } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import type { CallChange, Calls, DialError, LeftCall, WaitingCall } from "../calls/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Directory } from "../organisation/index.ts";
import type { Agents } from "../teams/index.ts";
import { composeDesk, dialerFor } from "./desk.rules.ts";
import { queueLine } from "./queue.rules.ts";
import { createRouter } from "./router.service.ts";
import type { RouterState } from "./router.state.rules.ts";
import type { DeskPublisher, Queues, Routing, StatusError, VoiceCapacity } from "./routing.ports.ts";

/** Changes of queues within this time go out together. */
const QUEUES_TOGETHER_MS = 100;

export type RoutingDeps = {
  readonly calls: Calls;
  readonly agents: Agents;
  readonly queues: Queues;
  readonly directory: Pick<Directory, "user" | "users">;
  /** CAP-1; null: nobody counts. */
  readonly capacity: VoiceCapacity | null;
  readonly publish: DeskPublisher;
  readonly clock: Clock;
  readonly log: Logger;
};

export type RoutingService = Routing & {
  /** Takes up what waits and who is there, after calls and agents have started. */
  readonly start: () => void;
  readonly stop: () => void;
  /** Whether this agent may place a call now: part of what calls need. */
  readonly mayDial: (user: UserId) => Result<void, DialError>;
  /** Queues, teams or users have changed: looks at everybody and every line anew. */
  readonly refreshAll: () => void;
};

export function createRouting(deps: RoutingDeps): RoutingService {
  const { calls, agents, clock } = deps;
  const waiting = new Map<CallId, WaitingCall>();
  const lastCalls = new Map<UserId, LeftCall>();
  const lines = createLines(deps, () => router.state(), () => waiting.values());
  const desks = createDesks((user) => deskOf(user), deps.publish);
  const router = createRouter({
    calls, agents, clock, capacity: deps.capacity, log: deps.log, nameOf: (user) => nameOf(deps, user),
    touched: desks.touch, callTouched: (call) => { lines.touch(waiting.get(call)?.queueId ?? null); },
  });

  const deskOf = (user: UserId): Desk => {
    const offer = router.offerFor(user);
    const call = offer === null ? undefined : waiting.get(offer.call);
    return composeDesk({ ...standing(deps, user), lastCall: lastCalls.get(user) ?? null, offer: offer === null || call === undefined ? null : { offer, call } });
  };
  const onAgent = (user: UserId): void => {
    if (agents.status(user).value === "available") lastCalls.delete(user);
    router.refresh(user);
    desks.touch(user);
    for (const queue of agents.voiceQueues(user)) lines.touch(queue);
  };
  const onCall = (change: CallChange): void => {
    switch (change.type) {
      case "waiting":
        waiting.set(change.call.callId, change.call);
        lines.touch(change.call.queueId);
        retouch(router.state(), change.call.callId, desks.touch); // the name of a caller is known a moment later than it rings
        break;
      case "not-waiting":
        waiting.delete(change.callId);
        lines.touch(change.queueId);
        break;
      case "started":
        agents.setStatus(change.userId, "busy", change.direction === "inbound" ? "offer-accepted" : "call-started");
        onAgent(change.userId);
        break;
      case "left":
        lastCalls.set(change.userId, change.call);
        agents.callEnded(change.userId);
        onAgent(change.userId);
        break;
      case "changed": desks.touch(change.userId); break;
      case "ended":
    }
    router.onCallChange(change);
  };
  const refreshAll = (): void => {
    for (const user of deps.directory.users()) onAgent(user.id);
    lines.touchAll();
  };

  let stops: readonly (() => void)[] = [];
  return {
    start: () => {
      stops = [calls.onChanged(onCall), agents.onChanged(onAgent), ...(deps.capacity === null ? [] : [deps.capacity.onChanged(onAgent)])];
      for (const call of calls.waiting()) onCall({ type: "waiting", call });
      keepBusy(deps);
      refreshAll();
    },
    stop: () => { for (const stop of [...stops, router.stop, lines.stop]) stop(); },
    refreshAll, deskOf,
    accept: router.accept, decline: router.decline,
    queueLines: lines.all,
    setStatus: (user, status): Result<Desk, StatusError> => {
      if (calls.callOf(user) !== null && status !== "busy") return err({ type: "status-denied", why: "You are in a call and stay busy until it ends." });
      agents.setStatus(user, status, "chosen");
      return ok(deskOf(user));
    },
    mayDial: (user) => mayDial(deps, user, router.isTaken(user)),
  };
}

/** A crash between a call's fact and its agent's status must not leave somebody in a call available (STAT-3). */
function keepBusy({ directory, calls, agents }: RoutingDeps): void {
  for (const { id } of directory.users()) if (calls.callOf(id) !== null) agents.setStatus(id, "busy", "restarted");
}

/** What a desk shows besides routing's own. */
const standing = ({ agents, calls, capacity }: RoutingDeps, user: UserId) =>
  ({ status: agents.status(user), dialer: agents.dialer(user), call: calls.callOf(user), isFull: capacity?.isFull(user) ?? false, openConversation: capacity?.openOf(user) ?? null });

function retouch(state: RouterState, call: CallId, touch: (user: UserId) => void): void {
  const hold = state.calls.get(call)?.hold;
  const offered = hold?.kind === "offered" ? state.offers.get(hold.offer)?.agent : undefined;
  if (offered !== undefined) touch(offered);
}

function mayDial({ agents }: RoutingDeps, user: UserId, isTaken: boolean): Result<void, DialError> {
  if (isTaken) return err({ type: "agent-occupied", why: "offer" });
  const dialer = dialerFor(agents.dialer(user), agents.status(user));
  return dialer.allowed ? ok(undefined) : err({ type: "dialer-denied", why: dialer.why });
}

const nameOf = (deps: RoutingDeps, user: UserId): string => deps.directory.user(user)?.name ?? "An agent";

/** Pushes a desk when something in it has changed, once for all changes of one turn of the event loop. */
function createDesks(deskOf: (user: UserId) => Desk, publish: DeskPublisher) {
  const last = new Map<UserId, string>();
  const dirty = new Set<UserId>();
  const flush = (): void => {
    const users = [...dirty];
    dirty.clear();
    for (const user of users) {
      const desk = deskOf(user);
      const text = JSON.stringify(desk);
      if (last.get(user) === text) continue;
      last.set(user, text);
      publish.desk(user, desk);
    }
  };
  const touch = (user: UserId): void => {
    if (dirty.size === 0) queueMicrotask(flush);
    dirty.add(user);
  };
  return { touch };
}

/** The live view: a queue's line is worked out again only when something in it has changed. */
function createLines(deps: RoutingDeps, router: () => RouterState, waiting: () => Iterable<WaitingCall>) {
  const known = new Map<QueueId, QueueLine>();
  let disarm: (() => void) | null = null;
  let published = "";

  const work = (queue: ReturnType<Queues["all"]>[number], calls: readonly WaitingCall[]): QueueLine => {
    const statuses = deps.agents.eligibleFor(queue.id).map((user) => deps.agents.status(user).value);
    return queueLine(queue, calls.filter((c) => c.queueId === queue.id), statuses, router(), (user) => nameOf(deps, user));
  };
  const all = (): readonly QueueLine[] => {
    const calls = [...waiting()];
    return deps.queues.all().map((queue) => {
      const line = known.get(queue.id) ?? work(queue, calls);
      known.set(queue.id, line);
      return line;
    });
  };
  const flush = (): void => {
    disarm = null;
    const lines = all();
    const text = JSON.stringify(lines);
    if (text === published) return;
    published = text;
    deps.publish.queues(lines);
  };
  const schedule = (): void => { disarm ??= deps.clock.at(addMs(deps.clock.now(), QUEUES_TOGETHER_MS), flush); };
  return {
    all,
    touch: (queue: QueueId | null): void => {
      if (queue === null) return;
      known.delete(queue);
      schedule();
    },
    touchAll: (): void => {
      known.clear();
      schedule();
    },
    stop: (): void => disarm?.(),
  };
}
