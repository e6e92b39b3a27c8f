// What managers watch: who waits, who works, how well today goes (RTE-10), and why a waiting call is not routed (RTE-11).
import { z } from "zod";
import { callId, conversationId, customerId, e164, instant, queueId, span, userId } from "../ids/index.ts";
import { agentStatus } from "./models.ts";
import type { Route } from "./route.ts";
import { skillNeed } from "./skills.ts";

/** Calls of a day that came to a queue. `answeredInTime`: within the threshold from entering the queue. */
export const dayCount = z.object({ answered: z.number().int(), answeredInTime: z.number().int(), lost: z.number().int() });
export type DayCount = z.output<typeof dayCount>;

export const liveCall = z.object({
  callId, from: e164.nullable(), customerName: z.string().nullable(), enteredAt: instant, offeredTo: z.string().nullable(), callback: z.boolean(),
  /** What it asks for (QUE-6). */
  skills: z.array(skillNeed).default([]),
  position: z.number().int(), /** Null while too little is known. */ estimatedWaitMs: span.nullable(),
});
export const liveQueue = z.object({
  id: queueId, name: z.string(), isDefault: z.boolean(), voiceEnabled: z.boolean(), waiting: z.array(liveCall),
  /** Conversations of other channels, and reopened ones, that wait for an agent. */
  conversations: z.number().int(),
  agents: z.object({ available: z.number().int(), busy: z.number().int(), unavailable: z.number().int() }),
  today: dayCount,
}).meta({ id: "LiveQueue" });
export type LiveQueue = z.output<typeof liveQueue>;

export const liveAgent = z.object({
  id: userId, name: z.string(), teams: z.array(z.string()), status: agentStatus, since: instant, subStatus: z.string().nullable(),
  /** What is at hand: `ready` can be given a call now, `ringing` is offered one, `kept` is available and yet gets none. */
  doing: z.enum(["ready", "ringing", "on-call", "kept", "away"]),
  call: z.object({ callId, direction: z.enum(["inbound", "outbound"]), number: e164.nullable(), name: z.string().nullable(), since: instant }).nullable(),
}).meta({ id: "LiveAgent" });
export type LiveAgent = z.output<typeof liveAgent>;

export const liveView = z.object({
  queues: z.array(liveQueue), agents: z.array(liveAgent), today: dayCount,
  /** What counts as answered in time, milliseconds. */
  thresholdMs: span,
}).meta({ id: "LiveView" });
export type LiveView = z.output<typeof liveView>;

/** Part of a live view that has changed: put in or replaced by id. */
export const liveViewChange = liveView.omit({ thresholdMs: true });
export type LiveViewChange = z.output<typeof liveViewChange>;

/** Why an agent is not offered a call; the closed list of RTE-11. */
export const agentReason = z.enum([
  "status-busy", "status-unavailable", "no-desktop", "on-call", "offer-ringing", "lacks-skill", "voice-full", "total-full", "team-routing-off", "declined", "would-be-next",
]);
export type AgentReason = z.output<typeof agentReason>;
/** Why a queue gives its calls to nobody. */
export const queueReason = z.enum(["rings", "not-waiting", "default-queue", "queue-not-voice-enabled", "queue-not-assigned", "teams-without-members", "team-routing-off", "nobody-has-skills"]);
export type QueueReason = z.output<typeof queueReason>;

const because = <R extends z.ZodType>(reason: R) => z.object({ reason, text: z.string(), /** The open conversation that keeps the call away. */ conversation: z.object({ id: conversationId, customerId }).nullable(), /** Where it can be changed: a page of the settings. */ settings: z.enum(["teams", "routing", "users", "skills"]).nullable() });
export const whyNotRouted = z.object({
  callId, queueId: queueId.nullable(), queueName: z.string().nullable(), enteredAt: instant.nullable(),
  queue: z.array(because(queueReason)),
  agents: z.array(z.object({ id: userId, name: z.string(), reasons: z.array(because(agentReason)) })),
  /** Agents beyond those that are listed. */
  more: z.number().int(),
}).meta({ id: "WhyNotRouted" });
export type WhyNotRouted = z.output<typeof whyNotRouted>;

export const liveViewApi = {
  getLiveView: { method: "GET", path: "/live-view", access: "manager", permission: "live-view", summary: "Waiting calls by queue, agents by status, and today's service level (RTE-10)", response: liveView },
  whyNotRouted: { method: "GET", path: "/calls/:id/why-not-routed", access: "manager", permission: "live-view", summary: "Why a waiting call is with no agent yet (RTE-11)", params: z.object({ id: callId }), response: whyNotRouted },
} as const satisfies Record<string, Route>;
