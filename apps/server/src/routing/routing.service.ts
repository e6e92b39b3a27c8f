// Routing as the rest of the house uses it: the router, statuses that follow calls, desks, and the live view of queues.
import { err, ok, type CallId, type ConversationId, type Result, type UserId } from "@ringdesk/std";
import type { Desk } from "@ringdesk/contract/http";
import type { CallChange, DialError, LeftCall, WaitingCall } from "../calls/index.ts";
import { capacityUse, type WaitingConversation } from "../conversations/index.ts";
import type { Board } from "./board.rules.ts";
import { composeDesk, dialerFor } from "./desk.rules.ts";
import { createOutlook, nameIn, type OutlookDeps } from "./outlook.service.ts";
import { createWaitingRoom } from "./queue-lines.service.ts";
import { createRouter } from "./router.service.ts";
import type { AgentPhones, AssignConversation, DeskPublisher, Routing, StatusError } from "./routing.ports.ts";
import { fullnessOf, seatPartsOf } from "./seat.rules.ts";

export type RoutingDeps = OutlookDeps & {
  readonly assign: AssignConversation;
  readonly phones: AgentPhones;
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
  const nameOf = nameIn(deps.directory);
  const outlook = createOutlook(deps, waiting, () => router.board);
  const desks = createDesks((user) => deskOf(user), deps.publish);
  const touchAgent = (user: UserId): void => {
    desks.touch(user);
    outlook.touchAgent(user);
  };
  const router = createRouter({
    calls, agents, queues: deps.queues, load: deps.load, assign: deps.assign, phones: deps.phones, clock, log: deps.log, nameOf,
    rings: (offer) => { ringPhone(deps.phones, offer, waiting.get(offer.call)); },
    touched: touchAgent, callTouched: (call) => { outlook.touchQueue(waiting.get(call)?.queueId ?? null); },
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
  };
  const onCall = (change: CallChange): void => {
    outlook.onCall(change);
    switch (change.type) {
      case "waiting": retouch(router.board, change.call.callId, touchAgent); break; // the name of a caller is known a moment later than it rings
      case "started":
        agents.setStatus(change.userId, "busy", change.direction === "inbound" ? "offer-accepted" : "call-started");
        onAgent(change.userId);
        break;
      case "left":
        lastCalls.set(change.userId, change.call);
        agents.callEnded(change.userId, change.queueId === null ? null : (deps.queues.byId(change.queueId)?.wrapUpMs ?? null));
        onAgent(change.userId);
        break;
      case "changed": touchAgent(change.userId); break;
      case "not-waiting": case "ended":
    }
    router.onCallChange(change);
  };
  const refreshAll = (): void => {
    for (const user of deps.directory.users()) onAgent(user.id);
    router.reconsider();
    outlook.touchAll();
  };

  let stops: readonly (() => void)[] = [];
  return {
    start: () => {
      stops = [calls.onChanged(onCall), agents.onChanged(onAgent), deps.load.onChanged(onAgent)];
      for (const call of calls.waiting()) onCall({ type: "waiting", call });
      keepBusy(deps);
      refreshAll();
      outlook.start();
    },
    stop: () => { for (const stop of [...stops, router.stop, outlook.stop]) stop(); },
    refreshAll, deskOf, deskChanged: desks.touch, conversationWaiting: router.conversationWaiting, conversationGone: router.conversationGone,
    accept: router.accept, decline: router.decline,
    queueLines: outlook.queueLines, callsWaiting: outlook.callsWaiting, liveView: outlook.liveView, positionOf: outlook.positionOf, whyNotRouted: outlook.whyNotRouted,
    setStatus: (user, status, subStatus) => {
      const set = setStatus(deps, user, status, subStatus ?? null);
      return set.ok ? ok(deskOf(user)) : set;
    },
    mayDial: (user) => mayDial(deps, user, router.isTaken(user)),
  };
}

function setStatus({ calls, agents }: RoutingDeps, ...[user, status, subStatus = null]: Parameters<Routing["setStatus"]>): Result<void, StatusError> {
  if (calls.callOf(user) !== null && status !== "busy") return err({ type: "status-denied", why: "You are in a call and stay busy until it ends." });
  agents.setStatus(user, status, "chosen", subStatus);
  return ok(undefined);
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

function ringPhone(phones: AgentPhones, offer: Parameters<AgentPhones["ring"]>[0], call: WaitingCall | undefined): void {
  if (call !== undefined) phones.ring(offer, { from: call.from, name: call.customerName, supportNumber: call.supportNumber });
}

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
