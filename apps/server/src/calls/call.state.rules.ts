// What a call is: all that its facts say, and nothing else. `evolve` is the only way to a new state, so that replaying the
// facts of a call always gives the state it had.
import { addMs, type BridgeId, type CallId, type ConversationId, type CustomerId, type E164, type LegId, type Millis, type OfferId, type RecordingId, type UserId } from "@ringdesk/std";
import type { BirthFact, CallFact, EndedOutcome, EndReason, OfferResult, QueuePlan } from "./call.facts.ts";
import { AGENT_CONNECT_MS, ANSWER_MS, DIAL_GUARD_MS, MAX_GREETING_MS, MAX_OFFERS, MAX_SHOWN_DIGITS } from "./call.limits.rules.ts";

/** The agent at work in a call. `leg` is null until a browser connects, and again after its leg has ended. */
export type AgentIn = { readonly userId: UserId; readonly name: string; readonly leg: LegId | null };
export type Place = Pick<QueuePlan, "queueId" | "queueName">;
export type CallLeg = { readonly leg: LegId; readonly party: "customer" | "agent"; readonly open: boolean };
export type CallOffer = { readonly offerId: OfferId; readonly userId: UserId; readonly name: string; readonly result: OfferResult | null };

/** What holds in every phase. */
export type CallCore = {
  readonly id: CallId;
  readonly direction: "inbound" | "outbound";
  readonly customerLeg: LegId;
  readonly bridge: BridgeId;
  readonly recordingId: RecordingId;
  /** Whether the support number wants its calls recorded. */
  readonly record: boolean;
  readonly supportNumber: E164;
  readonly supportNumberLabel: string;
  readonly customerNumber: E164 | null;
  /** The name that the caller's network sent. */
  readonly callerName: string | null;
  readonly greeting: string;
  readonly plan: QueuePlan | null;
  readonly startedAt: Millis;
  readonly customer: { readonly id: CustomerId; readonly name: string | null; readonly conversationId: ConversationId } | null;
  /** The queue the call is or was last in. */
  readonly place: (Place & { readonly enteredAt: Millis; readonly atHead: boolean }) | null;
  readonly legs: readonly CallLeg[];
  readonly offers: readonly CallOffer[];
  readonly recording: "none" | "running" | "stopped";
  readonly limit: "far" | "warned";
  /** Digits that the agent has sent in this call. */
  readonly digits: string;
  /** The last event of the switch that made a fact. */
  readonly heard: { readonly epoch: string; readonly seq: number } | null;
};

export type Phase =
  /** Inbound: the switch was told to answer. */
  | { readonly kind: "arriving"; readonly answerBy: Millis }
  | { readonly kind: "greeting"; readonly overBy: Millis }
  /** In a queue; the customer hears hold music. */
  | { readonly kind: "waiting"; readonly leaveAt: Millis }
  /** An agent has taken it; the customer still hears music (inbound) or is not called yet (outbound). */
  | { readonly kind: "connecting"; readonly agent: AgentIn; readonly connectBy: Millis }
  | { readonly kind: "dialling"; readonly agent: AgentIn; readonly audio: "up" | "lost"; readonly giveUpAt: Millis }
  | { readonly kind: "ringing"; readonly agent: AgentIn; readonly audio: "up" | "lost"; readonly giveUpAt: Millis }
  | { readonly kind: "talking"; readonly agent: AgentIn; readonly since: Millis }
  | { readonly kind: "held"; readonly agent: AgentIn; readonly since: Millis; readonly heldSince: Millis }
  /** The agent's audio is gone; the customer hears music. `from` is what they go back to. */
  | { readonly kind: "away"; readonly agent: AgentIn; readonly connectBy: Millis; readonly from: "talking" | "held"; readonly since: Millis; readonly heldSince: Millis }
  /** Over for the people; the last word about legs and recording is awaited. */
  | { readonly kind: "ending"; readonly outcome: EndedOutcome; readonly reason: EndReason | null; readonly settleBy: Millis }
  | { readonly kind: "settled"; readonly outcome: EndedOutcome; readonly reason: EndReason | null };
export type PhaseKind = Phase["kind"];
export type PhaseOf<K extends PhaseKind> = Extract<Phase, { kind: K }>;

export type CallState = { readonly core: CallCore; readonly phase: Phase };
export type StateIn<K extends PhaseKind> = K extends PhaseKind ? { readonly core: CallCore; readonly phase: PhaseOf<K> } : never;

