// How a call goes from one state to the next: by its facts alone, so that replaying them always gives the state it had.
import { addMs, type CallId, type Millis, type OfferId, type UserId } from "@ringdesk/std";
import type { CallFact, FactOf, OfferResult, QueuePlan } from "./call.facts.ts";
import { DIAL_GUARD_MS, AGENT_CONNECT_MS, MAX_GREETING_MS, MAX_OFFERS, MAX_SHOWN_DIGITS, SETTLE_MS } from "./call.limits.rules.ts";
import { begin, callbackLeg, comfortIn, isCallback, type CallbackOffer, type CallCore, type CallOffer, type CallState, type Phase } from "./call.state.rules.ts";

/** The call after one more fact. Total: a fact that makes no sense in this phase changes nothing but what it says of itself. */
export function evolve(state: CallState, fact: CallFact): CallState {
  const core = evolveCore(state, fact);
  const phase = evolvePhase(state, fact);
  return { core: fact.data.position === null ? core : { ...core, heard: fact.data.position }, phase };
}

/** The state of a call whose facts these are; null when they do not begin with a birth. */
export function replay(id: CallId, facts: readonly CallFact[]): CallState | null {
  const [first, ...rest] = facts;
  if (first === undefined || (first.type !== "call.arrived" && first.type !== "call.placed")) return null;
  return rest.reduce(evolve, begin(id, first));
}

function evolveCore({ core, phase }: CallState, fact: CallFact): CallCore {
  switch (fact.type) {
    case "call.identified":
      return { ...core, customer: { id: fact.data.customerId, name: fact.data.customerName, conversationId: fact.data.conversationId } };
    case "call.unidentified": return { ...core, lookup: "failed" };
    case "call.planned": return { ...core, plan: fact.data.plan };
    case "call.key-pressed": return { ...core, path: [...core.path, pressedWords(fact.data)] };
    case "call.queued": case "call.requeued": return { ...core, place: placed(core, fact) };
    case "call.announced": return { ...core, announced: core.announced + 1 };
    case "call.callback-offered": return { ...core, announced: core.announced + 1 };
    case "call.callback-requested":
      return { ...core, callback: { stage: "open", number: fact.data.number, requestedAt: fact.at, expiresAt: fact.data.expiresAt, attempts: 0 } };
    case "call.message-begun": return { ...core, message: "running" };
    case "call.offered": return { ...core, offers: [...core.offers, { ...offerOf(fact.data), result: null }].slice(-MAX_OFFERS) };
    case "call.offer-ended": return { ...core, offers: withResult(core.offers, fact.data.offerId, fact.data.result) };
    case "call.assigned": return { ...core, offers: withResult(core.offers, fact.data.offerId, "accepted") };
    case "call.agent-leg": return { ...core, legs: [...core.legs, { leg: fact.data.leg, party: "agent", open: true }] };
    case "call.agent-connected": // an outbound call's customer leg exists from the moment that it is dialled
      if (phase.kind !== "connecting") return core;
      if (core.callback !== null && isCallback(core)) return calledBack(core, core.callback, fact.at);
      if (core.direction === "inbound") return core;
      return { ...core, legs: [...core.legs, { leg: core.customerLeg, party: "customer", open: true }] };
    case "call.leg-ended": return { ...core, legs: core.legs.map((l) => (l.leg === fact.data.leg ? { ...l, open: false } : l)) };
    case "call.bridged": return bridgedCore(core);
    case "call.recording-stopped": return fact.data.recordingId === core.recordingId ? { ...core, recording: "stopped" } : { ...core, message: "stopped" };
    case "call.limit-warned": return { ...core, limit: "warned" };
    case "call.digits": return { ...core, digits: (core.digits + fact.data.digits).slice(-MAX_SHOWN_DIGITS) };
    default: return core;
  }
}

