// The shell around the router: events in, one timer, effects out. Nothing here decides who gets a call.
import { err, ok, type CallId, type ConversationId, type Millis, type OfferId, type Result, type UserId } from "@ringdesk/std";
import type { SkillWish } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import type { Agent, CallChange, CallError, Calls, WaitingCall } from "../calls/index.ts";
import type { Load, WaitingConversation } from "../conversations/index.ts";
import { newId, type Clock } from "../kernel/index.ts";
import type { Agents } from "../teams/index.ts";
import { emptyBoard, type Board } from "./board.rules.ts";
import type { Offer } from "./offer.machine.ts";
import { ASKS_NOTHING } from "./plan.rules.ts";
import { offerOf, routerDeadline, stepRouter, type RouterEffect, type RouterEvent } from "./router.machine.ts";
import type { AgentPhones, AssignConversation, OfferError, Queues } from "./routing.ports.ts";
import { openLanes, seatPartsOf } from "./seat.rules.ts";
import { joinWishes, needsOf, sameSkills, wishesOf, type Need } from "./skill.rules.ts";

export type RouterDeps = {
  readonly calls: Calls;
  readonly agents: Agents;
  readonly queues: Pick<Queues, "isVoiceQueue" | "byId" | "skill" | "skillsOf">;
  readonly load: Load;
  readonly assign: AssignConversation;
  readonly phones: Pick<AgentPhones, "silence" | "legOf">;
  /** An offer rings from now on. */
  readonly rings: (offer: Offer) => void;
  readonly clock: Clock;
  readonly nameOf: (user: UserId) => string;
  readonly log: Logger;
  /** What this agent sees has changed. */
  readonly touched: (user: UserId) => void;
  /** The line of the queue of this call has changed. */
  readonly callTouched: (call: CallId) => void;
};

export type Router = {
  /** To be read only. */
  readonly board: Board;
  readonly offerFor: (user: UserId) => Offer | null;
  /** True from the ring until the call is the agent's or somebody else's. */
  readonly isTaken: (user: UserId) => boolean;
  readonly accept: (offer: OfferId, user: UserId) => Promise<Result<CallId, OfferError>>;
  readonly decline: (offer: OfferId, user: UserId) => Result<void, OfferError>;
  readonly onCallChange: (change: CallChange) => void;
  readonly conversationWaiting: (conversation: WaitingConversation) => void;
  readonly conversationGone: (id: ConversationId) => void;
  /** Looks at an agent's status, desktop, queues, call and capacity anew. */
  readonly refresh: (user: UserId) => void;
  /** Skills or queues have changed: looks at what everything that waits asks for anew. */
  readonly reconsider: () => void;
  readonly stop: () => void;
};

/** Who waits to hear whether the call they accepted is theirs. */
type Accepting = Map<OfferId, (outcome: Result<CallId, OfferError>) => void>;

export function createRouter(deps: RouterDeps): Router {
  const { calls, agents, clock } = deps;
  const board = emptyBoard(newId().slice(-16));
  let disarm = (): void => {};
  let armedFor: number | null = null;
  let busy = false;
  const mailbox: RouterEvent[] = [];
  const accepting: Accepting = new Map();
  const perform = createPerformer(deps, accepting, (event) => send(event), (user) => refresh(user));

  const send = (event: RouterEvent): void => {
    mailbox.push(event);
    if (busy) return; // effects report back while they are performed: one event at a time, in order
    busy = true;
    try {
      for (let next = mailbox.shift(); next !== undefined; next = mailbox.shift()) for (const effect of stepRouter(board, next)) perform(effect);
    } finally {
      busy = false;
    }
    arm();
  };
  const arm = (): void => {
    const due = routerDeadline(board);
    if (due === armedFor) return;
    armedFor = due;
    disarm();
    disarm = due === null ? () => {} : clock.at(due, () => {
      armedFor = null;
      send({ type: "clock.reached", now: clock.now() });
    });
  };
  const refresh = (user: UserId): void => {
    const status = agents.status(user);
    const present = status.value === "available" && agents.hasDesktop(user) && calls.callOf(user) === null;
    const open = openLanes({ ...seatPartsOf(agents, deps.queues, deps.load.of(user), user), present });
    const skills = deps.queues.skillsOf(user);
    const seat = board.seats.get(user);
    if (seat === undefined ? open.length === 0 : seat.idleSince === status.since && isSame(seat.open, open) && sameSkills(seat.skills, skills)) return;
    send({ type: "agent.changed", agent: user, open, skills, idleSince: status.since, now: clock.now() });
  };
  const entries = createEntries(deps, send);
  const rings = (offer: OfferId, user: UserId): boolean => board.offers.get(offer)?.agent === user;

  return {
    board,
    offerFor: (user) => offerOf(board, user),
    isTaken: (user) => { const kind = board.seats.get(user)?.hold.kind; return kind === "ringing" || kind === "claimed"; },
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
      if (change.type === "waiting") entries.call(change.call);
      if (change.type === "not-waiting") send({ type: "item.left", id: change.callId, now: clock.now() });
    },
    conversationWaiting: entries.conversation,
    conversationGone: (id) => {
      entries.forget(id);
      send({ type: "item.left", id, now: clock.now() });
    },
    refresh,
    reconsider: entries.reconsider,
    stop: () => disarm(),
  };
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((lane, at) => lane === b[at]);

