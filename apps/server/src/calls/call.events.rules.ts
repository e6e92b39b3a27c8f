// What can happen to a call, what it can ask for, and the small tools its rules are written with.
import type { BridgeId, ConversationId, CustomerId, E164, LegId, Millis, OfferId, QueueId, RecordingId, UserId } from "@ringdesk/std";
import type { DeviceKind } from "@ringdesk/contract/http";
import type { EventPosition, LegEndCause, LegEndedBy, LegQuality } from "../telephony/index.ts";
import type { AudioFailure, CallFact, EndReason, FactOf, FarewellWords, OfferResult, QueuePlan } from "./call.facts.ts";
import type { CallState, Place } from "./call.state.rules.ts";

type FromSwitch = { readonly at: Millis; readonly position: EventPosition | null };
/** What the switch holds of a call, when a server finds it again. `hears` is what the customer hears. */
export type SwitchReport = {
  readonly customer: "none" | "incoming" | "calling" | "up";
  readonly hears: "nothing" | "play" | "bridge";
  /** The customer's leg was put on hold. */
  readonly onHold: boolean;
  readonly agentUp: boolean;
  /** Both legs are in the call's bridge. */
  readonly bridged: boolean;
  readonly recording: "none" | "recording" | "paused";
  /** The voicemail message is being recorded. */
  readonly message: boolean;
};

export type CallEvent =
  | (FromSwitch & { readonly type: "leg.ringing" | "leg.early-media" | "leg.answered" | "leg.media-connected" | "leg.media-lost" | "leg.held" | "leg.resumed"; readonly leg: LegId })
  | (FromSwitch & { readonly type: "leg.ended"; readonly leg: LegId; readonly cause: LegEndCause; readonly by: LegEndedBy; readonly quality: LegQuality | null })
  /** The greeting has been played to its end. */
  | (FromSwitch & { readonly type: "greeting.over"; readonly leg: LegId })
  /** The voicemail greeting, or the last word, has been played to its end. */
  | (FromSwitch & { readonly type: "prompt.over"; readonly leg: LegId; readonly prompt: "voicemail" | "farewell" })
  /** A key of a phone (RFC 4733). `plan`: where it leads, when it is a key of the menu. */
  | (FromSwitch & { readonly type: "leg.dtmf"; readonly leg: LegId; readonly digit: string; readonly plan: QueuePlan | null })
  | (FromSwitch & { readonly type: "recording.started"; readonly recording: RecordingId })
  | (FromSwitch & { readonly type: "recording.stopped"; readonly recording: RecordingId; readonly why: "completed" | "failed" | "repaired"; readonly durationMs: number; readonly path: string })
  | { readonly type: "switch.reported"; readonly report: SwitchReport; readonly at: Millis }
  | { readonly type: "customer.identified"; readonly customerId: CustomerId; readonly name: string | null; readonly conversationId: ConversationId; readonly isNew: boolean; /** What the rules say now that it is known who calls; null when they were not asked. */ readonly plan: QueuePlan | null; readonly at: Millis }
  /** The database could not say who calls. */
  | { readonly type: "customer.unknown"; readonly at: Millis }
  /** The queue is no more; `to` takes its calls. */
  | { readonly type: "queue.gone"; readonly queueId: QueueId; readonly to: Place; readonly at: Millis }
  /** Telephony refused to answer or to dial. */
  | { readonly type: "customer.unreachable"; readonly reason: EndReason; readonly at: Millis }
  | { readonly type: "offer.made"; readonly offerId: OfferId; readonly userId: UserId; readonly name: string; readonly at: Millis }
  | { readonly type: "offer.ended"; readonly offerId: OfferId; readonly userId: UserId; readonly result: OfferResult; readonly at: Millis }
  | { readonly type: "agent.accepted"; readonly offerId: OfferId; readonly userId: UserId; readonly name: string; /** Of the phone that was answered; null: their browser connects next. */ readonly leg: LegId | null; readonly at: Millis }
  | { readonly type: "agent.leg-made"; readonly leg: LegId; readonly device: DeviceKind; readonly at: Millis }
  /** Their phone could not be rung, or did not answer. */
  | { readonly type: "agent.not-reached"; readonly at: Millis }
  | { readonly type: "agent.audio-failed"; readonly why: AudioFailure; readonly at: Millis }
  | { readonly type: "agent.held" | "agent.resumed" | "agent.hung-up"; readonly at: Millis }
  | { readonly type: "agent.sent-digits"; readonly digits: string; readonly at: Millis }
  | { readonly type: "clock.reached"; readonly at: Millis };
