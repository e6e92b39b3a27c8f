// An outbound call, or a callback, until the customer answers: the agent's audio first, then the customer's phone.
import { agentThere, isThere } from "./agent-leg.rules.ts";
import { callbackFailed } from "./callback.rules.ts";
import { decision, isCustomerLeg, note, nothing, partEffects, talkEffects, type CallEffect, type CallEvent, type Decision } from "./call.events.rules.ts";
import type { EndReason } from "./call.facts.ts";
import { isCallback, type StateIn } from "./call.state.rules.ts";
import { endCall } from "./ending.rules.ts";
import { lostFact, madeLeg, putBack } from "./talking.rules.ts";

/** The customer's phone is not called before the agent can be heard. */
export function whenConnectingOut(state: StateIn<"connecting">, event: CallEvent): Decision {
  const { agent, connectBy } = state.phase;
  switch (event.type) {
    case "agent.leg-made": return madeLeg(state, event);
    case "agent.audio-failed": return decision([note("call.audio-failed", event, { why: event.why })]);
    case "leg.answered": case "leg.media-connected": return isThere(agent, event) ? agentThere(state, event) : nothing;
    // The phone was answered while the server was away.
    case "switch.reported": return agent.device === "phone" && event.report.agentUp ? agentThere(state, event) : nothing;
    case "agent.not-reached": return isCallback(state.core) ? putBack(state, event, "not-connected") : endCall(state, event, { outcome: "failed", by: "system", reason: "agent-not-connected" });
    case "agent.hung-up": return isCallback(state.core) ? putBack(state, event, "agent-gave-up") : endCall(state, event, { outcome: "failed", by: "agent", reason: "cancelled" });
    case "clock.reached":
      if (event.at < connectBy) return nothing;
      return isCallback(state.core) ? putBack(state, event, "not-connected") : endCall(state, event, { outcome: "failed", by: "system", reason: "agent-not-connected" });
    default: return nothing;
  }
}

export function whenDialling(state: StateIn<"dialling" | "ringing">, event: CallEvent): Decision {
  const { agent, audio, giveUpAt } = state.phase;
  const toneFor = (leg: typeof agent.leg): readonly CallEffect[] => (leg === null || state.phase.kind === "dialling" ? [] : [{ do: "play-ringback", leg }]);
  switch (event.type) {
    case "leg.ringing":
      if (!isCustomerLeg(state, event.leg) || state.phase.kind === "ringing") return nothing;
      return decision([note("call.ringing", event, {})], agent.leg === null ? [] : [{ do: "play-ringback", leg: agent.leg }]);
    // What the far end plays is the ringback then: announcements must be heard (RFC 3960 §3.2).
    case "leg.early-media":
      if (!isCustomerLeg(state, event.leg)) return nothing;
      return decision(state.phase.kind === "dialling" ? [note("call.ringing", event, {})] : [],
        agent.leg === null ? [] : [{ do: "bridge", bridge: state.core.bridge, legs: [state.core.customerLeg, agent.leg] }]);
    case "leg.answered": return isCustomerLeg(state, event.leg) ? customerAnswered(state, event) : nothing;
    case "switch.reported": return event.report.customer === "up" ? customerAnswered(state, event) : nothing;
    case "leg.media-lost": return event.leg === agent.leg && audio === "up" ? decision([lostFact(event)]) : nothing;
    case "agent.leg-made": return madeLeg(state, event);
    case "agent.audio-failed": return decision([note("call.audio-failed", event, { why: event.why })]);
    case "leg.media-connected":
      return event.leg === agent.leg && audio === "lost" ? decision([note("call.agent-connected", event, {})], toneFor(agent.leg)) : nothing;
    case "agent.hung-up": return notReached(state, event, "agent", "cancelled");
    case "customer.unreachable": return notReached(state, event, "system", event.reason);
    case "clock.reached": return event.at < giveUpAt ? nothing : notReached(state, event, "system", "no-answer");
    default: return nothing;
  }
}

const notReached = (state: StateIn<"dialling" | "ringing">, event: CallEvent, by: "agent" | "system", reason: EndReason): Decision =>
  (isCallback(state.core) ? callbackFailed(state, event, reason) : endCall(state, event, { outcome: "failed", by, reason }));

function customerAnswered(state: StateIn<"dialling" | "ringing">, event: CallEvent): Decision {
  const { agent, audio } = state.phase;
  const answered = note("call.answered", event, {});
  // Without the agent the customer hears music until the agent is back (CALL-12).
  if (agent.leg === null || audio === "lost") return decision([answered], partEffects(state));
  return decision([answered, note("call.bridged", event, {})], talkEffects(state, agent.leg));
}
