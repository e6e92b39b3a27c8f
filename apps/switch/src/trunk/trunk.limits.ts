// What trunks may ask of the switch. Beyond a limit, calls in progress come first.
import type { Millis } from "@ringdesk/std";

/** Trunk legs at one time, in both directions. */
export const MAX_TRUNK_LEGS = 2_000;
/** SIP transactions at one time; each holds some ten kilobytes for at most 32 s after its end. */
export const MAX_TRANSACTIONS = 10_000;
/** New calls per second that one trunk may make, and how many at once; more get 503 with Retry-After. */
export const MAX_NEW_CALLS_PER_SECOND = 100;
export const MAX_NEW_CALL_BURST = 200;
/** Registrations per second of one trunk's phones, and how many at once; more get 503 with Retry-After. */
export const MAX_REGISTERS_PER_SECOND = 50;
export const MAX_REGISTER_BURST = 500;
/** Datagrams per second that one trunk may send, and how many at once. */
export const MAX_DATAGRAMS_PER_SECOND = 2_000;
export const MAX_DATAGRAM_BURST = 4_000;
/** The same of all trunks together: what one loop can read beside the audio of the calls that are up. */
export const MAX_ALL_DATAGRAMS_PER_SECOND = 6_000;
export const MAX_ALL_DATAGRAM_BURST = 12_000;
/** One call goes to at most this many targets. */
export const MAX_TARGETS_PER_CALL = 4;
/** TCP and TLS connections of one address, and of all; more are refused. */
export const MAX_CONNECTIONS_PER_SOURCE = 32;
export const MAX_CONNECTIONS = 1_000;
/** Time for TCP and TLS to be up: as long as a target may be silent. */
export const SECURE_CONNECT_LIMIT_MS = 4_000;
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

/** A bucket for each neighbour; there are as many as trunks. */
export function createTokenBuckets(perSecond: number, burst: number, now: () => Millis): (peer: string) => boolean {
  const buckets = new Map<string, TokenBucket>();
  return (peer) => {
    let bucket = buckets.get(peer);
    if (bucket === undefined) {
      bucket = new TokenBucket(perSecond, burst, now());
      buckets.set(peer, bucket);
    }
    return bucket.take(now());
  };
}
