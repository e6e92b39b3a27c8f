// An inbound call until an agent takes it: arriving, greeting with its menu, waiting.
import { addMs, type Millis } from "@ringdesk/std";
import { requestCallback } from "./callback.rules.ts";
import { decision, isCustomerLeg, note, nothing, type CallEffect, type CallEvent, type Decision, type EventOf } from "./call.events.rules.ts";
import { plainPlan, type CallFact, type QueuePlan } from "./call.facts.ts";
import { IDENTIFY_WAIT_MS } from "./call.limits.rules.ts";
import type { CallState, PhaseOf, StateIn } from "./call.state.rules.ts";
import { endCall } from "./ending.rules.ts";
import { accepted, offered, queued, queueGone } from "./in-queue.rules.ts";
import { leaveUnanswered, turnAway } from "./voicemail.rules.ts";

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
    case "leg.dtmf": return event.leg === leg && state.core.menu !== null ? keyPressed(state, event) : nothing;
    case "greeting.over": return event.leg === leg ? greeted(state, event) : nothing;
    case "clock.reached": return event.at < state.phase.overBy ? nothing : greeted(state, event);
    case "switch.reported": return event.report.hears === "play" ? nothing : decision([], [{ do: "welcome", leg }]);
    default: return nothing;
  }
}

/** The rules decide better when they know who calls: one second at most is given to that. */
export function whenPlacing(state: StateIn<"placing">, event: CallEvent): Decision {
  switch (event.type) {
    case "customer.unknown": return enterQueue(state, event, [note("call.unidentified", event, {})]);
    case "clock.reached": return event.at < state.phase.enterBy ? nothing : enterQueue(state, event);
    case "switch.reported": return event.report.hears === "play" ? nothing : decision([], [{ do: "play-music", leg: state.core.customerLeg }]);
    default: return nothing;
  }
}

export function whenWaiting(state: StateIn<"waiting">, event: CallEvent): Decision {
  switch (event.type) {
    case "offer.made": return offered(event);
    case "agent.accepted": return accepted(state, event);
    case "leg.dtmf": return isCustomerLeg(state, event.leg) && event.digit === CALLBACK_KEY && state.phase.callback.kind === "offered" ? requestCallback(state, event) : nothing;
    case "queue.gone": return queueGone(state, event, state.phase.leaveAt);
    case "clock.reached": return waitedLong(state, event);
    case "switch.reported": return event.report.hears === "play" ? nothing : decision([], [{ do: "play-music", leg: state.core.customerLeg }]);
    default: return nothing;
  }
}

/** The key by which a waiting caller asks to be called back. */
const CALLBACK_KEY = "1";

/** What is due next of all that a long wait brings. The others follow at once: their instants have passed too. */
function waitedLong(state: StateIn<"waiting">, event: EventOf<"clock.reached">): Decision {
  const { core, phase } = state;
  const leg = core.customerLeg;
  const isDue = (at: Millis | null): boolean => at !== null && event.at >= at;
  if (isDue(phase.leaveAt)) return leaveUnanswered(state, event);
  if (isDue(phase.overflowAt) && core.plan?.overflow) {
    const { queueId, queueName } = core.plan.overflow;
    const music: readonly CallEffect[] = core.plan.overflow.music === core.place?.music ? [] : [{ do: "play-music", leg }];
    return decision([queued(state, event, { queueId, queueName }, "overflow", phase.leaveAt)], music);
  }
  if (phase.callback.kind === "later" && isDue(phase.callback.at)) {
    return decision([note("call.callback-offered", event, {})], [{ do: "announce", leg, what: "callback", count: core.announced + 1 }]);
  }
  if (isDue(phase.announceAt)) return decision([note("call.announced", event, {})], [{ do: "announce", leg, what: "place", count: core.announced + 1 }]);
  return nothing;
}

function greeted(state: StateIn<"greeting">, event: CallEvent): Decision {
  const { core } = state;
  // RTE-6: nothing entered at a menu leads to the default queue.
  if (core.menu !== null && core.plan !== null) return enterQueue(state, event, [note("call.planned", event, { plan: defaultPlan(core.plan) })]);
  if (!core.ruled || core.customer !== null || core.lookup === "failed") return enterQueue(state, event);
  return decision([note("call.greeted", event, { enterBy: addMs(event.at, IDENTIFY_WAIT_MS) })]);
}

/** RTE-6: a key of the menu leads to its queue, any other to the default queue. The prompt is not heard to its end. */
function keyPressed(state: StateIn<"greeting">, event: EventOf<"leg.dtmf">): Decision {
  const { plan } = state.core;
  if (plan === null) return nothing;
  const next = event.plan ?? defaultPlan(plan);
  return enterQueue(state, event, [
    note("call.key-pressed", event, { key: event.digit, queueName: event.plan?.queueName ?? null }), note("call.planned", event, { plan: next }),
  ], true);
}

/** The default queue, in which nothing of the other queue's options holds; the number's voicemail does. */
const defaultPlan = (plan: QueuePlan): QueuePlan =>
  (plan.fallback === null ? plan : { ...plainPlan, ...plan.fallback, timeoutMs: plan.timeoutMs, fallback: null, voicemail: plan.voicemail });

/** `first` are facts of the same event that come before. `cut`: what the caller hears is not over. */
export function enterQueue(state: CallState & { readonly phase: PhaseOf<"greeting" | "placing"> }, event: CallEvent, first: readonly CallFact[] = [], cut = false): Decision {
  const planned = first.find((f) => f.type === "call.planned");
  const plan = planned === undefined ? state.core.plan : planned.data.plan;
  if (plan === null) return decision(first);
  if (plan.closed) return turnAway(state, event, plan, first);
  const { queueId, queueName } = plan;
  const music: readonly CallEffect[] = cut || plan.music !== state.phase.music ? [{ do: "play-music", leg: state.core.customerLeg }] : [];
  return decision([...first, queued(state, event, { queueId, queueName }, "greeted", addMs(event.at, plan.timeoutMs))], music);
}
