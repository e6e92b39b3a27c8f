// Calls, as the rest of the house uses them: commands of agents in, commands to the switch out, and recovery at start.
import { err, ok, type CallId, type CustomerId, type E164, type LegId, type Result, type UserId } from "@ringdesk/std";
import type { CallSummary, SupportNumber } from "@ringdesk/contract/http";
import { inTime, newId } from "../kernel/index.ts";
import { parseNumber, type SupportNumbers } from "../numbers/index.ts";
import type { TelephonyError } from "../telephony/index.ts";
import { createEffects, type EffectDeps } from "./call-effects.service.ts";
import { createIntake, type Intake, type IntakeDeps } from "./call-intake.service.ts";
import { createRegistry, type CallRegistry, type LiveCall } from "./call-registry.service.ts";
import type { CallError, DialError } from "./call.errors.ts";
import type { CallEvent } from "./call.events.rules.ts";
import type { FactOf } from "./call.facts.ts";
import { MAX_LIVE_CALLS } from "./call.limits.rules.ts";
import { decide } from "./call.machine.ts";
import type { Agent, Calls, CallStore } from "./call.ports.ts";
import { agentOf, isOver } from "./call.state.rules.ts";
import { liveMos, viewOf, voicesOf, waitingOf } from "./call.view.rules.ts";

/** How long an outbound call waits to learn which support number the customer last used. */
const LAST_NUMBER_WAIT_MS = 500;

export type CallDeps = EffectDeps & Omit<IntakeDeps, "registry"> & {
  readonly numbers: SupportNumbers;
  readonly store: CallStore;
  /** ISO 3166 code in whose form agents type numbers. */
  readonly country: () => string;
};

export type CallService = Calls & {
  /** Takes up the calls that the last server left. Before telephony connects and before routing starts. */
  readonly start: () => Promise<void>;
  readonly stop: () => void;
  /** The legs that belong to live calls, for telephony's reconciliation. */
  readonly legs: () => Iterable<LegId>;
};

