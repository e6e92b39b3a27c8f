// The agent's side of a call: when it can be heard, and what it means when a phone hangs up.
import type { LegId } from "@ringdesk/std";
import { decision, note, talkEffects, type CallEvent, type CallEventType, type Decision, type EventOf } from "./call.events.rules.ts";
import { agentOf, callbackLeg, isCallback, type AgentIn, type CallState, type StateIn } from "./call.state.rules.ts";

/** A browser can be heard when its audio arrives, a phone when it is answered. */
export const isThere = (agent: AgentIn, event: { readonly type: CallEventType; readonly leg: LegId }): boolean =>
  event.leg === agent.leg && event.type === (agent.device === "phone" ? "leg.answered" : "leg.media-connected");

/** The agent can be heard: a caller is joined with them; the customer of an outbound call, or of a callback, is dialled. */
export function agentThere(state: StateIn<"connecting">, event: CallEvent): Decision {
  const { core, phase: { agent } } = state;
  const connected = note("call.agent-connected", event, {});
  if (core.direction === "inbound" && !isCallback(core)) {
    return decision([connected, note("call.bridged", event, {})], agent.leg === null ? [] : talkEffects(state, agent.leg));
  }
  if (core.customerNumber === null) return decision([]);
  const leg = isCallback(core) ? callbackLeg(core) : core.customerLeg;
  return decision([connected], [{ do: "dial", leg, to: core.customerNumber, from: core.supportNumber }]);
}

/**
 * What the end of the agent's phone means: a phone that is put down ends the call, and one that cannot be reached takes none. Null
 * when the leg is no phone's, or was lost in the talk: then the agent may come back in the browser.
 */
export function phoneLeft({ phase }: CallState, event: EventOf<"leg.ended">): CallEvent | null {
  const agent = agentOf(phase);
  if (agent?.device !== "phone" || agent.leg !== event.leg) return null;
  if (event.by === "peer" && putDown.has(event.cause)) return { type: "agent.hung-up", at: event.at };
  return phase.kind === "connecting" ? { type: "agent.not-reached", at: event.at } : null;
}

const putDown: ReadonlySet<EventOf<"leg.ended">["cause"]> = new Set(["hangup", "declined", "busy", "rejected"]);
