// A media plane without media, for the tests of the legs: it answers as the real one does and lists what was asked.
import { err, ok, type BridgeId, type LegId } from "@ringdesk/std";
import type { LegQuality } from "@ringdesk/contract/switch";
import type { MediaError, MediaPlane } from "./media-plane.types.ts";

export type FakeMediaPlane = MediaPlane & {
  /** Every request: its name and the leg, bridge or recording. */
  readonly asked: string[];
  readonly legs: Set<LegId>;
  readonly bridges: Map<BridgeId, readonly LegId[]>;
  /** The next request of that name fails. */
  readonly refuseNext: (name: string, error: MediaError) => void;
  /** Makes the leg's packet counter go on. */
  readonly receives: (leg: LegId) => void;
};

const FIRST_PORT = 40_000;

export function createFakeMediaPlane(): FakeMediaPlane {
  const asked: string[] = [];
  const legs = new Set<LegId>();
  const bridges = new Map<BridgeId, readonly LegId[]>();
  const refusals = new Map<string, MediaError>();
  const packets = new Map<LegId, number>();
  let port = FIRST_PORT;
  const quality = (leg: LegId): LegQuality => ({ packets: packets.get(leg) ?? 0, lost: 0, jitterMs: 0, roundTripMs: null, mos: null });
  const request = <T>(name: string, about: string, value: T): ReturnType<typeof ok<T>> | ReturnType<typeof err<MediaError>> => {
    asked.push(`${name} ${about}`);
    const refusal = refusals.get(name);
    refusals.delete(name);
    return refusal === undefined ? ok(value) : err(refusal);
  };
  const create = <T>(name: string, leg: LegId, value: T): ReturnType<typeof request<T>> => {
    const done = request(name, leg, value);
    if (done.ok) legs.add(leg);
    return done;
  };
  return {
    asked, legs, bridges,
    refuseNext: (name, error) => void refusals.set(name, error),
    receives: (leg) => void packets.set(leg, (packets.get(leg) ?? 0) + 1),
    createRtpLeg: async (leg) => {
      port += 2;
      return create("createRtpLeg", leg, port);
    },
    setRemote: (leg) => request("setRemote", leg, undefined),
    connectBrowser: async (leg, sdp) => create("connectBrowser", leg, `answer to ${sdp}`),
    closeLeg: (leg) => {
      asked.push(`closeLeg ${leg}`);
      return legs.delete(leg) ? quality(leg) : null;
    },
    play: async (leg) => request("play", leg, undefined),
    stopPlay: (leg) => request("stopPlay", leg, undefined),
    sendDtmf: (leg) => request("sendDtmf", leg, undefined),
    passKey: (leg, digit) => void asked.push(`passKey ${leg} ${digit}`),
    setBridge: (bridge, members) => {
      const done = request("setBridge", bridge, undefined);
      if (done.ok) bridges.set(bridge, members);
      return done;
    },
    closeBridge: (bridge) => void bridges.delete(bridge),
    startRecording: (recording) => request("startRecording", recording, undefined),
    pauseRecording: (recording) => request("pauseRecording", recording, undefined),
    resumeRecording: (recording) => request("resumeRecording", recording, undefined),
    setRecordingLegs: (recording) => request("setRecordingLegs", recording, undefined),
    stopRecording: (recording) => void asked.push(`stopRecording ${recording}`),
    levels: { watch: (leg, on) => request(on ? "watchLevels" : "unwatchLevels", leg, undefined), read: () => [], forget: () => void asked.push("forgetLevels") },
    quality: (leg) => (legs.has(leg) ? quality(leg) : null),
    snapshot: () => ({
      legs: [...legs].map((leg) => ({ leg, kind: "sip" as const, media: "up" as const, hears: "nothing" as const, quality: quality(leg) })),
      bridges: [...bridges].map(([bridge, members]) => ({ bridge, legs: members })),
      recordings: [],
    }),
    close: () => Promise.resolve(),
  };
}
