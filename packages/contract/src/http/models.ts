// What the API speaks of. Instants are milliseconds since the epoch, phone numbers E.164, ids opaque.
import { z } from "zod";
import { deviceKind } from "./devices.ts";
import { callId, conversationId, customerId, e164, instant, offerId, queueId, recordingId, span, subStatusId, userId } from "../ids/index.ts";
import { permission } from "./permissions.ts";
import { skillNeed } from "./skills.ts";

export const role = z.enum(["admin", "manager", "agent"]);
export type Role = z.output<typeof role>;
export const agentStatus = z.enum(["available", "busy", "unavailable"]);
export type AgentStatus = z.output<typeof agentStatus>;
/** How the system classifies an ended call (glossary: outcome). */
export const callOutcome = z.enum(["answered", "missed", "abandoned-in-ivr", "abandoned-in-queue", "voicemail", "failed", "interrupted"]);
export type CallOutcome = z.output<typeof callOutcome>;

export const user = z.object({ id: userId, name: z.string(), email: z.string(), role }).meta({ id: "User" });
export type User = z.output<typeof user>;
export const organisation = z.object({ name: z.string(), timeZone: z.string(), country: z.string() }).meta({ id: "Organisation" });
export type Organisation = z.output<typeof organisation>;
export const session = z.object({ user, organisation, features: z.object({ sandbox: z.boolean() }), permissions: z.array(permission) }).meta({ id: "Session" });
export type Session = z.output<typeof session>;

/** One line of the live queue view (RTE-10). */
export const queueLine = z.object({
  id: queueId, name: z.string(), isDefault: z.boolean(), voiceEnabled: z.boolean(),
  waiting: z.array(z.object({ callId, from: e164.nullable(), customerName: z.string().nullable(), enteredAt: instant, offeredTo: z.string().nullable(), /** The caller has hung up and is called back by whoever takes this. */ callback: z.boolean(), /** What it asks for (QUE-6). */ skills: z.array(skillNeed).default([]) })),
  agents: z.object({ available: z.number().int(), busy: z.number().int(), unavailable: z.number().int() }),
}).meta({ id: "QueueLine" });
export type QueueLine = z.output<typeof queueLine>;

export const recording = z.object({
  id: recordingId, callId, state: z.enum(["recording", "complete", "partial"]), durationMs: span.nullable(),
  /** Why a partial recording is partial, in words for a person. */
  note: z.string().nullable(),
}).meta({ id: "Recording" });
export type Recording = z.output<typeof recording>;

export const legStats = z.object({ party: z.enum(["customer", "agent"]), mos: z.number().nullable(), lossPercent: z.number(), jitterMs: z.number() });

/** A call as the timeline shows it (CALL-8). */
export const callSummary = z.object({
  id: callId, direction: z.enum(["inbound", "outbound"]),
  state: z.enum(["live", "ended"]), outcome: callOutcome.nullable(),
  /** Why a missed, failed or interrupted call came to nothing, in words for a person. */
  reason: z.string().nullable(),
  customerNumber: e164.nullable(), supportNumber: e164, queueName: z.string().nullable(),
  startedAt: instant, answeredAt: instant.nullable(), endedAt: instant.nullable(),
  waitMs: span.nullable(), talkMs: span.nullable(), holdMs: span, holds: z.number().int(),
  agentName: z.string().nullable(),
  endedBy: z.enum(["customer", "agent", "system"]).nullable(),
  offers: z.array(z.object({ agentName: z.string(), at: instant, result: z.enum(["ringing", "accepted", "declined", "missed", "withdrawn"]) })),
  /** What happened on the way besides offers, in words for a person: keys, queues, attempts to call back. */
  steps: z.array(z.object({ at: instant, words: z.string() })).default([]),
  /** The message that the caller left; its recording is among `recordings`. `heard`: who listened first. */
  voicemail: z.object({ recordingId, heard: z.object({ by: z.string(), at: instant }).nullable() }).nullable().default(null),
  /** The caller asked to be called back. */
  callback: z.object({ requestedAt: instant, state: z.enum(["waiting", "called", "reached"]) }).nullable().default(null),
  quality: z.array(legStats),
  recordings: z.array(recording),
}).meta({ id: "CallSummary" });
export type CallSummary = z.output<typeof callSummary>;