export type CallEventType = CallEvent["type"];
export type EventOf<T extends CallEventType> = Extract<CallEvent, { type: T }>;

export type CallEffect =
  | { readonly do: "answer" | "play-ringback" | "beep" | "hang-up"; readonly leg: LegId }
  /** Greeting and menu; the music of the queue. */
  | { readonly do: "welcome" | "play-music"; readonly leg: LegId }
  /** The greeting of the number's voicemail and the tone. */
  | { readonly do: "play-voicemail-greeting"; readonly leg: LegId }
  | { readonly do: "say"; readonly leg: LegId; readonly words: FarewellWords | "callback-confirmed" }
  /** Spoken into the music of somebody who waits. `count` tells one announcement from the next. */
  | { readonly do: "announce"; readonly leg: LegId; readonly what: "place" | "callback"; readonly count: number }
  | { readonly do: "dial"; readonly leg: LegId; readonly to: E164; readonly from: E164 }
  | { readonly do: "ring-agent"; readonly leg: LegId; readonly agent: UserId }
  | { readonly do: "send-digits"; readonly leg: LegId; readonly digits: string }
  /** The customer's carrier may wish to know. */
  | { readonly do: "hold" | "resume"; readonly leg: LegId }
  | { readonly do: "bridge"; readonly bridge: BridgeId; readonly legs: readonly LegId[] }
  | { readonly do: "unbridge"; readonly bridge: BridgeId }
  | { readonly do: "record-start" | "record-legs"; readonly recording: RecordingId; readonly customer: LegId; readonly agent: LegId }
  | { readonly do: "record-pause" | "record-resume" | "record-stop"; readonly recording: RecordingId }
  | { readonly do: "identify" }
  | { readonly do: "warn-agent"; readonly agent: UserId };

/** What follows from an event: facts to be stored, then effects to be performed. */
export type Decision = { readonly facts: readonly CallFact[]; readonly effects: readonly CallEffect[] };
export const nothing: Decision = { facts: [], effects: [] };
export const decision = (facts: readonly CallFact[], effects: readonly CallEffect[] = []): Decision => ({ facts, effects });

type Data<T extends CallFact["type"]> = Omit<FactOf<T>["data"], "position">;
/** The fact `type`, caused by `event`. */
export function note<T extends CallFact["type"]>(type: T, event: CallEvent, data: Data<T>): FactOf<T> {
  const position = "position" in event ? event.position : null;
  return { type, v: 1, at: event.at, data: { ...data, position } } as unknown as FactOf<T>;
}

/** The customer and this agent hear one another from now on, and are recorded if the number says so. */
export function talkEffects({ core }: CallState, agentLeg: LegId): readonly CallEffect[] {
  const joined: CallEffect = { do: "bridge", bridge: core.bridge, legs: [core.customerLeg, agentLeg] };
  const channels = { recording: core.recordingId, customer: core.customerLeg, agent: agentLeg };
  if (core.recording === "running") return [joined, { do: "record-legs", ...channels }, { do: "record-resume", recording: core.recordingId }];
  return core.record && core.recording === "none" ? [joined, { do: "record-start", ...channels }] : [joined];
}

/** The customer hears music at once, the agent nothing; hold time is left out of the recording (REC-1). */
export function partEffects({ core }: CallState): readonly CallEffect[] {
  const apart: readonly CallEffect[] = [{ do: "play-music", leg: core.customerLeg }, { do: "unbridge", bridge: core.bridge }];
  return core.recording === "running" ? [...apart, { do: "record-pause", recording: core.recordingId }] : apart;
}

export const isCustomerLeg = ({ core }: CallState, leg: LegId): boolean => core.customerLeg === leg;
