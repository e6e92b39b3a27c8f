// How calls come into the house: from the switch, from the dialler, and from the facts after a restart.
import { addMs, err, ok, type CallId, type LegId, type Result } from "@ringdesk/std";
import type { Logger } from "pino";
import type { FactLog } from "../facts/index.ts";
import { newId, type Clock } from "../kernel/index.ts";
import type { SupportNumbers } from "../numbers/index.ts";
import type { LegEvent, SwitchSnapshot, SwitchState, Telephony } from "../telephony/index.ts";
import type { CallRegistry, LiveCall } from "./call-registry.service.ts";
import { callStream, decodeCallFact, type BirthFact, type CallFact, type FactOf, type QueuePlan } from "./call.facts.ts";
import { MAX_LIVE_CALLS } from "./call.limits.rules.ts";
import { openingEffects } from "./call.machine.ts";
import type { CallSurroundings } from "./call.ports.ts";
import { replay } from "./call.evolve.rules.ts";
import { begin, type CallCore } from "./call.state.rules.ts";
import { callEventOf, indexSnapshot, reportOf } from "./leg-events.rules.ts";

/** After a start no timer of an old call fires before this has passed: what the switch has kept for us comes first. */
const RECOVERY_GRACE_MS = 5_000;

export type IntakeDeps = {
  readonly telephony: Telephony;
  readonly facts: FactLog;
  readonly clock: Clock;
  readonly numbers: SupportNumbers;
  readonly surroundings: CallSurroundings;
  readonly registry: CallRegistry;
  readonly log: Logger;
};

export type Intake = {
  readonly start: () => Promise<void>;
  readonly stop: () => void;
  /** Writes the first fact of a call down and takes the call up. */
  readonly born: (id: CallId, fact: BirthFact) => Promise<Result<LiveCall, { readonly type: "not-recorded" }>>;
};

export function createIntake(deps: IntakeDeps): Intake {
  const { registry, telephony } = deps;
  /** Inbound calls whose first fact is being written: their next events wait for it. */
  const births = new Map<LegId, Promise<void>>();
  let unlisten = (): void => {};
  /** Until the switch has told everything it kept, a call may arrive that was written down before the restart. */
  let caughtUp = false;

  const born: Intake["born"] = async (id, fact) => {
    const stored = await deps.facts.append(callStream(id), [fact]);
    if (!stored.ok) return err({ type: "not-recorded" });
    const call = registry.open(begin(id, fact));
    registry.announce(call);
    registry.perform(call, openingEffects(call.state()));
    return ok(call);
  };

  const arrived = async (event: Extract<LegEvent, { type: "incoming" }>): Promise<void> => {
    const id = event.leg as string as CallId; // the same leg never makes two calls, however often it is announced
    if (registry.get(id) !== null || registry.wasHere(id) || (await isOld(id))) return;
    const number = event.to === null ? null : deps.numbers.byNumber(event.to);
    if (number === null) return void (await telephony.reject(event.leg, "not-found"));
    if (registry.size() >= MAX_LIVE_CALLS) return void (await telephony.reject(event.leg, "busy"));
    const birth: FactOf<"call.arrived"> = { type: "call.arrived", v: 1, at: event.at, data: {
      position: event.position, customerLeg: event.leg, bridge: newId(), recording: newId(), record: number.recording,
      supportNumber: number.number, supportNumberLabel: number.label, from: event.from, fromName: event.fromName,
      greeting: number.greeting, menu: number.menu, ruled: number.queueId === null,
      plan: { ...deps.surroundings.routeCall({ channel: "voice", supportNumber: number.number, from: event.from, customer: null, conversation: null, numberQueueId: number.queueId }), voicemail: number.voicemail.on ? { greeting: number.voicemail.greeting } : null },
    } };
    const call = await born(id, birth);
    if (!call.ok) await telephony.reject(event.leg, "unavailable");
  };
  const isOld = async (id: CallId): Promise<boolean> =>
    !caughtUp && (await deps.facts.read(callStream(id)).then((facts) => facts.length > 0, () => false));

  const pass = async (event: LegEvent): Promise<void> => {
    const call = "leg" in event ? registry.byLeg(event.leg) : registry.byRecording(event.recording);
    const happened = call === null ? null : callEventOf(event, (key) => keyPlan(deps, call.state().core, key));
    if (call !== null && happened !== null) await call.actor.send(happened);
  };
  const onEvent = (event: LegEvent, persisted: () => void): void => {
    if (event.type === "incoming") {
      const birth = arrived(event)
        .catch((error: unknown) => deps.log.error({ leg: event.leg, err: error }, "an incoming call could not be taken"))
        .finally(() => { births.delete(event.leg); });
      births.set(event.leg, birth);
      void birth.then(persisted);
      return;
    }
    const birth = "leg" in event ? births.get(event.leg) : undefined;
    void (birth === undefined ? pass(event) : birth.then(() => pass(event))).then(persisted);
  };
  const onSwitch = (state: SwitchState): void => {
    if (state.state === "down") return;
    caughtUp = true;
    reportToAll(deps, state.snapshot);
  };

  return {
    born,
    start: async () => {
      const streams = await deps.facts.openStreams("call");
      for (const stream of streams) await takeUp(deps, stream, stream.slice(callStream("").length) as CallId);
      if (streams.length > 0) deps.log.info({ calls: streams.length }, "calls taken up after a restart");
      const stops = [telephony.onEvent(onEvent), telephony.onSwitch(onSwitch)];
      unlisten = () => { for (const stop of stops) stop(); };
    },
    stop: () => unlisten(),
  };
}

/** Where a key of the call's menu leads; null when it is none. */
function keyPlan({ surroundings }: IntakeDeps, { menu, plan, supportNumber, customerNumber }: CallCore, key: string): QueuePlan | null {
  const chosen = menu?.keys.find((k) => k.key === key);
  if (chosen === undefined) return null;
  return { ...surroundings.routeCall({ channel: "voice", supportNumber, from: customerNumber, customer: null, conversation: null, numberQueueId: chosen.queueId }), voicemail: plan?.voicemail ?? null };
}

/** Every live call hears what the switch holds of it, and makes up for what is missing. */
function reportToAll({ registry, clock }: IntakeDeps, snapshot: SwitchSnapshot): void {
  const index = indexSnapshot(snapshot);
  for (const call of registry.all()) {
    const { core, phase } = call.state();
    void call.actor.send({ type: "switch.reported", report: reportOf(core, phase, index), at: clock.now() });
  }
}

/** Opens a call again from its facts. */
async function takeUp({ facts, registry, clock, log }: IntakeDeps, stream: string, id: CallId): Promise<void> {
  const known: CallFact[] = [];
  for (const stored of await facts.read(stream)) {
    const fact = decodeCallFact(stored);
    if (fact.ok) known.push(fact.value);
    else log.error({ stream, seq: stored.seq, detail: fact.error.detail }, "a fact of a call cannot be read");
  }
  const state = replay(id, known);
  if (state === null) return log.error({ stream }, "the facts of a call have no beginning");
  const call = registry.open(state, addMs(clock.now(), RECOVERY_GRACE_MS));
  if (state.core.customer === null) registry.perform(call, [{ do: "identify" }]);
}
