// The live calls of this server: one actor each, and the indexes by which events and people find them.
import type { CallId, LegId, Millis, RecordingId, UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import type { FactLog } from "../facts/index.ts";
import { createActor, type Actor, type Clock } from "../kernel/index.ts";
import type { Telephony } from "../telephony/index.ts";
import type { PerformEffect } from "./call-effects.service.ts";
import type { CallEvent } from "./call.events.rules.ts";
import { callStream } from "./call.facts.ts";
import { callMachine, decide } from "./call.machine.ts";
import type { CallChange } from "./call.ports.ts";
import { agentOf, isOver, type CallState } from "./call.state.rules.ts";
import { changesBetween } from "./call.view.rules.ts";

/** Calls that are over and may still be named by a redelivered event. */
const MAX_REMEMBERED = 5_000;

export type LiveCall = { readonly id: CallId; readonly actor: Actor<CallState, CallEvent>; readonly state: () => CallState };

export type CallRegistry = {
  /** Takes up a call in this state. `notBefore`: no timer of it fires earlier. */
  readonly open: (state: CallState, notBefore?: Millis) => LiveCall;
  readonly get: (id: CallId) => LiveCall | null;
  readonly byLeg: (leg: LegId) => LiveCall | null;
  readonly byRecording: (recording: RecordingId) => LiveCall | null;
  /** The call that this agent is in. */
  readonly byAgent: (user: UserId) => LiveCall | null;
  readonly all: () => Iterable<LiveCall>;
  readonly size: () => number;
  /** Whether this call was here and is settled. */
  readonly wasHere: (id: CallId) => boolean;
  /** Tells the listeners that a call has just begun with its agent. */
  readonly announce: (call: LiveCall) => void;
  readonly perform: (call: LiveCall, effects: readonly Parameters<PerformEffect>[1][]) => void;
  readonly onChanged: (listen: (change: CallChange) => void) => () => void;
  readonly stop: () => void;
};

export type RegistryDeps = {
  readonly facts: FactLog;
  readonly clock: Clock;
  readonly telephony: Telephony;
  readonly perform: PerformEffect;
  readonly log: Logger;
};

export function createRegistry(deps: RegistryDeps): CallRegistry {
  const calls = new Map<CallId, LiveCall>();
  const legs = new Map<LegId, CallId>();
  const recordings = new Map<RecordingId, CallId>();
  const agents = new Map<UserId, CallId>();
  const settled = new Set<CallId>();
  const listeners = new Set<(change: CallChange) => void>();

  const tell = (changes: readonly CallChange[]): void => {
    for (const change of changes) for (const listen of listeners) listen(change);
  };
  const find = (id: CallId | undefined): LiveCall | null => (id === undefined ? null : (calls.get(id) ?? null));
  const index = (state: CallState): void => {
    legs.set(state.core.customerLeg, state.core.id);
    for (const { leg } of state.core.legs) legs.set(leg, state.core.id);
    recordings.set(state.core.recordingId, state.core.id);
    const agent = agentOf(state.phase);
    if (agent !== null) agents.set(agent.userId, state.core.id);
  };
  const freeAgent = (state: CallState): void => {
    const agent = agentOf(state.phase);
    if (agent !== null && agents.get(agent.userId) === state.core.id) agents.delete(agent.userId);
  };
  const forget = (state: CallState): void => {
    const { id, customerLeg, recordingId } = state.core;
    freeAgent(state);
    legs.delete(customerLeg);
    for (const { leg } of state.core.legs) legs.delete(leg);
    recordings.delete(recordingId);
    calls.delete(id);
    settled.add(id);
    const [oldest] = settled;
    if (settled.size > MAX_REMEMBERED && oldest !== undefined) settled.delete(oldest);
  };
  const changed = (after: CallState, before: CallState): void => {
    if (agentOf(before.phase)?.userId !== agentOf(after.phase)?.userId) freeAgent(before);
    index(after);
    if (after.phase.kind === "settled") {
      calls.get(after.core.id)?.actor.stop();
      forget(after);
    }
    tell(changesBetween(before, after));
  };
  /** A bug in one call, or facts that cannot be written, ends that call only: everybody is let go, the desk is told. */
  const died = (call: LiveCall, error: unknown): void => {
    const state = call.state();
    deps.log.error({ call: call.id, err: error }, "a call was given up");
    for (const { leg } of state.core.legs) void deps.telephony.hangup(leg);
    void deps.telephony.unbridge(state.core.bridge);
    if (state.core.recording === "running") void deps.telephony.record.stop(state.core.recordingId);
    forget(state);
    const over: CallState = isOver(state.phase) ? state : { ...state, phase: { kind: "ending", outcome: "interrupted", reason: null, settleBy: deps.clock.now() } };
    tell(changesBetween(state, over));
  };

  const open = (initial: CallState, notBefore?: Millis): LiveCall => {
    const { id } = initial.core;
    const stream = callStream(id);
    const clock: Clock = notBefore === undefined ? deps.clock : { now: deps.clock.now, at: (due, run) => deps.clock.at(due < notBefore ? notBefore : due, run) };
    const source = { core: () => call.state().core, isOpen: () => calls.has(id), send: (event: CallEvent): void => void actor.send(event) };
    const actor = createActor(callMachine, initial, {
      clock,
      append: async (event, { before }) => {
        const { facts } = decide(before, event);
        if (facts.length === 0) return;
        const closes = facts.at(-1)?.type === "call.settled";
        const stored = await deps.facts.append(stream, facts, { closes });
        if (!stored.ok) throw new Error(`facts of a call were refused: ${stored.error.type}`);
      },
      perform: (effect) => deps.perform(source, effect),
      changed,
      died: (error) => died(call, error),
    });
    const call: LiveCall = { id, actor, state: actor.state };
    calls.set(id, call);
    index(initial);
    return call;
  };

  return {
    open,
    get: (id) => calls.get(id) ?? null,
    byLeg: (leg) => find(legs.get(leg)),
    byRecording: (recording) => find(recordings.get(recording)),
    byAgent: (user) => find(agents.get(user)),
    all: () => calls.values(),
    size: () => calls.size,
    wasHere: (id) => settled.has(id),
    announce: (call) => {
      const { core, phase } = call.state();
      const agent = agentOf(phase);
      if (agent !== null) tell([{ type: "started", callId: core.id, userId: agent.userId, direction: core.direction }]);
    },
    perform: (call, effects) => {
      const source = { core: () => call.state().core, isOpen: () => calls.has(call.id), send: (event: CallEvent): void => void call.actor.send(event) };
      for (const effect of effects) {
        deps.perform(source, effect).then((event) => { if (event !== null) source.send(event); }).catch((error: unknown) => died(call, error));
      }
    },
    onChanged: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
    stop: () => { for (const call of calls.values()) call.actor.stop(); },
  };
}
