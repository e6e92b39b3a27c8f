import { alawToUlaw, ULAW_SILENCE } from "@ringdesk/telecom/g711";
import { timestampDistance, type RtpHeader } from "@ringdesk/telecom/rtp";
import type { Law } from "../../media-plane.types.ts";
import type { Tap } from "../../leg/incoming-audio.ts";

/** About one second; a power of two. */
const RING_SAMPLES = 8_192;
const RING_MASK = RING_SAMPLES - 1;
/** Packets are placed this far ahead of what is written to disk, so that jitter up to 60 ms is put right. */
export const PLACE_AHEAD_SAMPLES = 480;
/** A packet that would be placed further ahead than this (260 ms) has another clock: the channel is anchored anew. */
const MOST_AHEAD_SAMPLES = 2_080;
/** This many late packets in a row mean that the sender's clock lags behind ours. */
const LATE_PACKETS = 5;

/**
 * One channel of a recording: a second of audio, placed by RTP timestamp and anchored to our clock, so that loss leaves
 * silence, reordering is put right, and the two channels never drift apart.
 */
export class ChannelTimeline implements Tap {
  readonly #ring = new Uint8Array(RING_SAMPLES).fill(ULAW_SILENCE);
  /** Sample of the recording that is read next. */
  #readAt = 0;
  #anchored = false;
  #ssrc = 0;
  #lastTimestamp = 0;
  #lastPlace = 0;
  #late = 0;

  hear(packet: Uint8Array, header: RtpHeader, law: Law): void {
    const place = this.#placeOf(header);
    const length = header.payloadEnd - header.payloadStart;
    for (let n = 0; n < length; n += 1) {
      const at = place + n;
      if (at < this.#readAt || at >= this.#readAt + RING_SAMPLES) continue;
      const byte = packet[header.payloadStart + n]!;
      this.#ring[at & RING_MASK] = law === "pcmu" ? byte : alawToUlaw[byte]!;
    }
  }

  /** Moves `count` samples to every second byte of `target` from `at` on, and leaves silence behind. */
  read(target: Uint8Array, at: number, count: number): void {
    for (let n = 0; n < count; n += 1) {
      const slot = (this.#readAt + n) & RING_MASK;
      target[at + 2 * n] = this.#ring[slot]!;
      this.#ring[slot] = ULAW_SILENCE;
    }
    this.#readAt += count;
  }

  /** Forgets what was heard and where it belonged: another leg, or after a pause. */
  reset(): void {
    this.#ring.fill(ULAW_SILENCE);
    this.#anchored = false;
  }

  #placeOf(header: RtpHeader): number {
    if (!this.#anchored || header.ssrc !== this.#ssrc) return this.#anchor(header);
    const place = this.#lastPlace + timestampDistance(header.timestamp, this.#lastTimestamp);
    if (place > this.#readAt + MOST_AHEAD_SAMPLES) return this.#anchor(header);
    this.#late = place < this.#readAt ? this.#late + 1 : 0;
    if (this.#late >= LATE_PACKETS) return this.#anchor(header);
    this.#lastPlace = place;
    this.#lastTimestamp = header.timestamp;
    return place;
  }

  #anchor(header: RtpHeader): number {
    this.#anchored = true;
    this.#ssrc = header.ssrc;
    this.#lastTimestamp = header.timestamp;
    this.#lastPlace = this.#readAt + PLACE_AHEAD_SAMPLES;
    this.#late = 0;
    return this.#lastPlace;
  }
}
