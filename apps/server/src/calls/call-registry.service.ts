// The live calls of this server: one actor each, and the indexes by which events and people find them.
import type { CallId, LegId, Millis, RecordingId, UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import type { FactLog } from "../facts/index.ts";
import { createActor, type Actor, type Clock } from "../kernel/index.ts";
import type { Telephony } from "../telephony/index.ts";
import type { EffectSource, PerformEffect } from "./call-effects.service.ts";
import type { CallEvent } from "./call.events.rules.ts";
import { callStream } from "./call.facts.ts";
import { callMachine, decide } from "./call.machine.ts";
import type { CallChange } from "./call.ports.ts";
import { agentOf, isOver, messageId, type CallState } from "./call.state.rules.ts";
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
  /** Events of this leg go to that call from now on, before a fact says so. */
  readonly reserve: (leg: LegId, call: CallId) => void;
  readonly release: (leg: LegId) => void;
  /** The call that this agent is in. */
  readonly byAgent: (user: UserId) => LiveCall | null;
  readonly all: () => Iterable<LiveCall>;
  readonly size: () => number;
  /** Whether this call was here and is settled. */
  readonly wasHere: (id: CallId) => boolean;
  /** Tells the listeners that a call has just begun with its agent. */
  readonly announce: (call: LiveCall) => void;
  /** Tells the listeners of every call with an agent: its quality was measured. */
  readonly measured: () => void;
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
  const index = createCallIndex();
  const listeners = new Set<(change: CallChange) => void>();
  const tell = (changes: readonly CallChange[]): void => {
    for (const change of changes) for (const listen of listeners) listen(change);
  };
  const changed = (after: CallState, before: CallState): void => {
    index.update(after, before);
    if (after.phase.kind === "settled") {
      index.get(after.core.id)?.actor.stop();
      index.forget(after);
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
    if (state.core.message === "running") void deps.telephony.record.stop(messageId(state.core));
    index.forget(state);
    const over: CallState = isOver(state.phase) ? state : { ...state, phase: { kind: "ending", outcome: "interrupted", reason: null, settleBy: deps.clock.now() } };
    tell(changesBetween(state, over));
  };
  const sourceOf = (call: () => LiveCall): EffectSource => ({
    core: () => call().state().core, state: () => call().state(), isOpen: () => index.get(call().id) !== null, send: (event) => void call().actor.send(event),
  });

  const open = (initial: CallState, notBefore?: Millis): LiveCall => {
    const { id } = initial.core;
    const source = sourceOf(() => call);
    const actor = createActor(callMachine, initial, {
      clock: notBefore === undefined ? deps.clock : patientClock(deps.clock, notBefore),
      append: async (event, { before }) => {
        const { facts } = decide(before, event);
        if (facts.length === 0) return;
        const stored = await deps.facts.append(callStream(id), facts, { closes: facts.at(-1)?.type === "call.settled" });
        if (!stored.ok) throw new Error(`facts of a call were refused: ${stored.error.type}`);
      },
      perform: (effect) => deps.perform(source, effect),
      changed,
      died: (error) => died(call, error),
    });
    const call: LiveCall = { id, actor, state: actor.state };
    index.add(call);
    return call;
  };

  return {
    open,
    get: index.get, byLeg: index.byLeg, byRecording: index.byRecording, reserve: index.reserve, release: index.release, byAgent: index.byAgent, all: index.all, size: index.size, wasHere: index.wasHere,
    announce: (call) => {
      const { core, phase } = call.state();
      const agent = agentOf(phase);
      if (agent !== null) tell([{ type: "started", callId: core.id, userId: agent.userId, direction: core.direction }]);
    },
    measured: () => tell([...index.all()].flatMap(changedForAgent)),
    perform: (call, effects) => {
      const source = sourceOf(() => call);
      for (const effect of effects) {
        deps.perform(source, effect).then((event) => { if (event !== null) source.send(event); }).catch((error: unknown) => died(call, error));
      }
    },
    onChanged: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
    stop: () => { for (const call of index.all()) call.actor.stop(); },
  };
}

function changedForAgent(call: LiveCall): readonly CallChange[] {
  const agent = agentOf(call.state().phase);
  return agent === null ? [] : [{ type: "changed", callId: call.id, userId: agent.userId }];
}

/** A clock by which nothing fires before `notBefore`. */
const patientClock = (clock: Clock, notBefore: Millis): Clock => ({ now: clock.now, at: (due, run) => clock.at(due < notBefore ? notBefore : due, run) });

/** The live calls by everything that names them. */
function createCallIndex() {
  const calls = new Map<CallId, LiveCall>();
  const legs = new Map<LegId, CallId>();
  const recordings = new Map<RecordingId, CallId>();
  const agents = new Map<UserId, CallId>();
  const settled = new Set<CallId>();

  const find = (id: CallId | undefined): LiveCall | null => (id === undefined ? null : (calls.get(id) ?? null));
  const put = (state: CallState): void => {
    legs.set(state.core.customerLeg, state.core.id);
    for (const { leg } of state.core.legs) legs.set(leg, state.core.id);
    recordings.set(state.core.recordingId, state.core.id);
    recordings.set(messageId(state.core), state.core.id);
    const agent = agentOf(state.phase);
    if (agent !== null) agents.set(agent.userId, state.core.id);
  };
  const freeAgent = (state: CallState): void => {
    const agent = agentOf(state.phase);
    if (agent !== null && agents.get(agent.userId) === state.core.id) agents.delete(agent.userId);
  };
  return {
    get: (id: CallId) => find(id),
    byLeg: (leg: LegId) => find(legs.get(leg)),
    reserve: (leg: LegId, call: CallId): void => { legs.set(leg, call); },
    release: (leg: LegId): void => { legs.delete(leg); },
    byRecording: (recording: RecordingId) => find(recordings.get(recording)),
    byAgent: (user: UserId) => find(agents.get(user)),
    all: () => calls.values(),
    size: () => calls.size,
    wasHere: (id: CallId) => settled.has(id),
    add: (call: LiveCall): void => {
      calls.set(call.id, call);
      put(call.state());
    },
    update: (after: CallState, before: CallState): void => {
      if (agentOf(before.phase)?.userId !== agentOf(after.phase)?.userId) freeAgent(before);
      put(after);
    },
    forget: (state: CallState): void => {
      freeAgent(state);
      for (const { leg } of [{ leg: state.core.customerLeg }, ...state.core.legs]) legs.delete(leg);
      recordings.delete(state.core.recordingId);
      recordings.delete(messageId(state.core));
      calls.delete(state.core.id);
      settled.add(state.core.id);
      const [oldest] = settled;
      if (settled.size > MAX_REMEMBERED && oldest !== undefined) settled.delete(oldest);
    },
  };
}
