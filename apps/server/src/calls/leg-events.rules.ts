// What the switch says, as events of a call.
import type { LegEvent, SwitchSnapshot } from "../telephony/index.ts";
import type { CallEvent, SwitchReport } from "./call.events.rules.ts";
import type { QueuePlan } from "./call.facts.ts";
import { agentOf, messageId, type CallCore, type Phase } from "./call.state.rules.ts";

/** The play list of greeting and hold music. Music that the caller already hears is not begun anew under another name. */
export const WELCOME_PLAY = "welcome";
/** Greeting, prompt of the menu, the pause for a key, music. */
export const MENU_PLAY = "menu";
export const VOICEMAIL_PLAY = "voicemail";
export const FAREWELL_PLAY = "farewell";
/** Which item of a list is the music: reaching it, the greeting is over. */
const MUSIC_ITEM: Readonly<Record<string, number>> = { [WELCOME_PLAY]: 1, [MENU_PLAY]: 3 };
/** Lists that end by themselves. */
const PROMPTS: Readonly<Record<string, "voicemail" | "farewell">> = { [VOICEMAIL_PLAY]: "voicemail", [FAREWELL_PLAY]: "farewell" };

/** The event as the call's machine knows it; null when calls make nothing of it. `keyPlan` tells where a key of the menu leads. */
export function callEventOf(event: LegEvent, keyPlan: (key: string) => QueuePlan | null): CallEvent | null {
  const { at, position } = event;
  switch (event.type) {
    case "ringing": return { type: "leg.ringing", leg: event.leg, at, position };
    case "early-media": return { type: "leg.early-media", leg: event.leg, at, position };
    case "answered": return { type: "leg.answered", leg: event.leg, at, position };
    case "media-connected": return { type: "leg.media-connected", leg: event.leg, at, position };
    case "media-lost": return { type: "leg.media-lost", leg: event.leg, at, position };
    case "ended": return { type: "leg.ended", leg: event.leg, cause: event.cause, by: event.by, quality: event.quality, at, position };
    case "dtmf": return { type: "leg.dtmf", leg: event.leg, digit: event.digit, plan: keyPlan(event.digit), at, position };
    case "play-reached": return event.item >= (MUSIC_ITEM[event.play] ?? Infinity) ? { type: "greeting.over", leg: event.leg, at, position } : null;
    case "play-finished": return playFinished(event);
    case "recording-started": return { type: "recording.started", recording: event.recording, at, position };
    case "recording-stopped": return { type: "recording.stopped", recording: event.recording, why: event.why, durationMs: event.durationMs, path: event.path, at, position };
    case "incoming": return null;
    case "held-by-peer": return { type: "leg.held", leg: event.leg, at, position };
    case "resumed-by-peer": return { type: "leg.resumed", leg: event.leg, at, position };
  }
}

function playFinished({ play, why, leg, at, position }: Extract<LegEvent, { type: "play-finished" }>): CallEvent | null {
  // A list with music would never end by itself.
  if (MUSIC_ITEM[play] !== undefined) return why === "failed" ? { type: "greeting.over", leg, at, position } : null;
  const prompt = PROMPTS[play];
  return prompt !== undefined && (why === "completed" || why === "failed") ? { type: "prompt.over", leg, prompt, at, position } : null;
}

/** What a snapshot holds of one call. */
export function reportOf(core: CallCore, phase: Phase, snapshot: SnapshotIndex): SwitchReport {
  const customer = snapshot.legs.get(core.customerLeg);
  const agentLeg = agentOf(phase)?.leg ?? null;
  const members = snapshot.bridges.get(core.bridge) ?? [];
  return {
    customer: customer === undefined || customer.state === "ended" ? "none" : customer.state === "incoming" ? "incoming" : customer.state === "up" ? "up" : "calling",
    hears: customer?.hears ?? "nothing",
    onHold: customer?.onHold ?? false,
    agentUp: agentLeg !== null && snapshot.legs.get(agentLeg)?.state === "up",
    bridged: agentLeg !== null && members.includes(core.customerLeg) && members.includes(agentLeg),
    recording: snapshot.recordings.get(core.recordingId) ?? "none",
    message: snapshot.recordings.has(messageId(core)),
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
