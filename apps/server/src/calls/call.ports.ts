// What calls offer to the rooms below them, and what they need from the world.
import type { CallId, ConversationId, CustomerId, E164, LegId, Millis, NumberId, OfferId, QueueId, Result, UserId } from "@ringdesk/std";
import type { CallSummary, CallView, SkillWish } from "@ringdesk/contract/http";
import type { PhoneAddress } from "../telephony/index.ts";
import type { CallError, DialError } from "./call.errors.ts";
import type { AudioFailure, EndedOutcome, EndReason, OfferResult, QueuePlan } from "./call.facts.ts";
import type { PlaceInLine } from "./spoken.rules.ts";

/** An agent in a call, with the name as it stood then. */
export type Agent = { readonly userId: UserId; readonly name: string };

/** A call in a queue, as routing and the queue view need it. */
export type WaitingCall = {
  readonly callId: CallId;
  readonly queueId: QueueId;
  readonly queueName: string;
  /** When it entered this queue. */
  readonly enteredAt: Millis;
  /** Put back because an agent was lost: goes before all others. */
  readonly atHead: boolean;
  /** Higher goes first (QUE-6). */
  readonly priority: number;
  /** What it asks for of agents (QUE-6), counted from `enteredAt`. */
  readonly skills: readonly SkillWish[];
  /** The caller has hung up and is called back by whoever takes this (QUE-6). */
  readonly callback: boolean;
  /** What the caller has chosen on the way, in words. */
  readonly ivrPath: readonly string[];
  readonly from: E164 | null;
  readonly customerId: CustomerId | null;
  readonly customerName: string | null;
  readonly supportNumber: E164;
  readonly supportNumberLabel: string;
  /** Who has declined it so far. */
  readonly declinedBy: readonly UserId[];
};

/** What became of a call, for the desk of its agent and the statuses of agents. */
export type CallChange =
  | { readonly type: "waiting"; readonly call: WaitingCall }
  /** It waits no more: assigned or ended. */
  | { readonly type: "not-waiting"; readonly callId: CallId; readonly queueId: QueueId }
  | { readonly type: "started"; readonly callId: CallId; readonly userId: UserId; readonly direction: "inbound" | "outbound" }
  /** Something that the agent sees has changed. */
  | { readonly type: "changed"; readonly callId: CallId; readonly userId: UserId }
  /** The agent is rid of the call. `gone`: the agent's audio did not come (back). */
  | { readonly type: "left"; readonly userId: UserId; readonly call: LeftCall; /** The queue it came from; null for calls that the agent placed. */ readonly queueId: QueueId | null; readonly gone: boolean }
  | { readonly type: "ended"; readonly callId: CallId; readonly outcome: EndedOutcome; readonly reason: EndReason | null };
export type LeftCall = {
  readonly id: CallId; readonly customerId: CustomerId | null; readonly conversationId: ConversationId | null; readonly reason: string | null;
};

/** Who speaks in a call. `agent` is null while the agent's audio is gone. */
export type CallVoices = { readonly callId: CallId; readonly customer: LegId; readonly agent: LegId | null };

type Done<E> = Promise<Result<void, E>>;

