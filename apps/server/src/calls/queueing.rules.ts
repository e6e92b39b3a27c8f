// An inbound call until an agent takes it: arriving, greeting, waiting.
import { addMs } from "@ringdesk/std";
import { decision, note, nothing, type CallEvent, type Decision } from "./call.events.rules.ts";
import { AGENT_CONNECT_MS } from "./call.limits.rules.ts";
import type { CallState, StateIn } from "./call.state.rules.ts";
import { endCall } from "./ending.rules.ts";

export function whenArriving(state: StateIn<"arriving">, event: CallEvent): Decision {
  const leg = state.core.customerLeg;
  switch (event.type) {
    case "leg.answered": return event.leg === leg ? decision([note("call.answered", event, {})], [{ do: "welcome", leg }]) : nothing;
    case "customer.unreachable": return endCall(state, event, { outcome: "failed", by: "system", reason: event.reason });
    case "clock.reached":
      return event.at < state.phase.answerBy ? nothing : endCall(state, event, { outcome: "failed", by: "system", reason: "phone-service-away" });
    case "switch.reported":
      // A handset's answer is made in this process and may have died with the last one.
      if (event.report.customer === "up") return decision([note("call.answered", event, {})], [{ do: "answer", leg }, { do: "welcome", leg }]);
      return event.report.customer === "incoming" ? decision([], [{ do: "answer", leg }]) : nothing;
    default: return nothing;
  }
}

export function whenGreeting(state: StateIn<"greeting">, event: CallEvent): Decision {
  const leg = state.core.customerLeg;
  switch (event.type) {
    case "greeting.over": return event.leg === leg ? enterQueue(state, event) : nothing;
    case "clock.reached": return event.at < state.phase.overBy ? nothing : enterQueue(state, event);
    case "switch.reported": return event.report.hears === "play" ? nothing : decision([], [{ do: "welcome", leg }]);
    default: return nothing;
  }
}

export function whenWaiting(state: StateIn<"waiting">, event: CallEvent): Decision {
  switch (event.type) {
    case "offer.made": return decision([note("call.offered", event, { offerId: event.offerId, userId: event.userId, name: event.name })]);
    case "agent.accepted": {
      const { offerId, userId, name } = event;
      const assigned = { offerId, userId, name, connectBy: addMs(event.at, AGENT_CONNECT_MS), conversationId: conversationOf(state) };
      return decision([note("call.assigned", event, assigned)]);
    }
    case "clock.reached": return event.at < state.phase.leaveAt ? nothing : leaveQueue(state, event);
    case "switch.reported": return event.report.hears === "play" ? nothing : decision([], [{ do: "play-music", leg: state.core.customerLeg }]);
    default: return nothing;
  }
}

/** RTE-5: to the default queue; from there, or when it is the default queue already, the call has been missed. */
function leaveQueue(state: StateIn<"waiting">, event: CallEvent): Decision {
  const { plan, place } = state.core;
  const next = plan?.fallback ?? null;
  if (plan === null || next === null || place?.queueId === next.queueId) {
    return endCall(state, event, { outcome: "missed", by: "system", reason: "unanswered" });
  }
  const data = { ...next, why: "unanswered", leaveAt: addMs(event.at, plan.timeoutMs), conversationId: conversationOf(state) } as const;
  return decision([note("call.queued", event, data)]);
}

function enterQueue(state: CallState, event: CallEvent): Decision {
  const { plan } = state.core;
  if (plan === null) return nothing;
  const { queueId, queueName } = plan;
  return decision([note("call.queued", event, { queueId, queueName, why: "greeted", leaveAt: addMs(event.at, plan.timeoutMs), conversationId: conversationOf(state) })]);
}

const conversationOf = (state: CallState) => state.core.customer?.conversationId ?? null;
