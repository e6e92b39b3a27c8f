import { u16 } from "../rtp/index.ts";
import { keyOfEvent } from "./keys.ts";

/** Bytes of a telephone-event payload (RFC 4733 §2.3). */
const EVENT_BYTES = 4;
const END_BIT = 0x80;
/** An event is cut into segments of 0xFFFF units, each with a timestamp that follows the last (§2.5.1.3). */
const SEGMENT_SLACK_UNITS = 800;
const NEARLY_A_SEGMENT_UNITS = 0xf000;

/**
 * Turns telephone-event packets into keys, each told once and when it begins: who presses a key waits for what it does
 * (§2.5.2: a receiver need not wait for the end). An event is known by its timestamp, so that any number of copies, in
 * any order, with or without the end, counts once.
 */
export class EventReceiver {
  #code = -1;
  #timestamp = -1;
  #units = 0;
  #ended = false;

  /**
   * @param bytes payload is `bytes[start, end)`.
   * @returns the key that this packet begins, or null. Malformed payloads change nothing.
   */
  receive(bytes: Uint8Array, start: number, end: number, timestamp: number): string | null {
    if (end - start < EVENT_BYTES) return null;
    const code = bytes[start]!;
    const key = keyOfEvent(code);
    if (key === null || this.#isOlder(timestamp)) return null;
    const begins = timestamp !== this.#timestamp && !this.#continues(code, timestamp);
    if (timestamp !== this.#timestamp) this.#units = 0;
    this.#code = code;
    this.#timestamp = timestamp;
    this.#units = Math.max(this.#units, u16(bytes, start + 2));
    this.#ended = (bytes[start + 1]! & END_BIT) !== 0;
    return begins ? key : null;
  }

  #isOlder(timestamp: number): boolean {
    return this.#timestamp !== -1 && ((timestamp - this.#timestamp) | 0) < 0 && ((this.#timestamp - timestamp) | 0) < 0xffff;
  }

  /** The next segment of a key that is still held. */
  #continues(code: number, timestamp: number): boolean {
    return code === this.#code && !this.#ended && this.#units > NEARLY_A_SEGMENT_UNITS && Math.abs((timestamp - this.#timestamp - this.#units) | 0) <= SEGMENT_SLACK_UNITS;
  }
}
