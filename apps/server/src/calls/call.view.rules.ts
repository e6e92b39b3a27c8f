// How a live call looks from outside: to its agent, to routing, and what has changed from one state to the next.
import type { CallView } from "@ringdesk/contract/http";
import type { LegId } from "@ringdesk/std";
import type { LegQuality } from "../telephony/index.ts";
import type { CallChange, CallVoices, LeftCall, WaitingCall } from "./call.ports.ts";
import { agentOf, isOver, type CallState, type Phase } from "./call.state.rules.ts";
import { endReasonWords } from "./call.words.rules.ts";

/** The call as its agent's widget shows it; null when no agent is in it. */
export function viewOf({ core, phase }: CallState, mos: number | null): CallView | null {
  if (!("agent" in phase)) return null;
  return {
    id: core.id, direction: core.direction, phase: phase.kind,
    caller: { number: core.customerNumber, customerId: core.customer?.id ?? null, name: core.customer?.name ?? core.callerName },
    conversationId: core.customer?.conversationId ?? null, supportNumber: core.supportNumber, queueName: core.place?.queueName ?? null,
    startedAt: core.startedAt,
    talkingSince: "since" in phase ? phase.since : null,
    heldSince: phase.kind === "held" || (phase.kind === "away" && phase.from === "held") ? phase.heldSince : null,
    connectBy: "connectBy" in phase ? phase.connectBy : null, device: phase.agent.device,
    recording: core.recording === "running" && phase.kind === "talking",
    enteredDigits: core.digits, mos,
  };
}

/** The legs of a call whose two people are connected, or will be again. */
export function voicesOf({ core, phase }: CallState): CallVoices | null {
  if (phase.kind !== "talking" && phase.kind !== "held" && phase.kind !== "away") return null;
  return { callId: core.id, customer: core.customerLeg, agent: phase.agent.leg };
}

/** How well the two hear each other (CALL-10): the worse side counts. In tenths, so that a desk is told only of what can be seen. */
export function liveMos({ core, phase }: CallState, quality: (leg: LegId) => LegQuality | null): number | null {
  const legs = [core.customerLeg, agentOf(phase)?.leg ?? null];
  const measured = legs.map((leg) => (leg === null ? null : quality(leg)?.mos ?? null)).filter((mos) => mos !== null);
  return measured.length === 0 ? null : Math.round(Math.min(...measured) * 10) / 10;
}

/** The call as it stands in its queue; null when it does not wait. Whoever still hears that they will be called back has a busy line. */
export function waitingOf({ core, phase }: CallState): WaitingCall | null {
  const waits = phase.kind === "waiting" || (phase.kind === "callback" && phase.goodbyeBy === null);
  if (!waits || core.place === null) return null;
  return {
    callId: core.id, queueId: core.place.queueId, queueName: core.place.queueName, enteredAt: core.place.enteredAt, atHead: core.place.atHead,
    priority: core.place.priority, skills: core.place.skills, callback: phase.kind === "callback", ivrPath: core.path,
    from: core.customerNumber, customerId: core.customer?.id ?? null, customerName: core.customer?.name ?? core.callerName,
    supportNumber: core.supportNumber, supportNumberLabel: core.supportNumberLabel,
    declinedBy: [...new Set(core.offers.filter((o) => o.result === "declined").map((o) => o.userId))],
  };
}

/** What others are told when a call goes from `before` to `after`. The agent's side comes first: a call is somebody's before it leaves the queue. */
export function changesBetween(before: CallState, after: CallState): readonly CallChange[] {
  const changes: CallChange[] = [];
  const { core } = after;
  const was = agentOf(before.phase);
  const is = agentOf(after.phase);
  if (was !== null && was.userId !== is?.userId) changes.push({ type: "left", userId: was.userId, call: leftCall(after), queueId: before.core.place?.queueId ?? null, gone: wasGone(before.phase, after.phase) });
  if (is !== null && is.userId !== was?.userId) changes.push({ type: "started", callId: core.id, userId: is.userId, direction: core.direction });
  if (is !== null && is.userId === was?.userId) changes.push({ type: "changed", callId: core.id, userId: is.userId });
  changes.push(...queueChanges(before, after));
  if (isOver(after.phase) && !isOver(before.phase)) changes.push({ type: "ended", callId: core.id, outcome: after.phase.outcome, reason: after.phase.reason });
  return changes;
}

function queueChanges(before: CallState, after: CallState): readonly CallChange[] {
  const left = waitingOf(before);
  const now = waitingOf(after);
  if (left === null) return now === null ? [] : [{ type: "waiting", call: now }];
  const out: CallChange = { type: "not-waiting", callId: left.callId, queueId: left.queueId };
  if (now === null) return [out];
  if (left.queueId !== now.queueId) return [out, { type: "waiting", call: now }];
  return before.core.customer === after.core.customer && left.callback === now.callback ? [] : [{ type: "waiting", call: now }];
}

const leftCall = ({ core, phase }: CallState): LeftCall => ({
  id: core.id, customerId: core.customer?.id ?? null, conversationId: core.customer?.conversationId ?? null,
  reason: isOver(phase) && phase.reason !== null ? endReasonWords[phase.reason] : null,
});

/** The agent's audio did not come, or did not come back. */
function wasGone(before: Phase, after: Phase): boolean {
  if (after.kind === "waiting" || after.kind === "callback") return before.kind === "connecting" || before.kind === "away";
  return isOver(after) && (after.reason === "agent-lost" || after.reason === "agent-not-connected");
}
