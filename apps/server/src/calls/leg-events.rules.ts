// What the switch says, as events of a call.
import type { LegEvent, SwitchSnapshot } from "../telephony/index.ts";
import type { CallEvent, SwitchReport } from "./call.events.rules.ts";
import type { CallCore, Phase } from "./call.state.rules.ts";
import { agentOf } from "./call.state.rules.ts";

/** The play list of greeting and hold music. Music that the caller already hears is not begun anew under another name. */
export const WELCOME_PLAY = "welcome";

/** The event as the call's machine knows it; null when calls make nothing of it. */
export function callEventOf(event: LegEvent): CallEvent | null {
  const { at, position } = event;
  switch (event.type) {
    case "ringing": return { type: "leg.ringing", leg: event.leg, at, position };
    case "early-media": return { type: "leg.early-media", leg: event.leg, at, position };
    case "answered": return { type: "leg.answered", leg: event.leg, at, position };
    case "media-connected": return { type: "leg.media-connected", leg: event.leg, at, position };
    case "media-lost": return { type: "leg.media-lost", leg: event.leg, at, position };
    case "ended": return { type: "leg.ended", leg: event.leg, cause: event.cause, by: event.by, quality: event.quality, at, position };
    case "play-reached": // item 0 is the greeting, item 1 the music
      return event.play === WELCOME_PLAY && event.item >= 1 ? { type: "greeting.over", leg: event.leg, at, position } : null;
    case "play-finished": // by itself it would never end: the music goes on forever
      return event.play === WELCOME_PLAY && event.why === "failed" ? { type: "greeting.over", leg: event.leg, at, position } : null;
    case "recording-started": return { type: "recording.started", at, position };
    case "recording-stopped": return { type: "recording.stopped", why: event.why, durationMs: event.durationMs, path: event.path, at, position };
    case "incoming": case "dtmf": case "held-by-peer": case "resumed-by-peer": return null;
  }
}

/** What a snapshot holds of one call. */
export function reportOf(core: CallCore, phase: Phase, snapshot: SnapshotIndex): SwitchReport {
  const customer = snapshot.legs.get(core.customerLeg);
  const agentLeg = agentOf(phase)?.leg ?? null;
  const members = snapshot.bridges.get(core.bridge) ?? [];
  return {
    customer: customer === undefined || customer.state === "ended" ? "none" : customer.state === "incoming" ? "incoming" : customer.state === "up" ? "up" : "calling",
    hears: customer?.hears ?? "nothing",
    agentUp: agentLeg !== null && snapshot.legs.get(agentLeg)?.state === "up",
    bridged: agentLeg !== null && members.includes(core.customerLeg) && members.includes(agentLeg),
    recording: snapshot.recordings.get(core.recordingId) ?? "none",
  };
}

/** A snapshot that many calls can be looked up in. */
export type SnapshotIndex = {
  readonly legs: ReadonlyMap<string, SwitchSnapshot["legs"][number]>;
  readonly bridges: ReadonlyMap<string, readonly string[]>;
  readonly recordings: ReadonlyMap<string, "recording" | "paused">;
};
export const indexSnapshot = (s: SwitchSnapshot): SnapshotIndex => ({
  legs: new Map(s.legs.map((l) => [l.leg, l])),
  bridges: new Map(s.bridges.map((b) => [b.bridge, b.legs])),
  recordings: new Map(s.recordings.map((r) => [r.recording, r.state])),
});
