// The shell around the router: events in, one timer, effects out. Nothing here decides who gets a call.
import { err, ok, type CallId, type OfferId, type Result, type UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import type { Agent, CallChange, CallError, Calls } from "../calls/index.ts";
import { newId, type Clock } from "../kernel/index.ts";
import type { Agents } from "../teams/index.ts";
import type { Offer } from "./offer.machine.ts";
import { offerOf, routerDeadline, stepRouter, type RouterEffect, type RouterEvent } from "./router.machine.ts";
import { emptyRouter, type RouterState } from "./router.state.rules.ts";
import type { OfferError, VoiceCapacity } from "./routing.ports.ts";

export type RouterDeps = {
  readonly calls: Calls;
  readonly agents: Agents;
  readonly capacity: VoiceCapacity | null;
  readonly clock: Clock;
  readonly nameOf: (user: UserId) => string;
  readonly log: Logger;
  /** What this agent sees has changed. */
  readonly touched: (user: UserId) => void;
  /** The line of the queue of this call has changed. */
  readonly callTouched: (call: CallId) => void;
};

export type Router = {
  readonly state: () => RouterState;
  readonly offerFor: (user: UserId) => Offer | null;
  /** True from the ring until the call is the agent's or somebody else's. */
  readonly isTaken: (user: UserId) => boolean;
  readonly accept: (offer: OfferId, user: UserId) => Promise<Result<CallId, OfferError>>;
  readonly decline: (offer: OfferId, user: UserId) => Result<void, OfferError>;
  readonly onCallChange: (change: CallChange) => void;
  /** Looks at an agent's status, desktop, queues, call and capacity anew. */
  readonly refresh: (user: UserId) => void;
  readonly stop: () => void;
};

/** Who waits to hear whether the call they accepted is theirs. */
type Accepting = Map<OfferId, (outcome: Result<CallId, OfferError>) => void>;

export function createRouter(deps: RouterDeps): Router {
  const { calls, agents, clock } = deps;
  let state = emptyRouter(newId().slice(-16));
  let disarm = (): void => {};
  let busy = false;
  const mailbox: RouterEvent[] = [];
  const accepting: Accepting = new Map();
  const perform = createPerformer(deps, accepting, (event) => send(event), (user) => refresh(user));

  const send = (event: RouterEvent): void => {
    mailbox.push(event);
    if (busy) return; // effects report back while they are performed: one event at a time, in order
    busy = true;
    try {
      for (let next = mailbox.shift(); next !== undefined; next = mailbox.shift()) take(next);
    } finally {
      busy = false;
    }
    arm();
  };
  const take = (event: RouterEvent): void => {
    const next = stepRouter(state, event);
    state = next.state;
    for (const effect of next.effects) perform(effect);
  };
  const arm = (): void => {
    disarm();
    const due = routerDeadline(state);
    disarm = due === null ? () => {} : clock.at(due, () => send({ type: "clock.reached", now: clock.now() }));
  };
  const refresh = (user: UserId): void => {
    const status = agents.status(user);
    const queues = agents.voiceQueues(user);
    const ready = status.value === "available" && agents.hasDesktop(user) && calls.callOf(user) === null && !(deps.capacity?.isFull(user) ?? false);
    const seat = state.seats.get(user);
    const same = seat !== undefined && seat.ready === ready && seat.idleSince === status.since && seat.queues.length === queues.length && seat.queues.every((q) => queues.includes(q));
    if (same || (seat === undefined && !ready)) return;
    send({ type: "agent.changed", agent: user, ready, queues, idleSince: status.since, now: clock.now() });
  };
  const rings = (offer: OfferId, user: UserId): boolean => state.offers.get(offer)?.agent === user;

  return {
    state: () => state,
    offerFor: (user) => offerOf(state, user),
    isTaken: (user) => { const kind = state.seats.get(user)?.hold.kind; return kind === "ringing" || kind === "claimed"; },
    accept: (offer, user) => new Promise((resolve) => {
      if (!rings(offer, user)) return resolve(err({ type: "offer-gone", offer }));
      accepting.set(offer, resolve);
      send({ type: "offer.accepted", offer, agent: user, now: clock.now() });
    }),
    decline: (offer, user) => {
      if (!rings(offer, user)) return err({ type: "offer-gone", offer });
      send({ type: "offer.declined", offer, agent: user, now: clock.now() });
      return ok(undefined);
    },
    onCallChange: (change) => {
      if (change.type === "waiting") {
        const { callId: call, queueId: queue, atHead, enteredAt, declinedBy } = change.call;
        send({ type: "call.entered", call, queue, priority: 0, atHead, enteredAt, declinedBy, now: clock.now() });
      }
      if (change.type === "not-waiting") send({ type: "call.left", call: change.callId, now: clock.now() });
    },
    refresh,
    stop: () => disarm(),
  };
}

/** Performs what the router asks for. */
function createPerformer(deps: RouterDeps, accepting: Accepting, send: (event: RouterEvent) => void, refresh: (user: UserId) => void): (effect: RouterEffect) => void {
  const { calls, agents, clock } = deps;
  const agentOf = (userId: UserId): Agent => ({ userId, name: deps.nameOf(userId) });
  const assign = async (offer: Offer): Promise<void> => {
    const taken = await calls.accept(offer.call, agentOf(offer.agent), offer.id).catch((error: unknown): Result<void, CallError> => {
      deps.log.error({ call: offer.call, err: error }, "an accepted call could not be handed over");
      return err({ type: "not-recorded" });
    });
    if (!taken.ok) calls.noteOfferEnd(offer.call, offer.id, offer.agent, "withdrawn");
    send({ type: "claim.settled", call: offer.call, agent: offer.agent, ok: taken.ok, now: clock.now() });
    refresh(offer.agent);
    accepting.get(offer.id)?.(taken.ok ? ok(offer.call) : taken);
    accepting.delete(offer.id);
    deps.touched(offer.agent);
  };
  return (effect) => {
    switch (effect.do) {
      case "ring": calls.noteOffer(effect.offer.call, effect.offer.id, agentOf(effect.offer.agent)); break;
      // That an offer was accepted is said by the call itself, when it is the agent's.
      case "stop-ringing": if (effect.result !== "accepted") calls.noteOfferEnd(effect.offer.call, effect.offer.id, effect.offer.agent, effect.result); break;
      case "assign": void assign(effect.offer); break;
      case "make-unavailable":
        agents.setStatus(effect.agent, "unavailable", "offer-missed");
        return;
    }
    deps.touched(effect.offer.agent);
    deps.callTouched(effect.offer.call);
  };
}