export const conversationChange = z.enum(["created", "assigned", "unassigned", "transferred", "snoozed", "woken", "done", "reopened", "wrap-up", "tagged", "language", "restored"]);
export type ConversationChange = z.output<typeof conversationChange>;
export const timelineEntry = z.discriminatedUnion("kind", [
  z.object({ id: z.string(), kind: z.literal("call"), at: instant, conversationId, call: callSummary }),
  z.object({ id: z.string(), kind: z.literal("note"), at: instant, conversationId: conversationId.nullable(), author: z.string(), text: z.string() }),
  z.object({ id: z.string(), kind: z.literal("conversation"), at: instant, conversationId, change: conversationChange, by: z.string().nullable(), /** To whom, where, until when, in words or milliseconds. */ detail: z.string().optional() }),
  z.object({
    id: z.string(), kind: z.literal("message"), at: instant, conversationId, channel: z.enum(["sms", "email", "chat"]), direction: z.enum(["in", "out"]),
    /** Who of us wrote it; null: the customer. */
    author: z.string().nullable(), subject: z.string().nullable(), text: z.string(),
    /** `recorded`: nothing sends it yet. */
    delivery: z.enum(["received", "recorded"]),
  }),
]).meta({ id: "TimelineEntry" });
export type TimelineEntry = z.output<typeof timelineEntry>;

/** Whom the agent talks to, as the widget shows it. */
export const caller = z.object({ number: e164.nullable(), customerId: customerId.nullable(), name: z.string().nullable() });

/** A call offered to this agent, ringing now (CALL-4). */
export const offerView = z.object({
  id: offerId, callId, caller, supportNumber: e164, supportNumberLabel: z.string(), queueName: z.string(),
  enteredAt: instant, ringsUntil: instant, ivrPath: z.array(z.string()), /** The customer is called once this is accepted. */ callback: z.boolean(),
}).meta({ id: "Offer" });
export type OfferView = z.output<typeof offerView>;

/** Where a call stands for its agent. `connecting`: accepted, the agent's audio is not there yet; `away`: the audio was lost, 30 s to come back. */
export const callPhase = z.enum(["connecting", "dialling", "ringing", "talking", "held", "away"]);
export type CallPhase = z.output<typeof callPhase>;
export const callView = z.object({
  id: callId, direction: z.enum(["inbound", "outbound"]), phase: callPhase, caller, conversationId: conversationId.nullable(),
  supportNumber: e164, queueName: z.string().nullable(), startedAt: instant, talkingSince: instant.nullable(), heldSince: instant.nullable(),
  /** Until when audio must be connected (connecting, away), else null. */
  connectBy: instant.nullable(),
  /** Where the agent talks: a browser's audio is connected by its page, a phone's is there. */
  device: deviceKind, recording: z.boolean(), enteredDigits: z.string(),
  mos: z.number().nullable(),
}).meta({ id: "CallView" });
export type CallView = z.output<typeof callView>;

const use = z.object({ open: z.number().int(), limit: z.number().int() });
/** Open conversations against the most that the agent's teams allow (CAP-1, CAP-3). */
export const capacityUse = z.object({ voice: use, sms: use, email: use, chat: use, total: use }).meta({ id: "CapacityUse" });
export type CapacityUse = z.output<typeof capacityUse>;

/** All that the status bar and the dialer widget need; pushed whole on every change. */
export const desk = z.object({
  status: z.object({
    value: agentStatus, since: instant, why: z.string().nullable(), subStatus: z.object({ id: subStatusId, name: z.string() }).nullable(),
    /** CAP-1: the open voice conversation that keeps calls from an available agent; null when none does. */
    openConversation: z.object({ id: conversationId, customerId, customerName: z.string().nullable(), customerNumber: e164.nullable() }).nullable(),
  }),
  /** TEAM-3: who may not call sees why. */
  dialer: z.discriminatedUnion("allowed", [z.object({ allowed: z.literal(true) }), z.object({ allowed: z.literal(false), why: z.string() })]),
  /** Where this agent's calls ring. */
  device: deviceKind,
  /** Null: no team routes anything to this agent. */
  capacity: capacityUse.nullable(),
  offer: offerView.nullable(), call: callView.nullable(),
  /** The call that has just ended, until the agent chooses Available again. */
  lastCall: z.object({ id: callId, customerId: customerId.nullable(), conversationId: conversationId.nullable(), reason: z.string().nullable() }).nullable(),
}).meta({ id: "Desk" });
export type Desk = z.output<typeof desk>;

/** TURN servers for this browser (RFC 8656); none when the organisation has none. The credentials end after `validMs`. */
export const iceServers = z.object({
  servers: z.array(z.object({ urls: z.array(z.string()), username: z.string(), credential: z.string() })), validMs: span,
}).meta({ id: "IceServers" });
export type IceServers = z.output<typeof iceServers>;

/** The sandbox carrier's telephone in the browser. */
export const handset = z.object({
  id: z.string(), number: e164,
  call: z.object({ id: z.string(), direction: z.enum(["in", "out"]), with: z.string(), state: z.enum(["dialling", "ringing", "talking"]), since: instant }).nullable(),
  /** Why the last call ended, in words for the person at the handset. */
  lastEnd: z.string().nullable(),
}).meta({ id: "Handset" });
export type Handset = z.output<typeof handset>;
