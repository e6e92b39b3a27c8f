// Performs what the call's machine asks for. An effect that fails because its leg is gone needs no answer: the leg's end is
// on its way as an event. An effect that fails because the switch is away is made up for when it is back (switch.reported).
import { addMs, type E164, type LegId, type Result } from "@ringdesk/std";
import type { Logger } from "pino";
import type { Customers } from "../customers/index.ts";
import type { Clock } from "../kernel/index.ts";
import { newId } from "../kernel/index.ts";
import type { PlayItem, Telephony, TelephonyError } from "../telephony/index.ts";
import type { CallEffect, CallEvent } from "./call.events.rules.ts";
import type { EndReason } from "./call.facts.ts";
import { AGENT_CONNECT_MS, LIMIT_WARNING_MS, RING_MS } from "./call.limits.rules.ts";
import type { CallSurroundings, Greetings, Notify } from "./call.ports.ts";
import type { CallCore, CallState } from "./call.state.rules.ts";
import { createVoices } from "./call-voices.service.ts";

/** Pause between two attempts to find the customer while the database is away. */
const IDENTIFY_AGAIN_MS = 5_000;

const BEEP: PlayItem = { source: { kind: "tone", tone: "beep" }, times: 1 };
const RINGBACK: PlayItem = { source: { kind: "tone", tone: "ringback" }, times: "forever" };

export type EffectDeps = {
  readonly telephony: Telephony;
  readonly customers: Customers;
  readonly clock: Clock;
  readonly greetings: Greetings;
  readonly notify: Notify;
  readonly surroundings: Pick<CallSurroundings, "routeCall" | "positionOf" | "phoneOf">;
  readonly log: Logger;
};
/** The call that an effect belongs to. */
export type EffectSource = {
  readonly core: () => CallCore;
  readonly state: () => CallState;
  /** False once the call is settled. */
  readonly isOpen: () => boolean;
  readonly send: (event: CallEvent) => void;
};

type RecordWith = Extract<CallEffect, { readonly agent: LegId }>;

/** Performs one effect; the value is the event that follows at once, or null. Never rejects for what the world does. */
export type PerformEffect = (call: EffectSource, effect: CallEffect) => Promise<CallEvent | null>;

export function createEffects(deps: EffectDeps): PerformEffect {
  const { telephony, clock } = deps;
  const report = (call: EffectSource, what: string, done: Result<unknown, TelephonyError>): boolean => {
    // A leg that went in the meantime is no trouble: its end is on its way.
    if (!done.ok) deps.log[done.error.type === "leg-gone" ? "debug" : "warn"]({ call: call.core().id, what, error: done.error.type }, "a command to the switch was not carried out");
    return done.ok;
  };
  const plain = async (call: EffectSource, what: string, command: Promise<Result<unknown, TelephonyError>>): Promise<null> => {
    report(call, what, await command);
    return null;
  };
  /** Answering or dialling: a refusal means that there will be no call. */
  const reaching = async (call: EffectSource, what: string, command: Promise<Result<void, TelephonyError>>): Promise<CallEvent | null> => {
    const done = await command;
    if (report(call, what, done) || done.ok) return null;
    const reason = unreachable[done.error.type];
    return reason === null ? null : { type: "customer.unreachable", reason, at: clock.now() };
  };
  /** A recording whose start was lost in a crash begins now. */
  const recordWith = async (call: EffectSource, { recording, customer, agent }: RecordWith): Promise<null> => {
    const done = await telephony.record.legs(recording, customer, agent);
    if (done.ok || done.error.type !== "recording-unknown") report(call, "record-legs", done);
    else report(call, "record-start", await telephony.record.start(recording, customer, agent));
    return null;
  };
  /** An outbound call rings its agent's phone first. */
  const ringAgent = async (call: EffectSource, { leg, agent }: Extract<CallEffect, { readonly do: "ring-agent" }>): Promise<CallEvent | null> => {
    const phone = deps.surroundings.phoneOf(agent);
    const { customerNumber, customer, supportNumber } = call.core();
    const shown = { from: customerNumber ?? supportNumber, fromName: customer?.name ?? null, withheld: false };
    const rung = phone !== null && report(call, "ring-agent", await telephony.phones.dial({ leg, phone, ...shown, ringTimeoutMs: AGENT_CONNECT_MS }));
    return rung ? null : { type: "agent.not-reached", at: clock.now() };
  };
  const identify = createIdentify(deps);
  const voices = createVoices({ ...deps, positionOf: deps.surroundings.positionOf });

  return async (call, effect) => {
    switch (effect.do) {
      case "answer": return reaching(call, effect.do, telephony.answer(effect.leg));
      case "welcome": case "play-music": case "play-voicemail-greeting": case "say": case "announce":
        return voices(call.state, effect, (what, done) => report(call, what, done));
      case "play-ringback": return plain(call, effect.do, telephony.play(effect.leg, "ringback", [RINGBACK]));
      case "beep": return plain(call, effect.do, telephony.play(effect.leg, "beep", [BEEP]));
      case "hang-up": return plain(call, effect.do, telephony.hangup(effect.leg));
      case "dial": return reaching(call, effect.do, dial(telephony, effect));
      case "ring-agent": return ringAgent(call, effect);
      case "send-digits": return plain(call, effect.do, telephony.sendDigits(effect.leg, effect.digits));
      case "hold": case "resume": return plain(call, effect.do, telephony.hold(effect.leg, effect.do === "hold"));
      case "bridge": return plain(call, effect.do, telephony.bridge(effect.bridge, effect.legs));
      case "unbridge": return plain(call, effect.do, telephony.unbridge(effect.bridge));
      case "record-start": return plain(call, effect.do, telephony.record.start(effect.recording, effect.customer, effect.agent));
      case "record-legs": return recordWith(call, effect);
      case "record-pause": return plain(call, effect.do, telephony.record.pause(effect.recording));
      case "record-resume": return plain(call, effect.do, telephony.record.resume(effect.recording));
      case "record-stop": return plain(call, effect.do, telephony.record.stop(effect.recording));
      case "identify":
        void identify(call);
        return null;
      case "warn-agent":
        deps.notify(effect.agent, { level: "warning", text: `This call ends in ${LIMIT_WARNING_MS / 60_000} minute: calls last four hours at most.`, callId: call.core().id });
        return null;
    }
  };
}

