// One telephone of the sandbox carrier, in somebody's browser. Pure: no clock, no I/O, never throws.
//
// idle → connecting → dialling → talking → idle     the person calls
// idle → ringing → answering → talking → idle       the house calls
import { addMs, type E164, type LegId, type Millis, type Step } from "@ringdesk/std";
import type { HandsetEndCause } from "./carriers.ports.ts";

/** A handset whose page is gone and whose audio has stopped hangs up after this. */
export const GONE_MS = 5_000;
/** A handset whose page is still there, but whose audio has stopped, hangs up after this: the page cannot reconnect it. */
export const SILENT_MS = 15_000;
/** A call that rings longer at the handset is declined; the house gives up much earlier. */
export const RING_LIMIT_MS = 300_000;
/** A call that the house neither answers nor refuses. */
export const DIAL_LIMIT_MS = 180_000;

/** Why the last call ended; null when there was none. The words for the person are made from it. */
export type HandsetEnd = { readonly cause: HandsetEndCause; readonly by: "handset" | "other" } | null;

type Base = {
  /** Since when no page shows this handset; null while one does. */
  readonly goneSince: Millis | null;
};
type OnCall = Base & { readonly leg: LegId; readonly with: E164; readonly since: Millis };
type WithAudio = OnCall & {
  readonly direction: "in" | "out";
  /** Since when no audio arrives from the browser, from the moment that it was agreed on; null while it does. */
  readonly silentSince: Millis | null;
};
export type HandsetState =
  | (Base & { readonly kind: "idle"; readonly lastEnd: HandsetEnd })
  | (OnCall & { readonly kind: "connecting" })
  | (WithAudio & { readonly kind: "dialling" })
  | (OnCall & { readonly kind: "ringing" })
  | (OnCall & { readonly kind: "answering" })
  | (WithAudio & { readonly kind: "talking" });

export type HandsetEvent =
  // the person
  | { readonly type: "dialled"; readonly leg: LegId; readonly to: E164; readonly at: Millis }
  | { readonly type: "answer-pressed" }
  | { readonly type: "hung-up" }
  // the browser's audio, asked for by a connect effect
  | { readonly type: "audio-connected"; readonly leg: LegId; readonly at: Millis }
  | { readonly type: "audio-refused"; readonly leg: LegId }
  // the house and the switch
  | { readonly type: "rung"; readonly leg: LegId; readonly from: E164; readonly at: Millis }
  | { readonly type: "ringing-stopped"; readonly leg: LegId }
  | { readonly type: "leg-answered"; readonly leg: LegId; readonly at: Millis }
  | { readonly type: "leg-ended"; readonly leg: LegId; readonly cause: HandsetEndCause }
  | { readonly type: "media-lost"; readonly leg: LegId; readonly at: Millis }
  | { readonly type: "media-connected"; readonly leg: LegId }
  // the page
  | { readonly type: "watched" }
  | { readonly type: "unwatched"; readonly at: Millis }
  | { readonly type: "clock-reached"; readonly at: Millis };

export type HandsetEffect =
  /** The house sees the call arrive. */
  | { readonly do: "arrive"; readonly leg: LegId; readonly to: E164 }
  | { readonly do: "tell-answered"; readonly leg: LegId }
  | { readonly do: "end"; readonly leg: LegId; readonly cause: HandsetEndCause };

type Next = Step<HandsetState, HandsetEffect>;
const stay = (state: HandsetState): Next => ({ state, effects: [] });
const go = (state: HandsetState, ...effects: HandsetEffect[]): Next => ({ state, effects });
const idle = (s: HandsetState, lastEnd: HandsetEnd): HandsetState => ({ kind: "idle", goneSince: s.goneSince, lastEnd });

/** A handset that no page has shown yet. */
export const newHandset = (at: Millis): HandsetState => ({ kind: "idle", goneSince: at, lastEnd: null });

export function stepHandset(s: HandsetState, e: HandsetEvent): Next {
  if (e.type === "watched") return stay({ ...s, goneSince: null });
  if (e.type === "unwatched") return stay(s.goneSince === null ? { ...s, goneSince: e.at } : s);
  if (e.type === "clock-reached") return reached(s, e.at);
  if ("leg" in e && (s.kind === "idle" || s.leg !== e.leg)) return other(s, e);
  if (e.type === "leg-ended" && s.kind !== "idle") return go(idle(s, { cause: e.cause, by: "other" }));
  if (e.type === "hung-up") return hungUp(s);
  switch (s.kind) {
    case "idle": return stay(s);
    case "connecting": return connecting(s, e);
    case "dialling": return dialling(s, e);
    case "ringing": return ringing(s, e);
    case "answering": return answering(s, e);
    case "talking": return talking(s, e);
  }
}

