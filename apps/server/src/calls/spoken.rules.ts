// What callers are told by the system itself, in English, besides the texts of their support number.
import type { Millis } from "@ringdesk/std";
import type { FarewellWords, QueuePlan } from "./call.facts.ts";

/** The last words of a call, and of a caller who will be called back. */
export const lastWords: Readonly<Record<FarewellWords | "callback-confirmed", string>> = {
  "closed": "We are closed at the moment. Please call again during our business hours. Goodbye.",
  "message-taken": "Thank you. We have your message. Goodbye.",
  "goodbye": "Goodbye.",
  "callback-confirmed": "Thank you. We will call you back at this number when it is your turn. Goodbye.",
};
export const CALLBACK_OFFER = "To be called back at this number without losing your place in line, press 1.";

/** Where somebody stands in a queue, as routing knows it. */
export type PlaceInLine = { readonly position: number; readonly estimatedWaitMs: Millis | number | null };

/** What is said into the music: few different texts, so that each is spoken once and kept. */
export function placeWords(announce: QueuePlan["announce"], place: PlaceInLine | null): readonly string[] {
  if (announce === null || place === null) return [];
  const position = place.position === 1 ? "You are next in line." : `You are number ${place.position} in line.`;
  const wait = place.estimatedWaitMs === null ? [] : [waitWords(place.estimatedWaitMs)];
  return [...(announce.position ? [position] : []), ...(announce.wait ? wait : [])];
}

const MINUTE_MS = 60_000;
/** The steps in which a wait is told, in minutes. */
const WAIT_STEPS = [2, 3, 4, 5, 7, 10, 15, 20, 30] as const;

function waitWords(ms: number): string {
  if (ms <= MINUTE_MS) return "The estimated wait is less than one minute.";
  const step = WAIT_STEPS.find((minutes) => ms <= minutes * MINUTE_MS);
  return step === undefined ? "The estimated wait is more than 30 minutes." : `The estimated wait is about ${step} minutes.`;
}

/** What can be spoken ahead of the first caller, by what numbers and queues are set to. */
export function wordsAhead(has: { readonly voicemail: boolean; readonly callback: boolean; readonly hours: boolean }): readonly string[] {
  return [
    ...(has.voicemail ? [lastWords["message-taken"], lastWords.goodbye] : []),
    ...(has.callback ? [CALLBACK_OFFER, lastWords["callback-confirmed"]] : []),
    ...(has.hours ? [lastWords.closed] : []),
  ];
}