function evolvePhase({ core, phase }: CallState, fact: CallFact): Phase {
  if (phase.kind === "settled") return phase;
  if (phase.kind === "ending") return fact.type === "call.settled" ? { kind: "settled", outcome: phase.outcome, reason: phase.reason } : phase;
  switch (fact.type) {
    case "call.ended": return { kind: "ending", outcome: fact.data.outcome, reason: fact.data.reason, settleBy: fact.data.settleBy };
    case "call.answered": return answered(core, phase, fact.at);
    case "call.greeted": return phase.kind === "greeting" ? { kind: "placing", enterBy: fact.data.enterBy, music: phase.music } : phase;
    case "call.queued": case "call.requeued": return queued(core, phase, fact);
    case "call.announced": return phase.kind === "waiting" ? { ...phase, announceAt: nextAnnouncement(core.place, fact.at) } : phase;
    case "call.callback-offered": return phase.kind === "waiting" ? { ...phase, callback: { kind: "offered" } } : phase;
    case "call.callback-requested": return { kind: "callback", goodbyeBy: fact.data.goodbyeBy, expiresAt: fact.data.expiresAt };
    case "call.callback-unanswered": return { kind: "callback-pause", againAt: fact.data.againAt };
    case "call.sent-to-voicemail": return { kind: "voicemail", reason: fact.data.reason, overBy: fact.data.overBy };
    case "call.message-begun": return phase.kind === "voicemail" ? { kind: "message", reason: phase.reason, since: fact.at, endBy: fact.data.endBy } : phase;
    case "call.farewell-begun": return { kind: "farewell", words: fact.data.words, outcome: fact.data.outcome, reason: fact.data.reason, overBy: fact.data.overBy };
    case "call.assigned":
      if (phase.kind !== "waiting" && phase.kind !== "callback") return phase;
      return { kind: "connecting", agent: { userId: fact.data.userId, name: fact.data.name, leg: null, device: "browser" }, connectBy: fact.data.connectBy };
    case "call.ringing": return phase.kind === "dialling" ? { ...phase, kind: "ringing" } : phase;
    case "call.agent-leg": return withAgentLeg(phase, fact);
    case "call.leg-ended":
      if (phase.kind === "callback" && fact.data.leg === core.customerLeg) return { ...phase, goodbyeBy: null };
      if (phase.kind === "message" && fact.data.leg === core.customerLeg) return { ...phase, endBy: addMs(fact.at, SETTLE_MS) };
      return withAgentLeg(phase, fact);
    case "call.agent-connected": return agentConnected(core, phase, fact.at);
    case "call.bridged": return bridged(phase, fact.at);
    case "call.held": return phase.kind === "talking" ? { ...phase, kind: "held", heldSince: fact.at } : phase;
    case "call.resumed": return phase.kind === "held" ? { kind: "talking", agent: phase.agent, since: phase.since } : phase;
    case "call.agent-lost": return agentLost(phase, fact.at, fact.data.connectBy);
    default: return phase;
  }
}

const offerOf = (o: { readonly offerId: OfferId; readonly userId: UserId; readonly name: string }) => ({ offerId: o.offerId, userId: o.userId, name: o.name });
const withResult = (offers: readonly CallOffer[], id: OfferId, result: OfferResult): readonly CallOffer[] =>
  offers.map((o) => (o.offerId === id && o.result === null ? { ...o, result } : o));

function withAgentLeg(phase: Phase, fact: Extract<CallFact, { type: "call.agent-leg" | "call.leg-ended" }>): Phase {
  if (!("agent" in phase)) return phase;
  if (fact.type === "call.agent-leg") return { ...phase, agent: { ...phase.agent, leg: fact.data.leg, device: fact.data.device } };
  return phase.agent.leg === fact.data.leg ? { ...phase, agent: { ...phase.agent, leg: null } } : phase;
}

function answered(core: CallCore, phase: Phase, at: Millis): Phase {
  if (phase.kind === "arriving") return { kind: "greeting", overBy: addMs(at, MAX_GREETING_MS), music: core.plan?.music ?? null };
  // The customer answers while the agent's browser is away: the same as losing it in the talk.
  if ((phase.kind === "dialling" || phase.kind === "ringing") && phase.audio === "lost") {
    return { kind: "away", agent: phase.agent, connectBy: addMs(at, AGENT_CONNECT_MS), from: "talking", since: at, heldSince: at };
  }
  return phase;
}

