// How a handset looks to the person who holds it, and which numbers there are for handsets. Pure.
import type { E164, Millis } from "@ringdesk/std";
import type { Handset } from "@ringdesk/contract/http";
import type { HandsetEndCause } from "./carriers.ports.ts";
import type { HandsetEnd, HandsetState } from "./handset.machine.ts";

/** The handset as its page shows it. */
export function handsetView(id: string, number: E164, s: HandsetState): Handset {
  if (s.kind === "idle") return { id, number, call: null, lastEnd: endWords(s.lastEnd) };
  const call = { id: s.leg as string, with: s.with as string, since: s.since };
  switch (s.kind) {
    case "connecting": case "dialling": return { id, number, call: { ...call, direction: "out", state: "dialling" }, lastEnd: null };
    case "ringing": case "answering": return { id, number, call: { ...call, direction: "in", state: "ringing" }, lastEnd: null };
    case "talking": return { id, number, call: { ...call, direction: s.direction, state: "talking" }, lastEnd: null };
  }
}

function endWords(end: HandsetEnd): string | null {
  if (end === null) return null;
  return end.by === "handset" ? ownWords[end.cause] ?? otherWords[end.cause] : otherWords[end.cause];
}

const ownWords: Partial<Readonly<Record<HandsetEndCause, string>>> = {
  "hangup": "You hung up.",
  "cancelled": "You hung up.",
  "declined": "You declined the call.",
  "no-answer": "You did not answer.",
};

const otherWords: Readonly<Record<HandsetEndCause, string>> = {
  "hangup": "The other side hung up.",
  "cancelled": "The caller hung up.",
  "rejected": "The call was refused.",
  "busy": "The line is busy.",
  "no-answer": "Nobody answered.",
  "declined": "The call was declined.",
  "not-found": "This number is not in service.",
  "not-allowed": "This call is not allowed.",
  "unreachable": "The number cannot be reached now.",
  "no-common-codec": "The audio could not be connected.",
  "media-timeout": "The audio connection was lost.",
  "media-lost": "The audio connection was lost.",
  "protocol-error": "The call failed.",
  "limit-reached": "All lines are in use.",
  "switch-failed": "The phone service was interrupted.",
};

/** Area codes of the handsets' numbers. 555-0100 to 555-0199 is set aside for fiction in each of them. */
const HANDSET_AREA_CODES = ["212", "213", "312", "404", "416", "503", "514", "604", "617", "702"] as const;
const NUMBERS_PER_AREA = 100;
/** So many handsets have a number of their own at a time. */
export const MAX_HANDSETS = HANDSET_AREA_CODES.length * NUMBERS_PER_AREA;

/** The fictional number at a place in the list of all numbers for handsets, `place` from 0 to MAX_HANDSETS − 1. */
export function handsetNumberAt(place: number): E164 {
  const area = HANDSET_AREA_CODES[place % HANDSET_AREA_CODES.length] ?? HANDSET_AREA_CODES[0];
  const line = Math.floor(place / HANDSET_AREA_CODES.length) % NUMBERS_PER_AREA;
  return `+1${area}55501${line.toString().padStart(2, "0")}` as E164;
}

/** The first number that is not taken; null when all are. */
export function freeHandsetNumber(isTaken: (number: E164) => boolean): E164 | null {
  for (let place = 0; place < MAX_HANDSETS; place += 1) {
    const number = handsetNumberAt(place);
    if (!isTaken(number)) return number;
  }
  return null;
}

/**
 * What a handset is after the server was started again: calls go on, and the page has its grace to come back. A request of
 * the page that was under way is lost: dialling failed, and a call that was being answered rings again. Whether audio flows
 * is for the switch to say: it may have come and gone since this was stored.
 */
export function afterRestart(s: HandsetState, at: Millis): HandsetState {
  const state: HandsetState = s.kind === "dialling" || s.kind === "talking" ? { ...s, goneSince: at, silentSince: null } : { ...s, goneSince: at };
  if (state.kind === "connecting") return { kind: "idle", goneSince: at, lastEnd: { cause: "switch-failed", by: "other" } };
  return state.kind === "answering" ? { ...state, kind: "ringing" } : state;
}