/** Looks for the customer of a call until the database answers, or the call is gone. */
function createIdentify({ customers, clock, log, surroundings }: EffectDeps): (call: EffectSource) => Promise<void> {
  const identify = async (call: EffectSource): Promise<void> => {
    if (!call.isOpen() || call.core().customer !== null) return;
    const found = await customers.identify(call.core().customerNumber).catch((error: unknown) => {
      log.error({ call: call.core().id, err: error }, "the customer of a call could not be looked up");
      return null;
    });
    if (found === null || !found.ok) {
      call.send({ type: "customer.unknown", at: clock.now() });
      clock.at(addMs(clock.now(), IDENTIFY_AGAIN_MS), () => void identify(call));
      return;
    }
    const { customerId, name, openVoiceConversation, traits } = found.value;
    const { ruled, supportNumber, customerNumber, plan } = call.core();
    const routed = ruled ? surroundings.routeCall({ channel: "voice", supportNumber, from: customerNumber, customer: { ...traits, name }, conversation: openVoiceConversation, numberQueueId: null }) : null;
    call.send({
      type: "customer.identified", customerId, name, isNew: openVoiceConversation === null,
      conversationId: openVoiceConversation?.id ?? newId(), at: clock.now(),
      plan: routed === null ? null : { ...routed, voicemail: plan?.voicemail ?? null },
    });
  };
  return identify;
}

const dial = (telephony: Telephony, { leg, to, from }: { readonly leg: LegId; readonly to: E164; readonly from: E164 }) =>
  telephony.dial({ leg, to, from, ringTimeoutMs: RING_MS });

/** What a refused answer or dial means for the call. Null: the leg's end or the next snapshot tells. */
const unreachable: Readonly<Record<TelephonyError["type"], EndReason | null>> = {
  "switch-away": null, "switch-silent": null, "leg-gone": null, "leg-wrong-state": null, "leg-exists": null,
  "no-route": "unreachable", "bridge-full": "carrier-failed", "trunk-unknown": "unreachable", "recording-unknown": "carrier-failed",
  "sdp-refused": "no-common-codec", "limit-reached": "carrier-failed", overloaded: "phone-service-away", "file-missing": "carrier-failed", "command-refused": "carrier-failed", "switch-error": "carrier-failed",
};
