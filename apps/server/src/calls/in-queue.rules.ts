// What a queue does with whoever waits in it: a caller on the line, or one who is called back.
import { addMs, type Millis } from "@ringdesk/std";
import { decision, note, nothing, type CallEvent, type Decision, type EventOf } from "./call.events.rules.ts";
import type { FactOf } from "./call.facts.ts";
import { agentThere } from "./agent-leg.rules.ts";
import { evolve } from "./call.evolve.rules.ts";
import { AGENT_CONNECT_MS, MAX_LEGS } from "./call.limits.rules.ts";
import { conversationOf, type CallState, type Place, type StateIn } from "./call.state.rules.ts";

export const offered = (event: EventOf<"offer.made">): Decision =>
  decision([note("call.offered", event, { offerId: event.offerId, userId: event.userId, name: event.name })]);

/** An agent takes the call: in the browser, whose audio is awaited then, or by answering their phone, which is there. */
export function accepted(state: CallState, event: EventOf<"agent.accepted">): Decision {
  const { offerId, userId, name, leg } = event;
  const assigned = note("call.assigned", event, { offerId, userId, name, connectBy: addMs(event.at, AGENT_CONNECT_MS), conversationId: conversationOf(state) });
  if (leg === null) return decision([assigned]);
  if (state.core.legs.length >= MAX_LEGS) return nothing;
  const first = [assigned, note("call.agent-leg", event, { leg, device: "phone" })];
  const there = agentThere(first.reduce(evolve, state) as StateIn<"connecting">, event);
  return decision([...first, ...there.facts], there.effects);
}

/** The queue is deleted while calls wait in it: another takes them, and they keep the moment from which they wait. */
export function queueGone(state: CallState, event: EventOf<"queue.gone">, leaveAt: Millis): Decision {
  if (state.core.place?.queueId !== event.queueId || event.to.queueId === event.queueId) return nothing;
  return decision([queued(state, event, event.to, "queue-gone", leaveAt)]);
}

export const queued = (state: CallState, event: CallEvent, place: Place, why: FactOf<"call.queued">["data"]["why"], leaveAt: Millis): FactOf<"call.queued"> =>
  note("call.queued", event, { queueId: place.queueId, queueName: place.queueName, why, leaveAt, conversationId: conversationOf(state) });
