// What a call is: all that its facts say, and nothing else. call.evolve.rules.ts is the only way to a new state.
import { addMs, type BridgeId, type CallId, type ConversationId, type CustomerId, type E164, type LegId, type Millis, type OfferId, type RecordingId, type UserId } from "@ringdesk/std";
import type { DeviceKind } from "@ringdesk/contract/http";
import { plainPlan, type BirthFact, type EndedOutcome, type EndReason, type FactOf, type FarewellWords, type OfferResult, type QueuePlan } from "./call.facts.ts";
import { AGENT_CONNECT_MS, ANSWER_MS } from "./call.limits.rules.ts";

/** The agent at work in a call. `leg` is null until a browser connects, and again after its leg has ended. */
export type AgentIn = { readonly userId: UserId; readonly name: string; readonly leg: LegId | null; readonly device: DeviceKind };
export type Place = Pick<QueuePlan, "queueId" | "queueName">;
/** How the caller waits in the queue of a place. */
export type Comfort = Pick<QueuePlan, "priority" | "music" | "announce" | "skills">;
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
  readonly menu: FactOf<"call.arrived">["data"]["menu"];
  /** Keys that the caller pressed in the menu, in words. */
  readonly path: readonly string[];
  /** The plan may depend on who calls. */
  readonly ruled: boolean;
  /** Whether somebody is looking who calls. `failed`: the database is away, nobody waits for it. */
  readonly lookup: "pending" | "failed";
  readonly startedAt: Millis;
  /** CALL-6 counts from here: the birth of the call, or the moment the customer is called back. */
  readonly limitFrom: Millis;
  readonly customer: { readonly id: CustomerId; readonly name: string | null; readonly conversationId: ConversationId } | null;
  /** The queue the call is or was last in. */
  readonly place: (Place & Comfort & { readonly enteredAt: Millis; readonly atHead: boolean }) | null;
  readonly legs: readonly CallLeg[];
  readonly offers: readonly CallOffer[];
  readonly recording: "none" | "running" | "stopped";
  /** The voicemail message, a recording of its own. */
  readonly message: "none" | "running" | "stopped";
  /** Announcements made so far. */
  readonly announced: number;
  /** The caller has hung up to be called back. `done`: they talk again. */
  readonly callback: { readonly stage: "open" | "done"; readonly number: E164; readonly requestedAt: Millis; readonly expiresAt: Millis; readonly attempts: number } | null;
  readonly limit: "far" | "warned";
  /** Digits that the agent has sent in this call. */
  readonly digits: string;
  /** The last event of the switch that made a fact. */
  readonly heard: { readonly epoch: string; readonly seq: number } | null;
};

export type Phase =
  /** Inbound: the switch was told to answer. */
  | { readonly kind: "arriving"; readonly answerBy: Millis }
  /** `music` is what follows the greeting. */
  | { readonly kind: "greeting"; readonly overBy: Millis; readonly music: string | null }
  /** The greeting is over; who calls decides about the queue, and is awaited for a moment. */
  | { readonly kind: "placing"; readonly enterBy: Millis; readonly music: string | null }
  /** In a queue; the customer hears hold music. */
  | { readonly kind: "waiting"; readonly leaveAt: Millis; readonly overflowAt: Millis | null; readonly announceAt: Millis | null; readonly callback: CallbackOffer }
  /** In a queue without the caller, who has asked to be called back and hears that they will be until `goodbyeBy`. */
  | { readonly kind: "callback"; readonly goodbyeBy: Millis | null; readonly expiresAt: Millis }
  /** Called back in vain; again at `againAt`. */
  | { readonly kind: "callback-pause"; readonly againAt: Millis }
  /** The voicemail greeting of the number and the tone. */
  | { readonly kind: "voicemail"; readonly reason: EndReason; readonly overBy: Millis }
  /** The caller leaves a message, or has left it with a switch that died: then what it kept is awaited until `endBy`. */
  | { readonly kind: "message"; readonly reason: EndReason; readonly since: Millis; readonly endBy: Millis }
  /** The last words; then the call ends as it says. */
  | { readonly kind: "farewell"; readonly words: FarewellWords; readonly outcome: EndedOutcome; readonly reason: EndReason | null; readonly overBy: Millis }
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
/** Whether and when a waiting caller is offered to be called back. */
export type CallbackOffer = { readonly kind: "none" } | { readonly kind: "later"; readonly at: Millis } | { readonly kind: "offered" };
export type PhaseKind = Phase["kind"];
export type PhaseOf<K extends PhaseKind> = Extract<Phase, { kind: K }>;

export type CallState = { readonly core: CallCore; readonly phase: Phase };
export type StateIn<K extends PhaseKind> = K extends PhaseKind ? { readonly core: CallCore; readonly phase: PhaseOf<K> } : never;

/** The call that the first fact of a stream opens. */
export function begin(id: CallId, fact: BirthFact): CallState {
  const { data, at } = fact;
  const common = {
    id, customerLeg: data.customerLeg, bridge: data.bridge, recordingId: data.recording, record: data.record, supportNumber: data.supportNumber,
    supportNumberLabel: data.supportNumberLabel, startedAt: at, limitFrom: at, customer: null, place: null, offers: [], recording: "none", message: "none",
    limit: "far", digits: "", announced: 0, callback: null, path: [], lookup: "pending", heard: data.position,
  } as const;
  if (fact.type === "call.arrived") {
    const { from, fromName, greeting, plan, menu, ruled } = fact.data;
    return {
      core: { ...common, direction: "inbound", customerNumber: from, callerName: fromName, greeting, plan, menu, ruled, legs: [{ leg: data.customerLeg, party: "customer", open: true }] },
      phase: { kind: "arriving", answerBy: addMs(at, ANSWER_MS) },
    };
  }
  return {
    core: { ...common, direction: "outbound", customerNumber: fact.data.to, callerName: null, greeting: "", plan: null, menu: null, ruled: false, legs: [] },
    phase: { kind: "connecting", agent: { userId: fact.data.userId, name: fact.data.name, leg: null, device: fact.data.device }, connectBy: addMs(at, AGENT_CONNECT_MS) },
  };
}

/** The agent whose call this is now, if any. */
export const agentOf = (phase: Phase): AgentIn | null => ("agent" in phase ? phase.agent : null);
/** Whether the call is over for the people in it. */
export const isOver = (phase: Phase): phase is PhaseOf<"ending" | "settled"> => phase.kind === "ending" || phase.kind === "settled";

/** The recording of the voicemail message: a call that was talked in and lost its agent may have both. */
export const messageId = (core: CallCore): RecordingId => `${core.recordingId.slice(0, 56)}-message` as RecordingId;
/** The customer's leg of the next attempt to call back. */
export const callbackLeg = (core: CallCore): LegId => `${core.id.slice(0, 50)}-back-${(core.callback?.attempts ?? 0) + 1}` as LegId;
/** Whether the customer has hung up and waits to be called back. */
export const isCallback = (core: CallCore): boolean => core.callback?.stage === "open";

/** How a caller waits in this queue, as far as the plan knows it. */
export function comfortIn(plan: QueuePlan | null, queue: Place["queueId"]): Comfort {
  const of = plan?.queueId === queue ? plan : plan?.overflow?.queueId === queue ? plan.overflow : plainPlan;
  return { priority: of.priority, music: of.music, announce: of.announce, skills: of.skills };
}
export const conversationOf = ({ core }: CallState): ConversationId | null => core.customer?.conversationId ?? null;
