// A call with an agent: connecting, talking, on hold, and away.
import { addMs, type LegId } from "@ringdesk/std";
import { agentThere, isThere } from "./agent-leg.rules.ts";
import { decision, isCustomerLeg, note, nothing, partEffects, talkEffects, type CallEffect, type CallEvent, type Decision, type EventOf, type SwitchReport } from "./call.events.rules.ts";
import type { CallFact, FactOf } from "./call.facts.ts";
import { AGENT_CONNECT_MS, MAX_LEGS } from "./call.limits.rules.ts";
import { evolve } from "./call.evolve.rules.ts";
import { isCallback, type CallState, type StateIn } from "./call.state.rules.ts";
import { endCall } from "./ending.rules.ts";

/** Inbound: an agent has accepted, their audio is awaited, the caller still hears music (RTE-4). */
export function whenConnecting(state: StateIn<"connecting">, event: CallEvent): Decision {
  const { agent, connectBy } = state.phase;
  switch (event.type) {
    case "agent.leg-made": return madeLeg(state, event);
    case "agent.audio-failed": return decision([note("call.audio-failed", event, { why: event.why })]);
    case "leg.answered": case "leg.media-connected": return isThere(agent, event) ? agentThere(state, event) : nothing;
    // The caller has waited for this: giving up before the first word puts the call back instead of ending it.
    case "agent.hung-up": return putBack(state, event, "agent-gave-up");
    case "clock.reached": return event.at < connectBy ? nothing : putBack(state, event, "not-connected");
    case "switch.reported": return event.report.hears === "nothing" ? decision([], [{ do: "play-music", leg: state.core.customerLeg }]) : nothing;
    default: return nothing;
  }
}

export function whenTalking(state: StateIn<"talking">, event: CallEvent): Decision {
  const { agent } = state.phase;
  switch (event.type) {
    case "agent.held": return decision([note("call.held", event, {})], partEffects(state));
    // The hold key of the agent's phone.
    case "leg.held": return event.leg === agent.leg ? decision([note("call.held", event, {})], partEffects(state)) : nothing;
    case "agent.sent-digits": return sentDigits(state, event);
    case "agent.hung-up": return endCall(state, event, { outcome: "answered", by: "agent", reason: null });
    case "leg.media-lost": return event.leg === agent.leg ? agentLost(state, event) : nothing;
    case "switch.reported": return agent.leg === null ? nothing : decision([], mendTalk(state, agent.leg, event.report));
    default: return nothing;
  }
}

export function whenHeld(state: StateIn<"held">, event: CallEvent): Decision {
  const { agent } = state.phase;
  switch (event.type) {
    case "agent.resumed": return agent.leg === null ? nothing : decision([note("call.resumed", event, {})], talkEffects(state, agent.leg));
    case "leg.resumed": return agent.leg === null || event.leg !== agent.leg ? nothing : decision([note("call.resumed", event, {})], talkEffects(state, agent.leg));
    case "agent.sent-digits": return sentDigits(state, event);
    case "agent.hung-up": return endCall(state, event, { outcome: "answered", by: "agent", reason: null });
    case "leg.media-lost": return event.leg === agent.leg ? agentLost(state, event) : nothing;
    case "switch.reported": return event.report.hears === "play" && event.report.recording !== "recording" ? nothing : decision([], partEffects(state));
    default: return nothing;
  }
}

/** What a server that died between the fact and the effects has left undone. */
function mendTalk(state: CallState, agentLeg: LegId, report: SwitchReport): readonly CallEffect[] {
  const { core } = state;
  if (core.recording === "running" && report.recording === "none") {
    const start: CallEffect = { do: "record-start", recording: core.recordingId, customer: core.customerLeg, agent: agentLeg };
    return report.bridged ? [start] : [{ do: "bridge", bridge: core.bridge, legs: [core.customerLeg, agentLeg] }, start];
  }
  const recorded = core.recording !== "running" || report.recording === "recording";
  return report.bridged && recorded ? [] : talkEffects(state, agentLeg);
}

