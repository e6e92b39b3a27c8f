// Test calls in which a user hears himself (CALL-9): a leg of telephony's own, seen by no other room.
import { addMs, err, ok, type BridgeId, type LegId, type Result, type UserId } from "@ringdesk/std";
import { newId, type Clock } from "../kernel/index.ts";
import type { TelephonyError } from "./telephony.errors.ts";
import type { Telephony } from "./telephony.ports.ts";

/** A test call ends by itself after this long. */
export const ECHO_CALL_MS = 120_000;
/** Test calls at the same time; everybody has at most one. */
export const MAX_ECHO_CALLS = 50;

export type EchoCalls = {
  /** Connects the browser to a new leg that hears itself. An earlier test call of the user ends. */
  readonly start: (user: UserId, offerSdp: string) => Promise<Result<{ readonly id: LegId; readonly sdp: string }, TelephonyError>>;
  /** Ends the user's test call. One that is over, or another's, is left alone. */
  readonly end: (user: UserId, id: LegId) => Promise<void>;
  /** For telephony's reconciliation. */
  readonly legs: () => Iterable<LegId>;
};

type EchoCall = { readonly leg: LegId; readonly bridge: BridgeId; readonly stopTimer: () => void };
export type EchoDeps = { readonly telephony: Pick<Telephony, "connectBrowser" | "echo" | "unbridge" | "hangup" | "observe">; readonly clock: Clock };

export function createEchoCalls({ telephony, clock }: EchoDeps): EchoCalls {
  const calls = new Map<UserId, EchoCall>();
  const forget = (user: UserId): EchoCall | null => {
    const call = calls.get(user);
    if (call === undefined) return null;
    calls.delete(user);
    call.stopTimer();
    return call;
  };
  const hangUp = async (user: UserId): Promise<void> => {
    const call = forget(user);
    if (call === null) return;
    await telephony.hangup(call.leg);
    await telephony.unbridge(call.bridge);
  };
  telephony.observe((event) => {
    if (event.type !== "ended" && event.type !== "media-lost") return;
    for (const [user, call] of calls) if (call.leg === event.leg) void hangUp(user);
  });
  return {
    start: async (user, offerSdp) => {
      await hangUp(user);
      if (calls.size >= MAX_ECHO_CALLS) return err({ type: "limit-reached", detail: `${MAX_ECHO_CALLS} test calls` });
      const call: EchoCall = { leg: newId(), bridge: newId(), stopTimer: clock.at(addMs(clock.now(), ECHO_CALL_MS), () => void hangUp(user)) };
      calls.set(user, call);
      const answer = await telephony.connectBrowser(call.leg, offerSdp);
      const echoing = answer.ok ? await telephony.echo(call.bridge, call.leg) : answer;
      if (answer.ok && echoing.ok && calls.get(user) === call) return ok({ id: call.leg, sdp: answer.value });
      if (calls.get(user) === call) await hangUp(user);
      else await telephony.hangup(call.leg); // another test call of the same user came meanwhile
      return err(answer.ok ? (echoing.ok ? { type: "leg-gone", detail: "the test call was ended" } : echoing.error) : answer.error);
    },
    end: async (user, id) => {
      if (calls.get(user)?.leg === id) await hangUp(user);
    },
    legs: function* legs() {
      for (const { leg } of calls.values()) yield leg;
    },
  };
}
