// Routing as the rest of the house uses it: the router, statuses that follow calls, desks, and the live view of queues.
import { err, ok, type CallId, type ConversationId, type Millis, type QueueId, type Result, type UserId } from "@ringdesk/std";
import type { DayCount, Desk } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import type { CallChange, Calls, DialError, LeftCall } from "../calls/index.ts";
import { capacityUse, type Load, type WaitingConversation } from "../conversations/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Directory } from "../organisation/index.ts";
import type { Agents } from "../teams/index.ts";
import type { Board } from "./board.rules.ts";
import { ANSWER_WITHIN_MS, createDayCounts, dayStart } from "./day-counts.ts";
import { composeDesk, dialerFor } from "./desk.rules.ts";
import { createLiveView } from "./live-view.service.ts";
import { placeOf } from "./position.rules.ts";
import { createHeadcounts, createQueueLines, createWaitingRoom } from "./queue-lines.service.ts";
import { createRouter } from "./router.service.ts";
import type { AgentPhones, AssignConversation, DeskPublisher, Queues, Routing, StatusError } from "./routing.ports.ts";
import { fullnessOf, seatPartsOf } from "./seat.rules.ts";
import { createHandOvers } from "./wait-estimate.rules.ts";
import { whyNotRouted } from "./why-not.rules.ts";

export type RoutingDeps = {
  readonly calls: Calls;
  readonly agents: Agents;
  readonly queues: Queues;
  readonly directory: Pick<Directory, "user" | "users" | "isActive">;
  readonly load: Load;
  readonly assign: AssignConversation;
  readonly phones: AgentPhones;
  readonly publish: DeskPublisher;
  /** What was counted of a day before this start (RTE-10), and the time zone in which days turn. */
  readonly countDay: (from: Millis, withinMs: number) => Promise<Result<readonly (DayCount & { readonly queueId: QueueId })[], unknown>>;
  readonly timeZone: () => string;
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
  /** Something of this agent's desk has changed that no other event tells. */
  readonly deskChanged: (user: UserId) => void;
  /** A conversation waits to be routed; again when its queue or priority has changed. */
  readonly conversationWaiting: (conversation: WaitingConversation) => void;
  readonly conversationGone: (id: ConversationId) => void;
};

