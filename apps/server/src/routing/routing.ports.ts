// What routing offers: queues, offers and desks.
import type { CallId, ConversationId, E164, HoldMusicId, LegId, Millis, OfferId, QueueId, QueueRuleId, Result, ScheduleId, SkillId, UserId } from "@ringdesk/std";
import type { Criteria } from "@ringdesk/contract/criteria";
import type { AgentStatus, AskedSkills, Desk, LiveView, LiveViewChange, QueueLine, WhyNotRouted } from "@ringdesk/contract/http";
import type { CallError } from "../calls/index.ts";
import type { NamedSubStatus } from "../teams/index.ts";
import type { Skills } from "./skill.rules.ts";

/** A queue with its options (QUE-6). */
export type Queue = {
  readonly id: QueueId; readonly name: string; readonly displayName: string; readonly isDefault: boolean;
  readonly voiceEnabled: boolean; readonly voiceOnly: boolean; readonly channels: readonly ("sms" | "email" | "chat")[];
  /** The larger goes first. */
  readonly priority: number;
  readonly overflow: { readonly afterMs: number; readonly queueId: QueueId } | null;
  /** Null: the standard music. */
  readonly musicId: HoldMusicId | null;
  readonly announce: { readonly everyMs: number; readonly position: boolean; readonly wait: boolean } | null;
  /** Null: always open. */
  readonly scheduleId: ScheduleId | null;
  readonly callback: { readonly offerAfterMs: number } | null;
  readonly wrapUpMs: number | null;
  readonly asks: AskedSkills;
};
export type Skill = { readonly id: SkillId; readonly name: string; readonly agents: readonly UserId[] };
/** Open hours in minutes since midnight, for each weekday from Monday; a holiday's hours stand for its day's. */
export type Schedule = {
  readonly id: ScheduleId; readonly name: string; readonly timeZone: string;
  readonly week: readonly (readonly Range[])[];
  readonly holidays: readonly { readonly date: string; readonly name: string; readonly hours: readonly Range[] }[];
};
type Range = { readonly from: number; readonly to: number };
/** QUE-3: who meets the criteria waits in the queue. */
export type QueueRule = { readonly id: QueueRuleId; readonly name: string; readonly criteria: Criteria; readonly queueId: QueueId; readonly enabled: boolean; readonly asks: AskedSkills };
export type HoldMusic = { readonly id: HoldMusicId; readonly name: string; readonly durationMs: number };
/** What is known of a conversation that has just come in. */
export type Incoming = {
  readonly channel: "voice" | "sms" | "email" | "chat";
  readonly supportNumber: E164 | null;
  /** The number that calls or writes, as far as it is known. */
  readonly from?: E164 | null;
  /** What the number itself, or a key of its menu, says: it goes before all rules. */
  readonly numberQueueId: QueueId | null;
  readonly customer: {
    readonly vip: boolean; readonly language: string | null; readonly tags: readonly string[]; readonly custom: Readonly<Record<string, unknown>>;
    readonly name?: string | null;
  } | null;
  /** Of the conversation itself, when it is there already: reopened, written to, or continued by a call. */
  readonly conversation?: { readonly language: string | null; readonly tags: readonly string[] } | null;
};
export type RoutingSettings = { /** QUE-4, milliseconds. */ readonly unansweredTimeoutMs: number };

/** The queues, in memory. */
export interface Queues {
  readonly all: () => readonly Queue[];
  readonly byId: (id: QueueId) => Queue | null;
  /** Every organisation has one; null before the first start. */
  readonly standard: () => Queue | null;
  readonly isVoiceQueue: (id: QueueId) => boolean;
  readonly settings: () => RoutingSettings;
  /** In order. */
  readonly rules: () => readonly QueueRule[];
  readonly music: () => readonly HoldMusic[];
  readonly schedules: () => readonly Schedule[];
  readonly schedule: (id: ScheduleId) => Schedule | null;
  readonly skills: () => readonly Skill[];
  readonly skill: (id: SkillId) => Skill | null;
  readonly skillsOf: (user: UserId) => Skills;
}

export type OfferError =
  | CallError
  /** It was answered, declined, missed or withdrawn before, or it rings for somebody else. */
  | { readonly type: "offer-gone"; readonly offer: OfferId };
export type StatusError = { readonly type: "status-denied"; readonly why: string };

export interface Routing {
  readonly accept: (offer: OfferId, user: UserId) => Promise<Result<CallId, OfferError>>;
  readonly decline: (offer: OfferId, user: UserId) => Result<void, OfferError>;
  readonly setStatus: (user: UserId, status: AgentStatus, subStatus?: NamedSubStatus | null) => Result<Desk, StatusError>;
  readonly deskOf: (user: UserId) => Desk;
  readonly queueLines: () => readonly QueueLine[];
  readonly callsWaiting: () => number;
  /** RTE-10. */
  readonly liveView: () => LiveView;
  /** RTE-11; says so when the call does not wait. */
  readonly whyNotRouted: (call: CallId) => WhyNotRouted;
  /** Where a waiting call stands, 1 being first, and how long it will probably wait, milliseconds; null while too little is known. */
  readonly positionOf: (call: CallId) => { readonly position: number; readonly estimatedWaitMs: Millis | null } | null;
}

/** Where changes of queues go: the lines to the pages that show them, their sum to all. */
export type QueuesPublisher = {
  readonly isWatched: () => boolean;
  /** `whole`: all lines anew, and a queue that is not in it is gone. */
  readonly lines: (lines: readonly QueueLine[], whole: boolean) => void;
  readonly waiting: (calls: number) => void;
};
/** Where the live view goes. */
export type LiveViewPublisher = {
  readonly isWatched: () => boolean;
  /** `whole`: everything anew, and what is not in it is gone. */
  readonly send: (change: LiveViewChange, whole: boolean) => void;
};
/** Where changes of desks and queues go: the live room. */
export interface DeskPublisher {
  readonly desk: (user: UserId, desk: Desk) => void;
  readonly queues: QueuesPublisher;
  readonly liveView: LiveViewPublisher;
}

/** Whom a phone shows. `from` null: the caller hides the number. */
export type ShownCaller = { readonly from: E164 | null; readonly name: string | null; readonly supportNumber: E164 };
/** The SIP phones of agents: an offer to whoever has one rings there, and is answered there. */
export interface AgentPhones {
  readonly hasPhone: (user: UserId) => boolean;
  /** Rings the agent's phone, if there is one. Answering it accepts the offer, refusing it declines. */
  readonly ring: (offer: { readonly id: OfferId; readonly call: CallId; readonly agent: UserId }, caller: ShownCaller) => void;
  /** The offer is over: a phone that still rings stops. */
  readonly silence: (offer: OfferId) => void;
  /** The leg of the phone that has answered this offer. */
  readonly legOf: (offer: OfferId) => LegId | null;
}

/** Makes a conversation the agent's; false when it is somebody's already, or that cannot be recorded now. */
export type AssignConversation = (conversation: ConversationId, user: UserId) => Promise<boolean>;