export function createCalls(deps: CallDeps): CallService {
  const registry = createRegistry({ ...deps, perform: createEffects(deps) });
  const intake = createIntake({ ...deps, registry });
  const dialler = createDialler(deps, registry, intake);
  /** A command of the call's own agent. It fails when the machine makes nothing of it. */
  const command = async (id: CallId, user: UserId, event: CallEvent): Promise<Result<void, CallError>> => {
    const call = ownCall(registry, id, user);
    if (!call.ok) return call;
    const state = call.value.state();
    const { facts, effects } = decide(state, event);
    if (facts.length === 0 && effects.length === 0) return err({ type: "wrong-phase", phase: state.phase.kind });
    return (await call.value.actor.send(event)) ? ok(undefined) : err({ type: "not-recorded" });
  };
  const now = () => deps.clock.now();
  let stopMeasuring = (): void => {};

  const accept: Calls["accept"] = async (id, agent, offerId, phone) => {
    const call = registry.get(id);
    if (call === null) return err({ type: "call-over", call: id });
    if (dialler.isDialling(agent.userId) || registry.byAgent(agent.userId) !== null) return err({ type: "wrong-phase", phase: "other-call" });
    // What the phone does from its answer on waits for the call's turn.
    if (phone !== null) registry.reserve(phone, id);
    const taken = await call.actor.send({ type: "agent.accepted", offerId, userId: agent.userId, name: agent.name, leg: phone, at: now() });
    const { phase } = call.state();
    if (agentOf(phase)?.userId === agent.userId || (phone !== null && call.state().core.legs.some(({ leg }) => leg === phone))) return ok(undefined);
    if (phone !== null) registry.release(phone);
    if (!taken && !isOver(phase)) return err({ type: "not-recorded" });
    return isOver(phase) ? err({ type: "call-over", call: id }) : err({ type: "wrong-phase", phase: phase.kind });
  };

  return {
    start: async () => {
      stopMeasuring = deps.telephony.onQuality(registry.measured);
      await intake.start();
      keepQueues(deps, registry);
    },
    stop: () => { stopMeasuring(); intake.stop(); registry.stop(); },
    legs: function* legs() {
      for (const call of registry.all()) for (const leg of call.state().core.legs) if (leg.open) yield leg.leg;
    },
    accept, dial: dialler.dial, connectAudio: createAudio(deps, registry),
    noteOffer: (id, offerId, { userId, name }) => void registry.get(id)?.actor.send({ type: "offer.made", offerId, userId, name, at: now() }),
    noteOfferEnd: (id, offerId, userId, result) => void registry.get(id)?.actor.send({ type: "offer.ended", offerId, userId, result, at: now() }),
    audioFailed: (id, user, why) => command(id, user, { type: "agent.audio-failed", why, at: now() }),
    hold: (id, user) => command(id, user, { type: "agent.held", at: now() }),
    resume: (id, user) => command(id, user, { type: "agent.resumed", at: now() }),
    sendDigits: (id, user, digits) => command(id, user, { type: "agent.sent-digits", digits, at: now() }),
    hangUp: (id, user) => command(id, user, { type: "agent.hung-up", at: now() }),
    callOf: (user) => {
      const state = registry.byAgent(user)?.state();
      return state === undefined ? null : viewOf(state, liveMos(state, deps.telephony.quality));
    },
    voicesOf: (user) => {
      const state = registry.byAgent(user)?.state();
      return state === undefined ? null : voicesOf(state);
    },
    hasLeg: (leg) => registry.byLeg(leg) !== null,
    waiting: () => [...registry.all()].map((c) => waitingOf(c.state())).filter((w) => w !== null),
    get: async (id) => known(id, await deps.store.summary(id)),
    markHeard: async (id, by) => known(id, await deps.store.markHeard(id, by, now())),
    queuesChanged: () => { for (const call of registry.all()) moveOn(deps, call); },
    onChanged: registry.onChanged,
  };
}

const known = <E>(id: CallId, found: Result<CallSummary | null, E>): Result<CallSummary, E | CallError> =>
  (!found.ok ? found : found.value === null ? err({ type: "call-unknown", call: id }) : ok(found.value));

/** A call may come back to a queue, or be found in one, that was deleted in the meantime. */
function keepQueues(deps: CallDeps, registry: CallRegistry): void {
  registry.onChanged((change) => {
    const call = change.type === "waiting" ? registry.get(change.call.callId) : null;
    if (call !== null) moveOn(deps, call);
  });
  for (const call of registry.all()) moveOn(deps, call);
}

/** A call that waits in a queue that is no more goes to the one that takes its calls. */
function moveOn({ surroundings, clock }: CallDeps, call: LiveCall): void {
  const queueId = waitingOf(call.state())?.queueId ?? null;
  const to = queueId === null ? null : surroundings.successorOf(queueId);
  if (queueId !== null && to !== null) void call.actor.send({ type: "queue.gone", queueId, to, at: clock.now() });
}

/** Connects the browser of a call's agent, to the leg that the agent has or to a new one. */
function createAudio({ telephony, clock }: CallDeps, registry: CallRegistry): Calls["connectAudio"] {
  const connect = async (id: CallId, user: UserId, sdp: string): Promise<Result<Result<string, TelephonyError>, CallError>> => {
    // A leg whose end is just being written down, as after a restart, is the agent's no more.
    await registry.get(id)?.actor.idle();
    const call = ownCall(registry, id, user);
    if (!call.ok) return call;
    const legNow = (): LegId | null => agentOf(call.value.state().phase)?.leg ?? null;
    if (legNow() === null && !(await call.value.actor.send({ type: "agent.leg-made", leg: newId<LegId>(), device: "browser", at: clock.now() }))) return err({ type: "not-recorded" });
    const leg = legNow();
    return leg === null ? err({ type: "wrong-phase", phase: call.value.state().phase.kind }) : ok(await telephony.connectBrowser(leg, sdp));
  };
  return async (id, user, sdp) => {
    const first = await connect(id, user, sdp);
    // The leg ended on the switch while its end was on the way: it has come before this answer, and there is a new leg.
    const last = first.ok && !first.value.ok && first.value.error.type === "leg-gone" ? await connect(id, user, sdp) : first;
    if (!last.ok) return last;
    return last.value.ok ? last.value : err(audioError(last.value.error));
  };
}