/** The call that the first fact of a stream opens. */
export function begin(id: CallId, fact: BirthFact): CallState {
  const { data, at } = fact;
  const common = {
    id, customerLeg: data.customerLeg, bridge: data.bridge, recordingId: data.recording, record: data.record, supportNumber: data.supportNumber,
    supportNumberLabel: data.supportNumberLabel, startedAt: at, customer: null, place: null, offers: [], recording: "none", limit: "far",
    digits: "", heard: data.position,
  } as const;
  if (fact.type === "call.arrived") {
    const { from, fromName, greeting, plan } = fact.data;
    return {
      core: { ...common, direction: "inbound", customerNumber: from, callerName: fromName, greeting, plan, legs: [{ leg: data.customerLeg, party: "customer", open: true }] },
      phase: { kind: "arriving", answerBy: addMs(at, ANSWER_MS) },
    };
  }
  return {
    core: { ...common, direction: "outbound", customerNumber: fact.data.to, callerName: null, greeting: "", plan: null, legs: [] },
    phase: { kind: "connecting", agent: { userId: fact.data.userId, name: fact.data.name, leg: null }, connectBy: addMs(at, AGENT_CONNECT_MS) },
  };
}

/** The call after one more fact. Total: a fact that makes no sense in this phase changes nothing but what it says of itself. */
export function evolve(state: CallState, fact: CallFact): CallState {
  const core = evolveCore(state, fact);
  const phase = evolvePhase(state, fact);
  return { core: fact.data.position === null ? core : { ...core, heard: fact.data.position }, phase };
}

/** The agent whose call this is now, if any. */
export const agentOf = (phase: Phase): AgentIn | null => ("agent" in phase ? phase.agent : null);
/** Whether the call is over for the people in it. */
export const isOver = (phase: Phase): phase is PhaseOf<"ending" | "settled"> => phase.kind === "ending" || phase.kind === "settled";
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
    case "call.queued": return { ...core, place: { queueId: fact.data.queueId, queueName: fact.data.queueName, enteredAt: fact.at, atHead: false } };
    case "call.requeued": return { ...core, place: { queueId: fact.data.queueId, queueName: fact.data.queueName, enteredAt: fact.at, atHead: true } };
    case "call.offered": return { ...core, offers: [...core.offers, { ...offerOf(fact.data), result: null }].slice(-MAX_OFFERS) };
    case "call.offer-ended": return { ...core, offers: withResult(core.offers, fact.data.offerId, fact.data.result) };
    case "call.assigned": return { ...core, offers: withResult(core.offers, fact.data.offerId, "accepted") };
    case "call.agent-leg": return { ...core, legs: [...core.legs, { leg: fact.data.leg, party: "agent", open: true }] };
    case "call.agent-connected": // an outbound call's customer leg exists from the moment that it is dialled
      if (core.direction === "inbound" || phase.kind !== "connecting") return core;
      return { ...core, legs: [...core.legs, { leg: core.customerLeg, party: "customer", open: true }] };
    case "call.leg-ended": return { ...core, legs: core.legs.map((l) => (l.leg === fact.data.leg ? { ...l, open: false } : l)) };
    case "call.bridged": return core.record && core.recording === "none" ? { ...core, recording: "running" } : core;
    case "call.recording-stopped": return { ...core, recording: "stopped" };
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
    case "call.answered": return answered(phase, fact.at);
    case "call.queued": case "call.requeued": return { kind: "waiting", leaveAt: fact.data.leaveAt };
    case "call.assigned":
      if (phase.kind !== "waiting") return phase;
      return { kind: "connecting", agent: { userId: fact.data.userId, name: fact.data.name, leg: null }, connectBy: fact.data.connectBy };
    case "call.ringing": return phase.kind === "dialling" ? { ...phase, kind: "ringing" } : phase;
    case "call.agent-leg": case "call.leg-ended": return withAgentLeg(phase, fact);
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
  if (fact.type === "call.agent-leg") return { ...phase, agent: { ...phase.agent, leg: fact.data.leg } };
  return phase.agent.leg === fact.data.leg ? { ...phase, agent: { ...phase.agent, leg: null } } : phase;
}

function answered(phase: Phase, at: Millis): Phase {
  if (phase.kind === "arriving") return { kind: "greeting", overBy: addMs(at, MAX_GREETING_MS) };
  // The customer answers while the agent's browser is away: the same as losing it in the talk.
  if ((phase.kind === "dialling" || phase.kind === "ringing") && phase.audio === "lost") {
    return { kind: "away", agent: phase.agent, connectBy: addMs(at, AGENT_CONNECT_MS), from: "talking", since: at, heldSince: at };
  }
  return phase;
}

function agentConnected(core: CallCore, phase: Phase, at: Millis): Phase {
  switch (phase.kind) {
    case "connecting": // an inbound call goes on with call.bridged
      return core.direction === "inbound" ? phase : { kind: "dialling", agent: phase.agent, audio: "up", giveUpAt: addMs(at, DIAL_GUARD_MS) };
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
    case "talking": return { kind: "away", agent: phase.agent, connectBy, from: "talking", since: phase.since, heldSince: at };
    case "held": return { kind: "away", agent: phase.agent, connectBy, from: "held", since: phase.since, heldSince: phase.heldSince };
    default: return phase;
  }
}