function agentConnected(core: CallCore, phase: Phase, at: Millis): Phase {
  switch (phase.kind) {
    case "connecting": // an inbound call goes on with call.bridged
      return core.direction === "inbound" && !isCallback(core) ? phase : { kind: "dialling", agent: phase.agent, audio: "up", giveUpAt: addMs(at, DIAL_GUARD_MS) };
    case "dialling": case "ringing": return { ...phase, audio: "up" };
    case "away":
      return phase.from === "talking"
        ? { kind: "talking", agent: phase.agent, since: phase.since }
        : { kind: "held", agent: phase.agent, since: phase.since, heldSince: phase.heldSince };
    default: return phase;
  }
}

function bridged(phase: Phase, at: Millis): Phase {
  switch (phase.kind) {
    case "connecting": case "dialling": case "ringing": return { kind: "talking", agent: phase.agent, since: at };
    default: return phase;
  }
}

function agentLost(phase: Phase, at: Millis, connectBy: Millis): Phase {
  switch (phase.kind) {
    // Nobody talks yet: the phone goes on ringing and the agent may come back meanwhile.
    case "dialling": case "ringing": return { ...phase, audio: "lost" };
    // Whoever had a phone comes back in the browser.
    case "talking": return { kind: "away", agent: { ...phase.agent, device: "browser" }, connectBy, from: "talking", since: phase.since, heldSince: at };
    case "held": return { kind: "away", agent: { ...phase.agent, device: "browser" }, connectBy, from: "held", since: phase.since, heldSince: phase.heldSince };
    default: return phase;
  }
}

const pressedWords = ({ key, queueName }: FactOf<"call.key-pressed">["data"]): string => `Pressed ${key}: ${queueName ?? "no such option"}`;

/** The place in the queue. Whoever is moved on keeps the moment from which they wait, and so is behind nobody who came later (QUE-6). */
function placed(core: CallCore, fact: FactOf<"call.queued"> | FactOf<"call.requeued">): NonNullable<CallCore["place"]> {
  const { queueId, queueName } = fact.data;
  const comfort = comfortIn(core.plan, queueId);
  if (fact.type === "call.requeued") return { queueId, queueName, ...comfort, enteredAt: fact.at, atHead: true };
  const keeps = fact.data.why === "overflow" || fact.data.why === "queue-gone" || fact.data.why === "callback-again";
  return { queueId, queueName, ...comfort, enteredAt: keeps ? (core.place?.enteredAt ?? fact.at) : fact.at, atHead: false };
}

function queued(core: CallCore, phase: Phase, fact: FactOf<"call.queued"> | FactOf<"call.requeued">): Phase {
  if (core.callback !== null && isCallback(core)) return { kind: "callback", goodbyeBy: phase.kind === "callback" ? phase.goodbyeBy : null, expiresAt: core.callback.expiresAt };
  const { plan } = core;
  const entered = fact.type === "call.queued" && fact.data.why === "greeted";
  const before: CallbackOffer = phase.kind === "waiting" ? phase.callback : { kind: "none" };
  return {
    kind: "waiting", leaveAt: fact.data.leaveAt,
    overflowAt: entered && plan?.overflow ? addMs(fact.at, plan.overflow.afterMs) : null,
    announceAt: nextAnnouncement(comfortIn(plan, fact.data.queueId), fact.at),
    callback: entered ? firstOffer(core, plan, fact.at) : before,
  };
}

const nextAnnouncement = (comfort: Pick<QueuePlan, "announce"> | null, at: Millis): Millis | null =>
  comfort?.announce ? addMs(at, comfort.announce.everyMs) : null;

/** A hidden number cannot be called back. */
const firstOffer = (core: CallCore, plan: QueuePlan | null, at: Millis): CallbackOffer =>
  plan?.callback && core.customerNumber !== null ? { kind: "later", at: addMs(at, plan.callback.offerAfterMs) } : { kind: "none" };

/** The customer is dialled: a new leg of theirs, and four hours for this talk. */
function calledBack(core: CallCore, callback: NonNullable<CallCore["callback"]>, at: Millis): CallCore {
  const leg = callbackLeg(core);
  return {
    ...core, customerLeg: leg, limitFrom: at, limit: "far", callback: { ...callback, attempts: callback.attempts + 1 },
    legs: [...core.legs, { leg, party: "customer", open: true }],
  };
}

function bridgedCore(core: CallCore): CallCore {
  const callback = core.callback === null ? null : { ...core.callback, stage: "done" as const };
  return { ...core, callback, recording: core.record && core.recording === "none" ? "running" : core.recording };
}
