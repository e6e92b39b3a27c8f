import { u16 } from "../rtp/index.ts";
import { keyOfEvent } from "./keys.ts";

/** Bytes of a telephone-event payload (RFC 4733 §2.3). */
const EVENT_BYTES = 4;
const END_BIT = 0x80;
const UNITS_PER_MS = 8;
/** A key whose packets stop without an end is over after this. Senders repeat every 50 ms at most (§2.5.1.2). */
const LOST_END_MS = 250;
/** An event is cut into segments of 0xFFFF units, each with a timestamp that follows the last (§2.5.1.3). */
const SEGMENT_SLACK_UNITS = 800;

export type KeyPress = { readonly key: string; readonly durationMs: number };

/**
 * Turns telephone-event packets into one {@link KeyPress} per key, told when the key is released. An event is known by its
 * timestamp, so that any number of copies, in any order, with or without the end, counts once.
 */
export class EventReceiver {
  #code = -1;
  #timestamp = -1;
  #units = 0;
  /** Duration of the earlier segments of a very long press. */
  #unitsBefore = 0;
  #lastAt = 0;
  #open = false;

  /**
   * @param bytes payload is `bytes[start, end)`.
   * @returns the press that this packet completes, or null. Malformed payloads change nothing.
   */
  receive(bytes: Uint8Array, start: number, end: number, timestamp: number, nowMs: number): KeyPress | null {
    if (end - start < EVENT_BYTES) return null;
    const code = bytes[start]!;
    if (keyOfEvent(code) === null) return null;
    const ended = (bytes[start + 1]! & END_BIT) !== 0;
    const units = u16(bytes, start + 2);
    let completed: KeyPress | null = null;
    if (timestamp !== this.#timestamp) {
      if (this.#isOlder(timestamp)) return null;
      if (this.#open && this.#continues(code, timestamp)) {
        this.#unitsBefore += this.#units;
      } else {
        completed = this.#complete();
        this.#unitsBefore = 0;
      }
      this.#code = code;
      this.#timestamp = timestamp;
      this.#units = 0;
      this.#open = true;
    }
    if (!this.#open) return completed;
    this.#lastAt = nowMs;
    this.#units = Math.max(this.#units, units);
    // A press that displaced an open one and ends in its own first packet would have to tell two: the older goes first, and
    // the newer is told by its next copy or by `expire`.
    if (ended && completed === null) return this.#complete();
    return completed;
  }

  /** Completes a press whose end never came. To be called now and then. */
  expire(nowMs: number): KeyPress | null {
    return this.#open && nowMs - this.#lastAt >= LOST_END_MS ? this.#complete() : null;
  }

  #isOlder(timestamp: number): boolean {
    return this.#timestamp !== -1 && ((timestamp - this.#timestamp) | 0) < 0 && ((this.#timestamp - timestamp) | 0) < 0xffff;
  }

  #continues(code: number, timestamp: number): boolean {
    return code === this.#code && Math.abs((timestamp - this.#timestamp - this.#units) | 0) <= SEGMENT_SLACK_UNITS && this.#units > 0xf000;
  }

  #complete(): KeyPress | null {
    if (!this.#open) return null;
    this.#open = false;
    return { key: keyOfEvent(this.#code) ?? "", durationMs: Math.round((this.#unitsBefore + this.#units) / UNITS_PER_MS) };
  }
}