export function createRouting(deps: RoutingDeps): RoutingService {
  const { calls, agents, clock } = deps;
  const waiting = createWaitingRoom();
  const lastCalls = new Map<UserId, LeftCall>();
  const heads = createHeadcounts();
  const days = createDayCounts(deps.timeZone);
  const handOvers = createHandOvers();
  const lines = createQueueLines({ queues: deps.queues, waiting, headcount: heads.of, board: () => router.board, nameOf: (user) => nameOf(deps, user), publish: deps.publish.queues, clock });
  const view = createLiveView({ agents, calls, queues: deps.queues, directory: deps.directory, board: () => router.board, lines: lines.all, days, handOvers, publish: deps.publish.liveView, clock });
  const desks = createDesks((user) => deskOf(user), deps.publish);
  const touchAgent = (user: UserId): void => {
    desks.touch(user);
    view.touchAgent(user);
  };
  const touchQueue = (queue: QueueId | null): void => {
    if (queue === null) return;
    lines.touch(queue);
    view.touchQueue(queue);
  };
  const router = createRouter({
    calls, agents, queues: deps.queues, load: deps.load, assign: deps.assign, phones: deps.phones, clock, log: deps.log, nameOf: (user) => nameOf(deps, user),
    rings: (offer) => {
      const call = waiting.get(offer.call);
      if (call !== undefined) deps.phones.ring(offer, { from: call.from, name: call.customerName, supportNumber: call.supportNumber });
    },
    touched: touchAgent, callTouched: (call) => { touchQueue(waiting.get(call)?.queueId ?? null); },
  });

  const deskOf = (user: UserId): Desk => {
    const offer = router.offerFor(user);
    const call = offer === null ? undefined : waiting.get(offer.call);
    return composeDesk({ ...standing(deps, user), lastCall: lastCalls.get(user) ?? null, offer: offer === null || call === undefined ? null : { offer, call } });
  };
  const onAgent = (user: UserId): void => {
    if (agents.status(user).value === "available") lastCalls.delete(user);
    router.refresh(user);
    touchAgent(user);
    for (const queue of heads.set(user, agents.status(user).value, agents.queues(user))) touchQueue(queue);
  };
  const onCall = (change: CallChange): void => {
    days.onCallChange(change, clock.now());
    switch (change.type) {
      case "waiting":
        waiting.put(change.call);
        touchQueue(change.call.queueId);
        retouch(router.board, change.call.callId, touchAgent); // the name of a caller is known a moment later than it rings
        break;
      case "not-waiting":
        waiting.remove(change.callId);
        touchQueue(change.queueId);
        break;
      case "started": {
        const queue = waiting.get(change.callId)?.queueId;
        if (queue !== undefined) handOvers.note(queue, clock.now());
        agents.setStatus(change.userId, "busy", change.direction === "inbound" ? "offer-accepted" : "call-started");
        onAgent(change.userId);
        break;
      }
      case "left":
        lastCalls.set(change.userId, change.call);
        agents.callEnded(change.userId, change.queueId === null ? null : (deps.queues.byId(change.queueId)?.wrapUpMs ?? null));
        onAgent(change.userId);
        break;
      case "changed": touchAgent(change.userId); break;
      case "ended":
    }
    router.onCallChange(change);
  };
  const refreshAll = (): void => {
    for (const user of deps.directory.users()) onAgent(user.id);
    lines.touchAll();
    view.touchAll();
  };

  let stops: readonly (() => void)[] = [];
  return {
    start: () => {
      stops = [calls.onChanged(onCall), agents.onChanged(onAgent), deps.load.onChanged(onAgent)];
      for (const call of calls.waiting()) onCall({ type: "waiting", call });
      keepBusy(deps);
      refreshAll();
      void deps.countDay(dayStart(clock.now(), deps.timeZone()), ANSWER_WITHIN_MS).then((counted) => {
        if (counted.ok) days.seed(counted.value);
        else deps.log.warn("today's service level counts from this start, because the database is away");
      });
    },
    stop: () => { for (const stop of [...stops, router.stop, lines.stop, view.stop]) stop(); },
    refreshAll, deskOf, deskChanged: desks.touch, conversationWaiting: router.conversationWaiting, conversationGone: router.conversationGone,
    accept: router.accept, decline: router.decline,
    queueLines: lines.all, callsWaiting: waiting.size, liveView: view.now,
    positionOf: (call) => {
      const place = placeOf(router.board, call);
      return place === null ? null : { position: place.position, estimatedWaitMs: handOvers.estimate(place.queue, place.position, clock.now()) };
    },
    whyNotRouted: (call) => whyNotRouted(call, {
      call: waiting.get(call) ?? null, queue: deps.queues.byId(waiting.get(call)?.queueId ?? ("" as QueueId)), teams: agents.teams(), board: router.board, nameOf: (user) => nameOf(deps, user),
      isActive: deps.directory.isActive, statusOf: agents.status, hasDesktop: agents.hasDesktop, isOnCall: (user) => calls.callOf(user) !== null,
      loadOf: deps.load.of, profilesOf: agents.profiles, openVoiceOf: deps.load.openVoiceOf,
    }),
    setStatus: (user, status, subStatus): Result<Desk, StatusError> => {
      if (calls.callOf(user) !== null && status !== "busy") return err({ type: "status-denied", why: "You are in a call and stay busy until it ends." });
      agents.setStatus(user, status, "chosen", subStatus ?? null);
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
const standing = ({ agents, calls, queues, load, phones }: RoutingDeps, user: UserId) => ({
  device: phones.hasPhone(user) ? "phone" as const : "browser" as const,
  status: agents.status(user), dialer: agents.dialer(user), call: calls.callOf(user),
  fullness: fullnessOf(seatPartsOf(agents, queues, load.of(user), user)), openConversation: load.openVoiceOf(user),
  capacity: capacityUse(load.of(user), agents.queues(user).flatMap((queue) => agents.profiles(user, queue))),
});

function retouch(board: Board, call: CallId, touch: (user: UserId) => void): void {
  const hold = board.items.get(call)?.hold;
  const offered = hold?.kind === "offered" ? board.offers.get(hold.offer)?.agent : undefined;
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