/** An event about another leg than the one at hand: a new call, or something late about an old one. */
function other(s: HandsetState, e: Extract<HandsetEvent, { leg: LegId }>): Next {
  switch (e.type) {
    case "dialled":
      if (s.kind !== "idle") return stay(s);
      return stay({ kind: "connecting", goneSince: s.goneSince, leg: e.leg, with: e.to, since: e.at });
    case "rung":
      if (s.kind !== "idle") return go(s, { do: "end", leg: e.leg, cause: "busy" });
      return stay({ kind: "ringing", goneSince: s.goneSince, leg: e.leg, with: e.from, since: e.at });
    // The person hung up while the audio was being connected: the leg came to be on the switch after all.
    case "audio-connected": return go(s, { do: "end", leg: e.leg, cause: "cancelled" });
    default: return stay(s);
  }
}

function hungUp(s: HandsetState): Next {
  if (s.kind === "idle") return stay(s);
  const cause = endedHere[s.kind];
  return go(idle(s, { cause, by: "handset" }), { do: "end", leg: s.leg, cause });
}

/** What hanging up means in each state. */
const endedHere = { connecting: "cancelled", dialling: "cancelled", ringing: "declined", answering: "declined", talking: "hangup" } as const;

type At<K extends HandsetState["kind"]> = Extract<HandsetState, { kind: K }>;

function connecting(s: At<"connecting">, e: HandsetEvent): Next {
  if (e.type === "audio-connected") return go({ ...s, kind: "dialling", direction: "out", silentSince: e.at }, { do: "arrive", leg: s.leg, to: s.with });
  if (e.type === "audio-refused") return stay(idle(s, { cause: "no-common-codec", by: "handset" }));
  return stay(s);
}

function dialling(s: At<"dialling">, e: HandsetEvent): Next {
  if (e.type === "leg-answered") return stay({ ...s, kind: "talking", since: e.at });
  return audio(s, e);
}

function ringing(s: At<"ringing">, e: HandsetEvent): Next {
  if (e.type === "answer-pressed") return stay({ ...s, kind: "answering" });
  if (e.type === "ringing-stopped") return stay(idle(s, { cause: "cancelled", by: "other" }));
  return stay(s);
}

function answering(s: At<"answering">, e: HandsetEvent): Next {
  if (e.type === "audio-connected") return go({ ...s, kind: "talking", direction: "in", since: e.at, silentSince: e.at }, { do: "tell-answered", leg: s.leg });
  if (e.type === "audio-refused") return stay({ ...s, kind: "ringing" }); // it rings on: the person may mend the microphone
  if (e.type === "ringing-stopped") return stay(idle(s, { cause: "cancelled", by: "other" }));
  return stay(s);
}

function talking(s: At<"talking">, e: HandsetEvent): Next {
  // The house gave up in the very moment that the person answered.
  if (e.type === "ringing-stopped") return go(idle(s, { cause: "cancelled", by: "other" }), { do: "end", leg: s.leg, cause: "cancelled" });
  return audio(s, e);
}

function audio(s: At<"dialling" | "talking">, e: HandsetEvent): Next {
  if (e.type === "media-lost") return stay(s.silentSince === null ? { ...s, silentSince: e.at } : s);
  if (e.type === "media-connected") return stay({ ...s, silentSince: null });
  return stay(s);
}

function reached(s: HandsetState, at: Millis): Next {
  const due = handsetDeadline(s);
  if (s.kind === "idle" || due === null || at < due) return stay(s);
  const cause = s.kind === "ringing" || s.kind === "answering" ? "no-answer" : s.kind === "connecting" ? "cancelled" : "media-lost";
  return go(idle(s, { cause, by: "handset" }), { do: "end", leg: s.leg, cause });
}

/** When the handset gives up by itself; null when nothing is to be waited for. */
export function handsetDeadline(s: HandsetState): Millis | null {
  const gone = s.goneSince === null ? null : addMs(s.goneSince, GONE_MS);
  switch (s.kind) {
    case "idle": return null;
    case "connecting": return earliest(gone, addMs(s.since, DIAL_LIMIT_MS));
    case "ringing": case "answering": return earliest(gone, addMs(s.since, RING_LIMIT_MS));
    case "dialling": return earliest(whenSilent(s, gone), addMs(s.since, DIAL_LIMIT_MS));
    case "talking": return whenSilent(s, gone);
  }
}

function whenSilent(s: WithAudio, gone: Millis | null): Millis | null {
  if (s.silentSince === null) return null; // the page may be gone: as long as audio flows, somebody is there
  const silent = addMs(s.silentSince, SILENT_MS);
  return gone === null ? silent : earliest(silent, Math.max(gone, s.silentSince) as Millis);
}

function earliest(a: Millis | null, b: Millis | null): Millis | null {
  if (a === null) return b;
  if (b === null) return a;
  return Math.min(a, b) as Millis;
}