/** CALL-12: the customer hears music, the agent has time to come back to the same call. */
export function whenAway(state: StateIn<"away">, event: CallEvent): Decision {
  const { agent, connectBy, from } = state.phase;
  switch (event.type) {
    case "agent.leg-made": return madeLeg(state, event);
    case "agent.audio-failed": return decision([note("call.audio-failed", event, { why: event.why })]);
    case "leg.media-connected": {
      if (agent.leg !== event.leg) return nothing;
      const back = note("call.agent-connected", event, {});
      return from === "held" ? decision([back]) : decision([back, note("call.bridged", event, {})], talkEffects(state, agent.leg));
    }
    case "agent.hung-up": return endCall(state, event, { outcome: "answered", by: "agent", reason: null });
    case "clock.reached": return event.at < connectBy ? nothing : putBack(state, event, "agent-lost");
    case "switch.reported": return event.report.hears === "play" ? nothing : decision([], partEffects(state));
    default: return nothing;
  }
}

/** The agent's leg has ended under the call. `gone` is that fact. */
export function agentLegEnded(state: CallState, event: CallEvent, gone: CallFact): Decision {
  const after = evolve(state, gone);
  switch (after.phase.kind) {
    case "talking": case "held": {
      const lost = agentLost(after as StateIn<"talking" | "held">, event);
      return decision([gone, ...lost.facts], lost.effects);
    }
    case "dialling": case "ringing":
      return after.phase.audio === "lost" ? decision([gone]) : decision([gone, lostFact(event)]);
    default: return decision([gone]);
  }
}

export const lostFact = (event: CallEvent): FactOf<"call.agent-lost"> => note("call.agent-lost", event, { connectBy: addMs(event.at, AGENT_CONNECT_MS) });

/** The browser of the agent gets a leg when it connects: the first time, and again when the last one has ended. A phone is rung. */
export function madeLeg(state: StateIn<"connecting" | "dialling" | "ringing" | "away">, event: EventOf<"agent.leg-made">): Decision {
  const { leg, device } = event;
  const { agent } = state.phase;
  if (agent.leg !== null || state.core.legs.length >= MAX_LEGS) return nothing;
  return decision([note("call.agent-leg", event, { leg, device })], device === "phone" ? [{ do: "ring-agent", leg, agent: agent.userId }] : []);
}

function agentLost(state: StateIn<"talking" | "held">, event: CallEvent): Decision {
  return decision([lostFact(event)], state.phase.kind === "talking" ? partEffects(state) : []);
}

function sentDigits(state: CallState, event: EventOf<"agent.sent-digits">): Decision {
  return decision([note("call.digits", event, { digits: event.digits })], [{ do: "send-digits", leg: state.core.customerLeg, digits: event.digits }]);
}

/** Back to the head of its queue; a call that came from no queue has nobody else to go to and ends. */
export function putBack(state: StateIn<"connecting" | "away">, event: CallEvent, why: FactOf<"call.requeued">["data"]["why"]): Decision {
  const { core, phase } = state;
  if (core.place === null || core.plan === null) {
    return endCall(state, event, { outcome: phase.kind === "away" ? "answered" : "failed", by: "system", reason: phase.kind === "away" ? "agent-lost" : "agent-not-connected" });
  }
  const { queueId, queueName } = core.place;
  const back = note("call.requeued", event, { queueId, queueName, why, userId: phase.agent.userId, leaveAt: core.callback !== null && isCallback(core) ? core.callback.expiresAt : addMs(event.at, core.plan.timeoutMs) });
  const open = core.legs.filter((l) => l.open && !isCustomerLeg(state, l.leg));
  return decision([back], open.map((l) => ({ do: "hang-up", leg: l.leg }) as const));
}
