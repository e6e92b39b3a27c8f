// Facts about a call: past tense, append-only, readable in ten years. Never edit one; add a version.
// `data.position` is where the switch's event stood that caused the fact: a redelivered event is known by it.
import { z } from "zod";
import { deviceKind } from "@ringdesk/contract/http";
import { err, ok, type Result } from "@ringdesk/std";
import { bridgeId, conversationId, customerId, e164, instant, legId, offerId, queueId, recordingId, skillId, span, userId } from "@ringdesk/contract/ids";

const position = z.object({ epoch: z.string(), seq: z.number().int().positive() }).nullable();
const caused = { position: position.default(null) };
const fact = <T extends string, S extends z.ZodRawShape>(type: T, data: S) =>
  z.object({ type: z.literal(type), v: z.literal(1), at: instant, data: z.object({ ...caused, ...data }) });

/** A queue as the call knows it: names are kept as they were. */
const place = { queueId, queueName: z.string() };
/** What a call needs besides its parties, decided at its birth and kept through restarts. */
const birth = {
  customerLeg: legId, bridge: bridgeId, recording: recordingId, record: z.boolean(),
  supportNumber: e164, supportNumberLabel: z.string(),
};
/** How a caller waits in a queue. `music`: a file of the media folder; null is the house's own. Higher priorities go first. */
const comfort = {
  priority: z.number().int().default(0),
  music: z.string().nullable().default(null),
  announce: z.object({ everyMs: span, position: z.boolean(), wait: z.boolean() }).nullable().default(null),
  /** Skills that the agent needs, each until it has waited so long; null: however long. */
  skills: z.array(z.object({ id: skillId, relaxAfterMs: span.nullable() })).default([]),
};
/** Where an inbound call waits, for how long, and where it goes then. Spans in milliseconds. Calls of old facts have none of the options. */
export const queuePlan = z.object({
  ...place, ...comfort, timeoutMs: span, fallback: z.object(place).nullable(),
  overflow: z.object({ ...place, ...comfort, afterMs: span }).nullable().default(null),
  callback: z.object({ offerAfterMs: span }).nullable().default(null),
  /** What the support number says before it records a message; null: it takes none. */
  voicemail: z.object({ greeting: z.string() }).nullable().default(null),
  /** Outside the business hours of the queue: nobody waits in it. */
  closed: z.boolean().default(false),
});
export type QueuePlan = Readonly<z.output<typeof queuePlan>>;
/** The neutral options of a plan. */
export const plainPlan = {
  priority: 0, music: null, announce: null, skills: [], overflow: null, callback: null, voicemail: null, closed: false,
} satisfies Omit<QueuePlan, "queueId" | "queueName" | "timeoutMs" | "fallback">;

export const legQuality = z.object({
  packets: z.number(), lost: z.number(), jitterMs: z.number(), roundTripMs: z.number().nullable(), mos: z.number().nullable(),
});
export const offerResult = z.enum(["accepted", "declined", "missed", "withdrawn"]);
export type OfferResult = z.output<typeof offerResult>;

/** Why a call came to nothing or was cut short. The words for a person are in `endReasonWords`. */
export const endReason = z.enum([
  "unanswered", "switch-failed", "time-limit", "agent-not-connected", "agent-lost", "cancelled", "busy", "no-answer", "declined",
  "not-found", "not-allowed", "unreachable", "no-common-codec", "line-silent", "carrier-failed", "phone-service-away",
  "closed", "callback-unanswered", "callback-expired",
]);
export type EndReason = z.output<typeof endReason>;
export const endedOutcome = z.enum(["answered", "missed", "abandoned-in-ivr", "abandoned-in-queue", "voicemail", "failed", "interrupted"]);
export type EndedOutcome = z.output<typeof endedOutcome>;
export const audioFailure = z.enum(["denied", "no-device", "in-use", "connection", "other"]);
export type AudioFailure = z.output<typeof audioFailure>;

/** What a caller hears last. */
export const farewellWords = z.enum(["closed", "message-taken", "goodbye"]);
export type FarewellWords = z.output<typeof farewellWords>;
/** RTE-6: which key of the number's menu leads to which queue. */
export const callMenu = z.object({ prompt: z.string(), keys: z.array(z.object({ key: z.string(), queueId })) });

