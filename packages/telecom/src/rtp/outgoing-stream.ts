import { HEADER_BYTES, sequenceDistance, timestampDistance, writeRtpHeader, type RtpHeader } from "./packet.ts";

/** Timestamp units in one 20 ms frame of G.711. */
export const FRAME_SAMPLES = 160;
const SAMPLES_PER_MS = 8;
/** A relayed source whose timestamps leave the clock by more than this (2 s) has started anew. */
const MAX_TIMESTAMP_SURPRISE = 16_000;
/** A relayed source whose sequence numbers jump by more than this has started anew. */
const MAX_SEQUENCE_SURPRISE = 500;
/** Only this soon after a change of source can a packet from before the change still arrive. */
const LATE_WATCH_PACKETS = 100;

type Source = "none" | "local" | "relay";

export type OutgoingStreamStart = { readonly ssrc: number; readonly sequence: number; readonly timestamp: number };

/**
 * The one RTP stream that a leg hears, whatever feeds it. One SSRC for ever; sequence numbers without gaps of our own making;
 * timestamps that follow the clock; the marker bit on the first packet after a change of source (RFC 3551 §4.1), so that the
 * listener's jitter buffer starts afresh there instead of taking the change for loss.
 */
export class OutgoingStream {
  readonly ssrc: number;
  #source: Source = "none";
  #sequence: number;
  #timestamp: number;
  /** When the packet with the newest timestamp was sent. */
  #timestampAt = 0;
  #started = false;
  #packets = 0;
  #payloadBytes = 0;
  #relaySsrc = 0;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #relayFirst = 0;
  #relayLastSequence = 0;
  #relayLastTimestamp = 0;
  #relayLastAt = 0;
  #relayed = 0;
  #eventTimestamp = 0;
  #eventFirst = false;

  constructor(start: OutgoingStreamStart) {
    this.ssrc = start.ssrc >>> 0;
    this.#sequence = start.sequence & 0xffff;
    this.#timestamp = start.timestamp >>> 0;
  }

  /** What a sender report tells: packets and payload bytes so far, and the newest timestamp (RFC 3550 §6.4.1). */
  get packets(): number { return this.#packets; }
  get payloadBytes(): number { return this.#payloadBytes; }
  get timestamp(): number { return this.#timestamp; }
  get timestampAtMs(): number { return this.#timestampAt; }

  /** The next packet begins a new talk spurt, whoever it comes from. Called when what the leg hears changes. */
  interrupt(): void { this.#source = "none"; }

  /** A packet that would have been relayed was not: the next one that is must not look as if one had been lost. */
  withheld(): void {
    if (this.#source === "relay") this.#source = "none";
  }

  /**
   * Writes the header of a 20 ms frame made here (player, silence) at the start of `packet`.
   * `framesElapsed` is how many frames of the paced clock have gone by since the previous one: 1 unless some were skipped.
   */
  frame(packet: Uint8Array, payloadType: number, framesElapsed: number, nowMs: number): void {
    const fresh = this.#source !== "local";
    const timestamp = fresh ? this.#continuation(nowMs) : (this.#timestamp + FRAME_SAMPLES * framesElapsed) >>> 0;
    this.#source = "local";
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#advance(timestamp, nowMs);
    this.#count(packet.length - HEADER_BYTES);
    writeRtpHeader(packet, 0, payloadType, fresh, this.#sequence, timestamp, this.ssrc);
  }

  /** Fixes the timestamp that all packets of one telephone-event carry (RFC 4733 §2.5.1.2). */
  beginEvent(nowMs: number): void {
    this.#source = "none";
    this.#eventTimestamp = this.#continuation(nowMs);
    this.#eventFirst = true;
    this.#advance(this.#eventTimestamp, nowMs);
  }

  /** Writes the header of one packet of the event that {@link beginEvent} began. */
  eventPacket(packet: Uint8Array, payloadType: number): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#count(packet.length - HEADER_BYTES);
    writeRtpHeader(packet, 0, payloadType, this.#eventFirst, this.#sequence, this.#eventTimestamp, this.ssrc);
    this.#eventFirst = false;
  }

  /**
   * Rewrites a received packet in place so that it continues this stream. CSRCs, extensions and padding are left behind.
   *
   * @param isEvent the payload is a telephone-event, whose timestamp stands still.
   * @returns where in `packet` the rewritten packet begins (it ends at `header.payloadEnd`), or -1 when the packet is from
   * before the last change of source and must not be sent.
   */
  relay(packet: Uint8Array, header: RtpHeader, payloadType: number, isEvent: boolean, nowMs: number): number {
    const fresh = this.#source !== "relay" || header.ssrc !== this.#relaySsrc || (!isEvent && this.#surprising(header, nowMs));
    if (fresh) this.#rebase(header, nowMs);
    else if (this.#relayed < LATE_WATCH_PACKETS && sequenceDistance(header.sequence, this.#relayFirst) < 0) return -1;
    const sequence = (header.sequence + this.#sequenceOffset) & 0xffff;
    const timestamp = (header.timestamp + this.#timestampOffset) >>> 0;
    if (sequenceDistance(sequence, this.#sequence) > 0) this.#sequence = sequence;
    if (timestampDistance(timestamp, this.#timestamp) > 0) this.#advance(timestamp, nowMs);
    if (sequenceDistance(header.sequence, this.#relayLastSequence) > 0 || fresh) {
      this.#relayLastSequence = header.sequence;
      if (!isEvent || fresh) {
        this.#relayLastTimestamp = header.timestamp;
        this.#relayLastAt = nowMs;
      }
    }
    this.#relayed += 1;
    const start = header.payloadStart - HEADER_BYTES;
    this.#count(header.payloadEnd - header.payloadStart);
    writeRtpHeader(packet, start, payloadType, fresh || header.marker, sequence, timestamp, this.ssrc);
    return start;
  }

  #surprising(header: RtpHeader, nowMs: number): boolean {
    if (Math.abs(sequenceDistance(header.sequence, this.#relayLastSequence)) > MAX_SEQUENCE_SURPRISE) return true;
    const expected = (nowMs - this.#relayLastAt) * SAMPLES_PER_MS;
    return Math.abs(timestampDistance(header.timestamp, this.#relayLastTimestamp) - expected) > MAX_TIMESTAMP_SURPRISE;
  }

  #rebase(header: RtpHeader, nowMs: number): void {
    const next = this.#continuation(nowMs);
    this.#source = "relay";
    this.#relaySsrc = header.ssrc;
    this.#sequenceOffset = (this.#sequence + 1 - header.sequence) & 0xffff;
    this.#timestampOffset = (next - header.timestamp) >>> 0;
    this.#relayFirst = header.sequence;
    this.#relayed = 0;
  }

  /** The timestamp that the clock says for a packet sent now, at least one frame after the newest. */
  #continuation(nowMs: number): number {
    if (!this.#started) {
      this.#started = true;
      return this.#timestamp;
    }
    const elapsed = Math.round((nowMs - this.#timestampAt) * SAMPLES_PER_MS);
    return (this.#timestamp + Math.max(FRAME_SAMPLES, elapsed)) >>> 0;
  }

  #advance(timestamp: number, nowMs: number): void {
    this.#timestamp = timestamp;
    this.#timestampAt = nowMs;
    this.#started = true;
  }

  #count(payloadBytes: number): void {
    this.#packets += 1;
    this.#payloadBytes += payloadBytes;
  }
}
