// Calls in every phase and one of every event, for the tests.
import { addMs, type BridgeId, type CallId, type ConversationId, type CustomerId, type E164, type LegId, type Millis, type OfferId, type QueueId, type RecordingId, type UserId } from "@ringdesk/std";
import { note, type CallEvent, type CallEventType } from "./call.events.rules.ts";
import { plainPlan, type BirthFact, type CallFact, type FactOf, type QueuePlan } from "./call.facts.ts";
import { evolve } from "./call.evolve.rules.ts";
import { begin, type CallState, type PhaseKind } from "./call.state.rules.ts";

export const START = 1_700_000_000_000 as Millis;
export const ids = {
  call: "call-1" as CallId, customerLeg: "customer-leg" as LegId, agentLeg: "agent-leg" as LegId, bridge: "bridge-1" as BridgeId, recording: "rec-1" as RecordingId,
  queue: "queue-1" as QueueId, standard: "queue-0" as QueueId, sales: "queue-2" as QueueId, ana: "ana" as UserId, offer: "offer-1" as OfferId, customer: "customer-1" as CustomerId, conversation: "conversation-1" as ConversationId,
};
const at = (ms: number): Millis => addMs(START, ms);
const birth = { position: null, customerLeg: ids.customerLeg, bridge: ids.bridge, recording: ids.recording, record: true, supportNumber: "+12025550100" as E164, supportNumberLabel: "Support" };
export const arrived: FactOf<"call.arrived"> = { type: "call.arrived", v: 1, at: START, data: {
  ...birth, from: "+12025550123" as E164, fromName: null, greeting: "Hello",
  menu: null, ruled: false,
  plan: { ...plainPlan, queueId: ids.queue, queueName: "Support", timeoutMs: 120_000 as Millis, fallback: { queueId: ids.standard, queueName: "Default" } },
} };
/** A call to a number with everything: rules, a menu, voicemail; a queue with announcements, overflow and callbacks. */
export const comfortable: FactOf<"call.arrived"> = { ...arrived, data: {
  ...arrived.data, ruled: true, menu: { prompt: "Press 2 for sales.", keys: [{ key: "2", queueId: ids.sales }] },
  plan: {
    ...arrived.data.plan, priority: 2, announce: { everyMs: 45_000 as Millis, position: true, wait: true }, callback: { offerAfterMs: 30_000 as Millis },
    overflow: { queueId: ids.sales, queueName: "Sales", priority: 5, music: "music/sales.ulaw", announce: null, skills: [], afterMs: 60_000 as Millis }, voicemail: { greeting: "Leave a message." },
  },
} };
export const salesPlan: QueuePlan = { ...arrived.data.plan, queueId: ids.sales, queueName: "Sales", music: "music/sales.ulaw", voicemail: { greeting: "Leave a message." } };
export const placed: BirthFact = { type: "call.placed", v: 1, at: START, data: { ...birth, to: "+12025550123" as E164, userId: ids.ana, name: "Ana", device: "browser" } };

const clock = (ms: number): CallEvent => ({ type: "clock.reached", at: at(ms) });
const queued = note("call.queued", clock(2_000), { queueId: ids.queue, queueName: "Support", why: "greeted", leaveAt: at(122_000), conversationId: null });
const assigned = note("call.assigned", clock(5_000), { userId: ids.ana, name: "Ana", offerId: ids.offer, connectBy: at(35_000), conversationId: null });
const agentLeg = note("call.agent-leg", clock(5_100), { leg: ids.agentLeg, device: "browser" });
const connected = note("call.agent-connected", clock(6_000), {});
const bridged = note("call.bridged", clock(6_000), {});
const talking = [note("call.answered", clock(100), {}), queued, assigned, agentLeg, connected, bridged];
const ended = note("call.ended", clock(20_000), { outcome: "answered", by: "agent", reason: null, settleBy: at(80_000), conversationId: null, queueId: ids.queue, userId: ids.ana });
const calledBack = note("call.callback-requested", clock(40_000), { number: "+12025550123" as E164, goodbyeBy: at(100_000), expiresAt: at(14_440_000) });
const toVoicemail = note("call.sent-to-voicemail", clock(122_000), { reason: "unanswered", overBy: at(182_000) });
const message = note("call.message-begun", clock(126_000), { recordingId: `${ids.recording}-message` as RecordingId, endBy: at(298_000) });
const from = (first: BirthFact, facts: readonly CallFact[]): CallState => facts.reduce(evolve, begin(ids.call, first));