/** What waits, as the router is told of it: with the skills that it asks for (QUE-6). */
function createEntries({ calls, queues, clock }: RouterDeps, send: (event: RouterEvent) => void) {
  const conversations = new Map<ConversationId, WaitingConversation>();
  /** A skill that was deleted is asked for no more. */
  const needs = (wishes: readonly SkillWish[], since: Millis): readonly Need[] => needsOf(wishes.filter(({ id }) => queues.skill(id) !== null), since);
  const call = ({ callId: id, queueId: queue, priority, atHead, enteredAt, skills, declinedBy }: WaitingCall): void =>
    send({ type: "item.entered", item: { kind: "call", id, channel: "voice" }, queue, priority, atHead, enteredAt, needs: needs(skills, enteredAt), declinedBy, now: clock.now() });
  /** Conversations ask for what their queue asks for now, because unlike calls they may wait for days; and for what their rule asked for. */
  const enter = ({ conversationId: id, channel, queueId: queue, priority, skills, since }: WaitingConversation): void =>
    send({ type: "item.entered", item: { kind: "conversation", id, channel }, queue, priority, atHead: false, enteredAt: since, needs: needs(joinWishes(skills, wishesOf(queues.byId(queue)?.asks ?? ASKS_NOTHING)), since), declinedBy: [], now: clock.now() });
  return {
    call,
    conversation: (conversation: WaitingConversation): void => {
      conversations.set(conversation.conversationId, conversation);
      enter(conversation);
    },
    forget: (id: ConversationId): void => { conversations.delete(id); },
    reconsider: (): void => {
      for (const each of calls.waiting()) call(each);
      for (const each of conversations.values()) enter(each);
    },
  };
}

/** Performs what the router asks for. */
function createPerformer(deps: RouterDeps, accepting: Accepting, send: (event: RouterEvent) => void, refresh: (user: UserId) => void): (effect: RouterEffect) => void {
  const { calls, agents, clock } = deps;
  const agentOf = (userId: UserId): Agent => ({ userId, name: deps.nameOf(userId) });
  const assign = async (offer: Offer): Promise<void> => {
    const taken = await calls.accept(offer.call, agentOf(offer.agent), offer.id, deps.phones.legOf(offer.id)).catch((error: unknown): Result<void, CallError> => {
      deps.log.error({ call: offer.call, err: error }, "an accepted call could not be handed over");
      return err({ type: "not-recorded" });
    });
    if (!taken.ok) calls.noteOfferEnd(offer.call, offer.id, offer.agent, "withdrawn");
    send({ type: "claim.settled", id: offer.call, agent: offer.agent, ok: taken.ok, now: clock.now() });
    refresh(offer.agent);
    accepting.get(offer.id)?.(taken.ok ? ok(offer.call) : taken);
    accepting.delete(offer.id);
    deps.touched(offer.agent);
  };
  const give = async (conversation: ConversationId, agent: UserId): Promise<void> => {
    const taken = await deps.assign(conversation, agent).catch((error: unknown) => {
      deps.log.error({ conversation, err: error }, "a waiting conversation could not be assigned");
      return false;
    });
    send({ type: "claim.settled", id: conversation, agent, ok: taken, now: clock.now() });
    refresh(agent);
  };
  return (effect) => {
    switch (effect.do) {
      case "ring":
        calls.noteOffer(effect.offer.call, effect.offer.id, agentOf(effect.offer.agent));
        deps.rings(effect.offer);
        break;
      case "stop-ringing":
        // That an offer was accepted is said by the call itself, when it is the agent's.
        if (effect.result !== "accepted") calls.noteOfferEnd(effect.offer.call, effect.offer.id, effect.offer.agent, effect.result);
        deps.phones.silence(effect.offer.id);
        break;
      case "assign": void assign(effect.offer); break;
      case "give": void give(effect.conversation, effect.agent); return;
      case "make-unavailable":
        agents.setStatus(effect.agent, "unavailable", "offer-missed");
        return;
    }
    deps.touched(effect.offer.agent);
    deps.callTouched(effect.offer.call);
  };
}