export interface Calls {
  /** Routing's answer to an accepted offer. Fails with `call-over` or `wrong-phase` when the call waits no more. */
  readonly accept: (call: CallId, agent: Agent, offer: OfferId, /** Of the phone that the agent has answered. */ phone: LegId | null) => Done<CallError>;
  /** Copies an offer to the call's facts. */
  readonly noteOffer: (call: CallId, offer: OfferId, agent: Agent) => void;
  readonly noteOfferEnd: (call: CallId, offer: OfferId, agent: UserId, result: OfferResult) => void;
  /**
   * `to` is what the agent typed. Without `from` the call goes out from the number that the customer last used (CALL-2):
   * `customer`, when the agent called from their page, else whoever has the number.
   */
  readonly dial: (agent: Agent, to: string, from: NumberId | null, customer: CustomerId | null) => Promise<Result<CallId, DialError>>;
  /** The value is the SDP for the browser. */
  readonly connectAudio: (call: CallId, user: UserId, sdp: string) => Promise<Result<string, CallError>>;
  readonly audioFailed: (call: CallId, user: UserId, why: AudioFailure) => Done<CallError>;
  readonly hold: (call: CallId, user: UserId) => Done<CallError>;
  readonly resume: (call: CallId, user: UserId) => Done<CallError>;
  readonly sendDigits: (call: CallId, user: UserId, digits: string) => Done<CallError>;
  readonly hangUp: (call: CallId, user: UserId) => Done<CallError>;
  /** The live call of this agent, as the desk shows it. */
  readonly callOf: (user: UserId) => CallView | null;
  /** The legs of this agent's call while customer and agent are connected; null otherwise. */
  readonly voicesOf: (user: UserId) => CallVoices | null;
  /** Whether this leg belongs to a live call. */
  readonly hasLeg: (leg: LegId) => boolean;
  readonly waiting: () => readonly WaitingCall[];
  readonly get: (call: CallId) => Promise<Result<CallSummary, CallError>>;
  /** Notes that somebody has listened to the voicemail message of this call. The first counts. */
  readonly markHeard: (call: CallId, by: string) => Promise<Result<CallSummary, CallError>>;
  /** Queues were changed: calls that wait in one that is no more go on to another. */
  readonly queuesChanged: () => void;
  /** In order, right after the facts are durable. Returns how to stop listening. */
  readonly onChanged: (listen: (change: CallChange) => void) => () => void;
}

/** A call for which a queue is to be chosen (QUE-3, RTE-6). `customer` is null while nobody knows who calls. */
export type RoutedCall = {
  readonly channel: "voice";
  readonly supportNumber: E164;
  /** Null: hidden. */
  readonly from: E164 | null;
  readonly customer: { readonly name: string | null; readonly vip: boolean; readonly language: string | null; readonly tags: readonly string[]; readonly custom: Readonly<Record<string, unknown>> } | null;
  /** The open conversation that this call continues. */
  readonly conversation: { readonly language: string | null; readonly tags: readonly string[] } | null;
  /** The queue that the number or a key of its menu names; it goes before all rules. */
  readonly numberQueueId: QueueId | null;
};

/** What calls need of routing, below them: given by the composition root. */
export interface CallSurroundings {
  /** Where a call waits. In memory: it is asked while a caller waits for it. */
  readonly routeCall: (call: RoutedCall) => QueuePlan;
  /** Where a waiting call stands in its queue; null when it waits in none, or nobody knows. */
  readonly positionOf: (call: CallId) => PlaceInLine | null;
  /** The queue that takes the calls of a queue that is no more; null while the queue is there. */
  readonly successorOf: (queue: QueueId) => { readonly queueId: QueueId; readonly queueName: string } | null;
  /** Whether this agent may place a call now, besides having none. */
  readonly mayDial: (user: UserId) => Result<void, DialError>;
  /** The SIP phone at which this agent takes calls; null: they take them in the browser. */
  readonly phoneOf: (user: UserId) => PhoneAddress | null;
}

/** A greeting ready to be played: a path relative to the media folder; null when there is none now. */
export type Greetings = (text: string) => Promise<string | null>;

/** Tells the agent of a call something at once. */
export type Notify = (user: UserId, notice: { readonly level: "info" | "warning" | "error"; readonly text: string; readonly callId: CallId }) => void;

/** Where the summaries of calls are kept. */
export interface CallStore {
  /** Null when there is no such call. */
  readonly summary: (call: CallId) => Promise<Result<CallSummary | null, { readonly type: "store-away" }>>;
  /** Notes who listened to the voicemail message first; the summary after it, or null when there is no such message. */
  readonly markHeard: (call: CallId, by: string, at: Millis) => Promise<Result<CallSummary | null, { readonly type: "store-away" }>>;
  /** The support number of the last call with this customer, or, when null, with the customer who has `number`. Null when there was none. */
  readonly lastSupportNumber: (customer: CustomerId | null, number: E164) => Promise<Result<E164 | null, { readonly type: "store-away" }>>;
}
