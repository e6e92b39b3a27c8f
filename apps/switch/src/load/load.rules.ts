// Whether the switch still keeps up with its audio. Pure.

/** Work that is this late has missed the frame that it was for, and the next one: the far side's jitter buffer begins to run dry. */
export const LATE_MS = 40;
/**
 * In a strained window a quarter of all work is late and the loop has next to no time left. Both: a loop that is late but idle was
 * held up by the machine (a suspended guest, a quota), and fewer calls would not help it.
 */
export const STRAINED_LATE_SHARE = 0.25;
export const STRAINED_BUSY_SHARE = 0.9;
/** In a calm window hardly anything is late, or the loop has time left. Between calm and strained nothing changes. */
export const CALM_LATE_SHARE = 0.1;
export const CALM_BUSY_SHARE = 0.7;
/**
 * Strained windows in succession until new calls are refused: neither one stall, however long, nor a few seconds in which other
 * programs had the processors is overload. Calm ones until they are taken again.
 */
export const STRAINED_UNTIL_OVERLOADED = 5;
export const CALM_UNTIL_NORMAL = 3;

export type Load = {
  readonly state: "normal" | "overloaded";
  /** Windows in succession that spoke against the state. */
  readonly streak: number;
};

export const newLoad: Load = { state: "normal", streak: 0 };

/** What one window showed, as shares from 0 to 1. */
export type LoadWindow = {
  /** Of moments spread evenly over the window, those at which work was late. */
  readonly lateShare: number;
  /** Of the window's time, what the loop did not spend waiting. */
  readonly busyShare: number;
};

export function stepLoad(load: Load, { lateShare, busyShare }: LoadWindow): Load {
  if (load.state === "normal") return turn(load, lateShare >= STRAINED_LATE_SHARE && busyShare >= STRAINED_BUSY_SHARE, "overloaded", STRAINED_UNTIL_OVERLOADED);
  return turn(load, lateShare <= CALM_LATE_SHARE || busyShare < CALM_BUSY_SHARE, "normal", CALM_UNTIL_NORMAL);
}

function turn(load: Load, against: boolean, to: Load["state"], needed: number): Load {
  if (!against) return { ...load, streak: 0 };
  return load.streak + 1 >= needed ? { state: to, streak: 0 } : { ...load, streak: load.streak + 1 };
}
