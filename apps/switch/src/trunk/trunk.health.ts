// Whether a target of a trunk takes calls, by what was heard from it. Pure.
import { addMs, type Millis } from "@ringdesk/std";

/** Probes in a row that nobody answered until a target is down, and that somebody answered until it is up again. */
export const MISSES_UNTIL_DOWN = 2;
export const GOODS_UNTIL_UP = 3;
/** A target that did not take a call and is not probed gets the next chance after this long. */
export const UNPROBED_PAUSE_MS = 30_000;
/** 503 without Retry-After: as long as one probe takes. */
export const BUSY_PAUSE_MS = 15_000;
const MS_PER_SEC = 1_000;

export type Health = {
  readonly state: "up" | "down";
  /** Probes in a row that spoke against the state. */
  readonly streak: number;
  /** It asked for a pause, or is given one. */
  readonly notBefore: Millis;
};

export type HealthEvent =
  /** A probe was answered, whatever the answer was. */
  | { readonly type: "answered" }
  | { readonly type: "silent" }
  /** An INVITE found nobody: several tries are behind that, so once is enough. `probed`: probes will tell when it is back. */
  | { readonly type: "call-failed"; readonly probed: boolean; readonly now: Millis }
  /** 503, to a probe or a call (RFC 3261 §21.5.4). */
  | { readonly type: "busy"; readonly retryAfterSec: number | null; readonly now: Millis };

export const newHealth: Health = { state: "up", streak: 0, notBefore: 0 as Millis };

export function stepHealth(health: Health, event: HealthEvent): Health {
  switch (event.type) {
    case "answered": return health.state === "up" ? { ...health, streak: 0 } : turn(health, "up", GOODS_UNTIL_UP);
    case "silent": return health.state === "down" ? { ...health, streak: 0 } : turn(health, "down", MISSES_UNTIL_DOWN);
    case "call-failed": return event.probed ? { ...health, state: "down", streak: 0 } : pausedUntil(health, addMs(event.now, UNPROBED_PAUSE_MS));
    case "busy": return pausedUntil(health, addMs(event.now, event.retryAfterSec === null ? BUSY_PAUSE_MS : event.retryAfterSec * MS_PER_SEC));
  }
}

export const takesCalls = ({ state, notBefore }: Health, now: Millis): boolean => state === "up" && now >= notBefore;

function turn(health: Health, to: Health["state"], needed: number): Health {
  return health.streak + 1 >= needed ? { ...health, state: to, streak: 0 } : { ...health, streak: health.streak + 1 };
}

const pausedUntil = (health: Health, until: Millis): Health => ({ ...health, notBefore: until > health.notBefore ? until : health.notBefore });