/** A call in each phase; `connecting-out` is connecting of an outbound call. */
export const states: Readonly<Record<PhaseKind | "connecting-out", CallState>> = {
  arriving: from(arrived, []),
  greeting: from(arrived, talking.slice(0, 1)),
  waiting: from(arrived, talking.slice(0, 2)),
  connecting: from(arrived, talking.slice(0, 4)),
  "connecting-out": from(placed, [agentLeg]),
  dialling: from(placed, [agentLeg, connected]),
  ringing: from(placed, [agentLeg, connected, note("call.ringing", clock(7_000), {})]),
  talking: from(arrived, talking),
  held: from(arrived, [...talking, note("call.held", clock(10_000), {})]),
  away: from(arrived, [...talking, note("call.agent-lost", clock(10_000), { connectBy: at(40_000) })]),
  ending: from(arrived, [...talking, ended]),
  placing: from({ ...comfortable, data: { ...comfortable.data, menu: null } }, [...talking.slice(0, 1), note("call.greeted", clock(1_900), { enterBy: at(2_900) })]),
  callback: from(comfortable, [...talking.slice(0, 2), calledBack]),
  "callback-pause": from(comfortable, [...talking.slice(0, 2), calledBack, note("call.callback-unanswered", clock(60_000), { reason: "busy", againAt: at(299_000) })]),
  voicemail: from(comfortable, [...talking.slice(0, 2), toVoicemail]),
  message: from(comfortable, [...talking.slice(0, 2), toVoicemail, message]),
  farewell: from(comfortable, [...talking.slice(0, 2), toVoicemail, message, note("call.farewell-begun", clock(140_000), { words: "message-taken", outcome: "voicemail", reason: "unanswered", overBy: at(200_000) })]),
  settled: from(arrived, [...talking, ended, note("call.settled", clock(21_000), {})]),
};

const now = { at: at(300_000), position: null };
/** One of every event, at an instant when every deadline of a phase has passed. */
export const events: { readonly [T in CallEventType]: CallEvent & { readonly type: T } } = {
  "leg.ringing": { type: "leg.ringing", leg: ids.customerLeg, ...now },
  "leg.early-media": { type: "leg.early-media", leg: ids.customerLeg, ...now },
  "leg.answered": { type: "leg.answered", leg: ids.customerLeg, ...now },
  "leg.media-connected": { type: "leg.media-connected", leg: ids.agentLeg, ...now },
  "leg.media-lost": { type: "leg.media-lost", leg: ids.agentLeg, ...now },
  "leg.held": { type: "leg.held", leg: ids.agentLeg, ...now },
  "leg.resumed": { type: "leg.resumed", leg: ids.agentLeg, ...now },
  "leg.ended": { type: "leg.ended", leg: ids.customerLeg, cause: "hangup", by: "peer", quality: null, ...now },
  "greeting.over": { type: "greeting.over", leg: ids.customerLeg, ...now },
  "recording.started": { type: "recording.started", recording: ids.recording, ...now },
  "recording.stopped": { type: "recording.stopped", recording: ids.recording, why: "completed", durationMs: 9_000, path: "recordings/rec-1.wav", ...now },
  "switch.reported": { type: "switch.reported", report: { customer: "up", hears: "nothing", onHold: false, agentUp: true, bridged: false, recording: "none", message: false }, at: now.at },
  "customer.identified": { type: "customer.identified", customerId: ids.customer, name: "Dana", conversationId: ids.conversation, isNew: true, plan: null, at: now.at },
  "customer.unknown": { type: "customer.unknown", at: now.at },
  "queue.gone": { type: "queue.gone", queueId: ids.queue, to: { queueId: ids.standard, queueName: "Default" }, at: now.at },
  "prompt.over": { type: "prompt.over", leg: ids.customerLeg, prompt: "voicemail", ...now },
  "leg.dtmf": { type: "leg.dtmf", leg: ids.customerLeg, digit: "#", plan: null, ...now },
  "customer.unreachable": { type: "customer.unreachable", reason: "unreachable", at: now.at },
  "offer.made": { type: "offer.made", offerId: ids.offer, userId: ids.ana, name: "Ana", at: now.at },
  "offer.ended": { type: "offer.ended", offerId: ids.offer, userId: ids.ana, result: "declined", at: now.at },
  "agent.accepted": { type: "agent.accepted", offerId: ids.offer, userId: ids.ana, name: "Ana", leg: null, at: now.at },
  "agent.leg-made": { type: "agent.leg-made", leg: "agent-leg-2" as LegId, device: "browser", at: now.at },
  "agent.not-reached": { type: "agent.not-reached", at: now.at },
  "agent.audio-failed": { type: "agent.audio-failed", why: "denied", at: now.at },
  "agent.held": { type: "agent.held", at: now.at },
  "agent.resumed": { type: "agent.resumed", at: now.at },
  "agent.hung-up": { type: "agent.hung-up", at: now.at },
  "agent.sent-digits": { type: "agent.sent-digits", digits: "42#", at: now.at },
  "clock.reached": { type: "clock.reached", at: now.at },
};
/** The agent's leg ends, not the customer's. */
export const agentLegEnds: CallEvent = { ...events["leg.ended"], leg: ids.agentLeg };
