// What trunks may ask of the switch. Beyond a limit, calls in progress come first.
import type { Millis } from "@ringdesk/std";

/** Trunk legs at one time, in both directions. */
export const MAX_TRUNK_LEGS = 2_000;
/** SIP transactions at one time; each holds a message of a few kilobytes for at most 32 s after its end. */
export const MAX_TRANSACTIONS = 20_000;
/** Datagrams per second that one trunk may send, and how many at once. */
export const MAX_DATAGRAMS_PER_SECOND = 2_000;
export const MAX_DATAGRAM_BURST = 4_000;
/** Retry-After of the 503 that new calls get while no server is connected. */
export const NO_SERVER_RETRY_SEC = 5;
/** Digits, letters and the few signs that numbers and user names are made of; anything else is nobody's number. */
export const CALLED_NUMBER = /^\+?[A-Za-z0-9*#._-]{1,64}$/;
export const DIALLED_NUMBER = /^\+?[0-9*#]{1,32}$/;
export const MAX_NAME_LENGTH = 128;

/** Lets `perSecond` through on average and `burst` at once. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: Millis;

  constructor(perSecond: number, burst: number, now: Millis) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  take(now: Millis): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
