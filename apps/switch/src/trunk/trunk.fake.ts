// Signalling without SIP, for the tests of the legs: commands are listed, the test plays the peers.
import { err, ok, type LegId, type Result } from "@ringdesk/std";
import type { NegotiatedMedia, TrunkError, TrunkEvents, TrunkSide } from "./trunk.types.ts";

export type FakeTrunkSide = TrunkSide & {
  readonly asked: string[];
  readonly refuseNext: (error: TrunkError) => void;
  /** A call arrives. */
  readonly callArrives: (leg: LegId) => void;
  readonly peerAnswers: (leg: LegId) => void;
  readonly peerEnds: (leg: LegId) => void;
};

export const fakeMedia: NegotiatedMedia = {
  codec: "PCMU", payloadType: 0, telephoneEventPayloadType: 101, remote: { address: "192.0.2.1", port: 4000 },
  ptimeMs: 20, direction: "sendrecv", heldByPeer: false, srtp: null, rtcpMux: false,
};

export function createFakeTrunkSide(events: TrunkEvents): FakeTrunkSide {
  const asked: string[] = [];
  const legs = new Set<LegId>();
  let refusal: TrunkError | null = null;
  const request = (name: string, leg: LegId, act: () => void): Result<void, TrunkError> => {
    asked.push(`${name} ${leg}`);
    const error = refusal ?? (name === "dial" || legs.has(leg) ? null : { type: "leg-unknown" as const });
    refusal = null;
    if (error !== null) return err(error);
    act();
    return ok(undefined);
  };
  return {
    asked,
    port: 5060,
    refuseNext: (error) => { refusal = error; },
    callArrives: (leg) => {
      legs.add(leg);
      events.incoming({ leg, trunk: "sip", from: "+12025550123", fromName: null, to: "+12025550100", sipCallId: "c1", diversions: [] });
    },
    peerAnswers: (leg) => events.answered(leg, fakeMedia),
    peerEnds: (leg) => {
      if (legs.delete(leg)) events.ended(leg, "hangup", "peer");
    },
    ring: (leg) => request("ring", leg, () => undefined),
    progress: (leg) => request("progress", leg, () => events.earlyMedia(leg, fakeMedia)),
    answer: (leg) => request("answer", leg, () => events.answered(leg, fakeMedia)),
    reject: (leg) => request("reject", leg, () => {
      legs.delete(leg);
      events.ended(leg, "rejected", "server");
    }),
    dial: ({ leg }) => request("dial", leg, () => void legs.add(leg)),
    hangup: (leg, why) => request("hangup", leg, () => {
      legs.delete(leg);
      events.ended(leg, why?.cause ?? "hangup", why?.by ?? "server");
    }),
    hold: (leg, hold) => request(hold ? "hold" : "resume", leg, () => undefined),
    legs: () => [],
    tlsPort: null,
    trunksChanged: () => undefined,
    trunkStates: () => [],
    phones: () => [{ trunk: "sandbox", number: "+12025550150" }],
    counters: () => ({ received: 0, sent: 0, strangers: 0, throttled: 0, malformed: 0, legs: legs.size, transactions: 0, connections: 0 }),
    close: () => Promise.resolve(),
  };
}
