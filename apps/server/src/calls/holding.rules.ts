// The one place where it is decided what a carrier hears of hold: not that music is played, but that an agent pressed the key.
import type { LegId } from "@ringdesk/std";
import { decision, type CallEvent, type Decision } from "./call.events.rules.ts";
import { evolve } from "./call.evolve.rules.ts";
import { isOver, type CallState } from "./call.state.rules.ts";

/** The customer's leg while an agent holds the call, also one whose audio is gone; null otherwise. */
function heldLeg({ core, phase }: CallState): LegId | null {
  return phase.kind === "held" || (phase.kind === "away" && phase.from === "held") ? core.customerLeg : null;
}

/** Adds what follows from `decided` for hold. After a crash, the switch says what was carried out. */
export function withHold(state: CallState, event: CallEvent, decided: Decision): Decision {
  const isReport = event.type === "switch.reported";
  if (decided.facts.length === 0 && !isReport) return decided;
  const after = decided.facts.reduce(evolve, state);
  const { customerLeg } = after.core;
  const isHeld = heldLeg(after) !== null;
  const wasHeld = isReport ? event.report.onHold : heldLeg(state) !== null;
  if (isHeld === wasHeld || isOver(after.phase) || (isReport && event.report.customer !== "up")) return decided;
  return decision(decided.facts, [...decided.effects, { do: isHeld ? "hold" : "resume", leg: customerLeg }]);
}
