// QUE-6: a caller who would rather be called back hangs up and keeps their place; whoever takes the call calls them.
import { addMs } from "@ringdesk/std";
import { decision, isCustomerLeg, note, nothing, type CallEvent, type Decision } from "./call.events.rules.ts";
import type { CallFact, EndReason } from "./call.facts.ts";
import { CALLBACK_AGAIN_MS, CALLBACK_LIFE_MS, MAX_CALLBACK_ATTEMPTS, MAX_PROMPT_MS } from "./call.limits.rules.ts";
import type { CallState, StateIn } from "./call.state.rules.ts";
import { endCall, letGo } from "./ending.rules.ts";
import { accepted, offered, queued, queueGone } from "./in-queue.rules.ts";

/** The caller has pressed the key. An offer that rings is withdrawn: the call is back in its place when they have hung up. */
export function requestCallback(state: StateIn<"waiting">, event: CallEvent): Decision {
  const number = state.core.customerNumber;
  if (number === null) return nothing;
  const asked = note("call.callback-requested", event, { number, goodbyeBy: addMs(event.at, MAX_PROMPT_MS), expiresAt: addMs(event.at, CALLBACK_LIFE_MS) });
  return decision([asked], [{ do: "say", leg: state.core.customerLeg, words: "callback-confirmed" }]);
}

/** In the queue without the caller. */
export function whenCallback(state: StateIn<"callback">, event: CallEvent): Decision {
  const { goodbyeBy, expiresAt } = state.phase;
  const leg = state.core.customerLeg;
  switch (event.type) {
    case "offer.made": return offered(event);
    // While the caller hears that they will be called back, their line is busy.
    case "agent.accepted": return goodbyeBy === null ? accepted(state, event) : nothing;
    case "queue.gone": return queueGone(state, event, expiresAt);
    case "prompt.over": return isCustomerLeg(state, event.leg) && event.prompt === "farewell" && goodbyeBy !== null ? decision([], [{ do: "hang-up", leg }]) : nothing;
    case "switch.reported": return goodbyeBy === null || event.report.hears === "play" ? nothing : decision([], [{ do: "hang-up", leg }]);
    case "clock.reached":
      if (event.at >= expiresAt) return endCall(state, event, { outcome: "missed", by: "system", reason: "callback-expired" });
      if (goodbyeBy === null || event.at < goodbyeBy) return nothing;
      return decision([note("call.leg-ended", event, { leg, party: "customer", cause: "unknown", quality: null })], [{ do: "hang-up", leg }]);
    default: return nothing;
  }
}

/** Between two attempts. */
export function whenCallbackPause(state: StateIn<"callback-pause">, event: CallEvent): Decision {
  const { core, phase } = state;
  if (event.type !== "clock.reached" || event.at < phase.againAt) return nothing;
  if (core.place === null || core.callback === null) return endCall(state, event, { outcome: "missed", by: "system", reason: "callback-unanswered" });
  return decision([queued(state, event, core.place, "callback-again", core.callback.expiresAt)]);
}

/** The customer could not be reached: once more in five minutes, then the call has been missed. `first`: facts of the same event. */
export function callbackFailed(state: CallState, event: CallEvent, reason: EndReason | null, first: readonly CallFact[] = []): Decision {
  if ((state.core.callback?.attempts ?? MAX_CALLBACK_ATTEMPTS) >= MAX_CALLBACK_ATTEMPTS) {
    return endCall(state, event, { outcome: "missed", by: "system", reason: "callback-unanswered" }, first);
  }
  const missed = note("call.callback-unanswered", event, { reason, againAt: addMs(event.at, CALLBACK_AGAIN_MS) });
  const gone = new Set(first.flatMap((f) => (f.type === "call.leg-ended" ? [f.data.leg] : [])));
  return decision([...first, missed], letGo(state).filter((e) => e.do !== "hang-up" || !gone.has(e.leg)));
}