/** Outbound calls, from what the agent typed to the first fact. */
function createDialler(deps: CallDeps, registry: CallRegistry, intake: Intake) {
  /** Agents whose call is being written down: they are taken already. */
  const dialling = new Set<UserId>();
  const place = async (agent: Agent, to: E164, number: SupportNumber): Promise<Result<CallId, DialError>> => {
    const id = newId<CallId>();
    const birth: FactOf<"call.placed"> = { type: "call.placed", v: 1, at: deps.clock.now(), data: {
      position: null, customerLeg: newId<LegId>(), bridge: newId(), recording: newId(), record: number.recording,
      supportNumber: number.number, supportNumberLabel: number.label, to, userId: agent.userId, name: agent.name, device: deps.surroundings.phoneOf(agent.userId) === null ? "browser" : "phone",
    } };
    const opened = await intake.born(id, birth);
    if (!opened.ok) return err({ type: "not-recorded" });
    if (birth.data.device === "phone") void opened.value.actor.send({ type: "agent.leg-made", leg: newId<LegId>(), device: "phone", at: deps.clock.now() });
    return ok(id);
  };
  /** CALL-2. A database that is away or slow does not keep the agent waiting. */
  const lastUsed = async (customer: CustomerId | null, to: E164): Promise<SupportNumber | null> => {
    const last = await inTime(deps.clock, deps.store.lastSupportNumber(customer, to), LAST_NUMBER_WAIT_MS);
    return last === null || !last.ok || last.value === null ? null : deps.numbers.byNumber(last.value);
  };
  const dial: Calls["dial"] = async (agent, typed, from, customer) => {
    const to = parseNumber(typed, deps.country());
    if (!to.ok) return to;
    if (dialling.has(agent.userId) || registry.byAgent(agent.userId) !== null) return err({ type: "agent-occupied", why: "call" });
    const may = deps.surroundings.mayDial(agent.userId);
    if (!may.ok) return may;
    const chosen = from === null ? deps.numbers.standard() : deps.numbers.byId(from);
    if (chosen === null) return err({ type: "support-number-unknown" });
    if (registry.size() >= MAX_LIVE_CALLS) return err({ type: "too-many-calls", limit: MAX_LIVE_CALLS });
    if (deps.telephony.isOverloaded()) return err({ type: "phone-service-busy" });
    dialling.add(agent.userId);
    try {
      const number = from === null ? await lastUsed(customer, to.value) : null;
      return await place(agent, to.value, number ?? chosen);
    } finally {
      dialling.delete(agent.userId);
    }
  };
  return { dial, isDialling: (user: UserId): boolean => dialling.has(user) };
}

/** The live call, if it is this agent's. */
function ownCall(registry: CallRegistry, id: CallId, user: UserId): Result<LiveCall, CallError> {
  const call = registry.get(id);
  if (call === null) return err(registry.wasHere(id) ? { type: "call-over", call: id } : { type: "call-unknown", call: id });
  const { phase } = call.state();
  if (isOver(phase)) return err({ type: "call-over", call: id });
  return agentOf(phase)?.userId === user ? ok(call) : err({ type: "not-your-call", call: id, user });
}

function audioError(error: TelephonyError): CallError {
  if (error.type === "switch-away" || error.type === "switch-silent") return { type: "phone-service-away" };
  return { type: "audio-refused", detail: "detail" in error ? error.detail : error.type };
}