export const callFact = z.discriminatedUnion("type", [
  // birth: the first fact of every stream is one of these
  fact("call.arrived", { ...birth, from: e164.nullable(), fromName: z.string().nullable(), greeting: z.string(), plan: queuePlan,
    menu: callMenu.nullable().default(null),
    /** The number names no queue: the plan may change once it is known who calls. */
    ruled: z.boolean().default(false) }),
  fact("call.placed", { ...birth, to: e164, userId, name: z.string(), device: deviceKind.default("browser") }),
  // who the customer is; `queueId` and `userId` as they stood at that moment
  fact("call.identified", {
    customerId, customerName: z.string().nullable(), conversationId, isNew: z.boolean(), direction: z.enum(["inbound", "outbound"]),
    supportNumber: e164, customerNumber: e164.nullable(), queueId: queueId.nullable(), userId: userId.nullable(),
  }),
  /** The database could not say who calls; it is asked again, and the call waits for it no longer. */
  fact("call.unidentified", {}),
  fact("call.planned", { plan: queuePlan }),
  fact("call.key-pressed", { key: z.string(), /** Null: no key of the menu. */ queueName: z.string().nullable() }),
  // the customer's leg
  fact("call.ringing", {}),
  fact("call.answered", {}),
  /** The greeting is over, and for a moment it is awaited who calls. */
  fact("call.greeted", { enterBy: instant }),
  fact("call.queued", { ...place, why: z.enum(["greeted", "unanswered", "overflow", "queue-gone", "callback-again"]), leaveAt: instant, conversationId: conversationId.nullable() }),
  fact("call.announced", {}),
  // calling back instead of waiting
  fact("call.callback-offered", {}),
  fact("call.callback-requested", { number: e164, goodbyeBy: instant, expiresAt: instant }),
  fact("call.callback-unanswered", { reason: endReason.nullable(), againAt: instant }),
  // a message instead of a talk
  fact("call.sent-to-voicemail", { reason: endReason, overBy: instant }),
  fact("call.message-begun", { recordingId, endBy: instant }),
  fact("call.farewell-begun", { words: farewellWords, outcome: endedOutcome, reason: endReason.nullable(), overBy: instant }),
  // offers, copied from routing for the timeline and for what an agent has declined
  fact("call.offered", { offerId, userId, name: z.string() }),
  fact("call.offer-ended", { offerId, userId, result: offerResult }),
  // the agent
  fact("call.assigned", { userId, name: z.string(), offerId, connectBy: instant, conversationId: conversationId.nullable() }),
  fact("call.agent-leg", { leg: legId, device: deviceKind.default("browser") }),
  fact("call.audio-failed", { why: audioFailure }),
  fact("call.agent-connected", {}),
  fact("call.bridged", {}),
  fact("call.held", {}),
  fact("call.resumed", {}),
  fact("call.agent-lost", { connectBy: instant }),
  fact("call.requeued", { ...place, why: z.enum(["not-connected", "agent-lost", "agent-gave-up"]), userId, leaveAt: instant }),
  fact("call.digits", { digits: z.string() }),
  fact("call.recording-started", { recordingId }),
  fact("call.recording-stopped", { recordingId, why: z.enum(["completed", "failed", "repaired"]), durationMs: span, path: z.string() }),
  fact("call.limit-warned", {}),
  // the end
  fact("call.leg-ended", { leg: legId, party: z.enum(["customer", "agent"]), cause: z.string(), quality: legQuality.nullable() }),
  fact("call.ended", {
    outcome: endedOutcome, by: z.enum(["customer", "agent", "system"]), reason: endReason.nullable(), settleBy: instant,
    conversationId: conversationId.nullable(), queueId: queueId.nullable(), userId: userId.nullable(),
  }),
  /** The last of a stream: legs and recording are accounted for and the customer is known. */
  fact("call.settled", {}),
]);
export type CallFact = Readonly<z.output<typeof callFact>>;
export type CallFactType = CallFact["type"];
export type FactOf<T extends CallFactType> = Extract<CallFact, { type: T }>;
/** The facts that open a stream. */
export type BirthFact = FactOf<"call.arrived"> | FactOf<"call.placed">;

export type CorruptFact = { readonly type: "corrupt-fact"; readonly detail: string };

/** Reads a stored fact. */
export function decodeCallFact(row: unknown): Result<CallFact, CorruptFact> {
  const parsed = callFact.safeParse(row);
  return parsed.success ? ok(parsed.data) : err({ type: "corrupt-fact", detail: parsed.error.message.slice(0, 500) });
}

/** The name of the stream of a call's facts. */
export const callStream = (call: string): string => `call:${call}`;
