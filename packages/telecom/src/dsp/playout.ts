import { timestampDistance, type RtpHeader } from "../rtp/index.ts";
import { BLOCK_SAMPLES, Concealer } from "./concealment.ts";
import { DelayEstimate } from "./delay-estimate.ts";

/** One frame that {@link Playout.take} yields: 20 ms. */
export const PLAYOUT_FRAME_SAMPLES = 160;
const SAMPLES_PER_MS = 8;
const BLOCK_MS = BLOCK_SAMPLES / SAMPLES_PER_MS;
const FRAME_MS = PLAYOUT_FRAME_SAMPLES / SAMPLES_PER_MS;
/** One second; a power of two. */
const RING_SAMPLES = 8_192;
const RING_MASK = RING_SAMPLES - 1;
/** A packet that belongs further ahead than this has another clock. */
const MOST_AHEAD_SAMPLES = 4_800;
/** Late packets after so long without one in time, or so many in a row, mean that the sender's clock lags behind ours. */
const STARVED_SAMPLES = 800;
const LATE_PACKETS = 5;
/** The delay is made longer at most once in this time, shorter once in that: each costs 10 ms of audio. */
const LENGTHEN_EVERY_MS = 40;
const SHORTEN_EVERY_MS = 1_000;
/** Quieter than this, nobody hears that a block is left out. */
const QUIET_PEAK = 250;

export type PlayoutDelay = {
  /** How long a packet that comes on average time is held back, at least and at most; equal for a delay that does not adapt. */
  readonly leastMs: number;
  readonly mostMs: number;
  /** How far the delay may be below and above what the jitter asks for before it is changed. */
  readonly slackBelowMs: number;
  readonly slackAboveMs: number;
};

/** For whoever listens while it is said: as short as the jitter allows. */
export const LIVE_DELAY: PlayoutDelay = { leastMs: 20, mostMs: 120, slackBelowMs: 5, slackAboveMs: 25 };
/** For what is kept: nobody waits for it, so that it is long and stays where it is. */
export const KEPT_DELAY: PlayoutDelay = { leastMs: 200, mostMs: 200, slackBelowMs: 60, slackAboveMs: 100 };

/**
 * Turns the packets of one G.711 stream, as they come, into a frame every 20 ms: put in order by their timestamps, held back as
 * long as the jitter asks for, concealed where they are missing. Any clock may drift; another SSRC or a jump begins anew.
 * Allocates nothing after it is made.
 */
export class Playout {
  readonly #delay: PlayoutDelay;
  readonly #samples = new Int16Array(RING_SAMPLES);
  readonly #present = new Uint8Array(RING_SAMPLES);
  readonly #concealer = new Concealer();
  readonly #leftOut = new Int16Array(BLOCK_SAMPLES);
  readonly #estimate = new DelayEstimate();
  #anchored = false;
  /** The sample that is taken next, counted from the start of this object. */
  #readAt = 0;
  /** One after the newest sample that is held. */
  #newestEnd = 0;
  #ssrc = 0;
  #lastTimestamp = 0;
  #lastPlace = 0;
  #lateInRow = 0;
  #takenAt = 0;
  #steady = false;
  #changedAt = 0;
  #taken = 0;
  #concealed = 0;
  #late = 0;

  constructor(delay: PlayoutDelay) {
    this.#delay = delay;
  }

  /** Blocks of 10 ms taken since the first packet, and how many of them had to be made up. */
  get takenBlocks(): number { return this.#taken; }
  get concealedBlocks(): number { return this.#concealed; }
  /** Packets that came after their time. */
  get latePackets(): number { return this.#late; }

  /** Takes one packet. The payload is decoded through `toLinear` ({@link ulawToLinear} or {@link alawToLinear}). */
  put(packet: Uint8Array, header: RtpHeader, toLinear: Int16Array, nowMs: number): void {
    const place = this.#placeOf(header, nowMs);
    const length = header.payloadEnd - header.payloadStart;
    if (place + length > this.#readAt + RING_SAMPLES) return;
    this.#estimate.arrived(nowMs - place / SAMPLES_PER_MS, nowMs);
    const samples = this.#samples;
    const start = header.payloadStart;
    const first = Math.max(0, this.#readAt - place);
    for (let n = first; n < length; n += 1) samples[(place + n) & RING_MASK] = toLinear[packet[start + n]!]!;
    if (first < length) this.#mark(place + first, place + length, 1);
    this.#newestEnd = Math.max(this.#newestEnd, place + length);
  }

  /** Writes the next 20 ms to `frame`. False, and silence, when there is nothing to hear: no packet yet, or none for long. */
  take(frame: Int16Array, nowMs: number): boolean {
    const sinceTakenMs = nowMs - this.#takenAt;
    this.#takenAt = nowMs;
    // Frames that are made up for at once after a stall tell nothing of the delay.
    this.#steady = sinceTakenMs > FRAME_MS / 2 && sinceTakenMs < FRAME_MS * 1.5;
    if (!this.#anchored) {
      frame.fill(0);
      this.#readAt += PLAYOUT_FRAME_SAMPLES;
      return false;
    }
    for (let at = 0; at < PLAYOUT_FRAME_SAMPLES; at += BLOCK_SAMPLES) this.#takeBlock(frame, at, nowMs);
    return !this.#concealer.faded;
  }

  /** Forgets what it holds: somebody else speaks, or time has passed unheard. */
  reset(): void {
    this.#present.fill(0);
    this.#anchored = false;
    this.#takenAt = 0;
    this.#concealer.reset();
  }

  #takeBlock(frame: Int16Array, at: number, nowMs: number): void {
    const target = this.#targetMs();
    // How long the fastest packets wait here.
    const waitMs = nowMs + at / SAMPLES_PER_MS - this.#readAt / SAMPLES_PER_MS - this.#estimate.fastestMs;
    this.#taken += 1;
    if (this.#steady && waitMs < target - this.#delay.slackBelowMs && nowMs - this.#changedAt >= LENGTHEN_EVERY_MS) {
      this.#changedAt = nowMs;
      this.#concealed += 1;
      this.#concealer.conceal(frame, at);
      return;
    }
    const excessMs = waitMs - target - this.#delay.slackAboveMs;
    if (this.#steady && excessMs > 0 && nowMs - this.#changedAt >= SHORTEN_EVERY_MS && this.#leaveOut(excessMs)) this.#changedAt = nowMs;
    if (this.#holds(this.#readAt)) {
      this.#copy(frame, at);
      this.#concealer.hear(frame, at);
    } else {
      this.#concealed += 1;
      this.#concealer.conceal(frame, at);
    }
    this.#forgetBlock();
  }

  /** How long the fastest packets are to wait, so that all but one in a hundred are in time: bounded for the average packet. */
  #targetMs(): number {
    const { leastMs, mostMs } = this.#delay;
    return leastMs === mostMs ? mostMs : Math.max(leastMs, Math.min(mostMs + this.#estimate.meanMs, this.#estimate.spreadMs));
  }

  /** Leaves out the next block where that is not heard: it is missing or quiet; or the delay has grown by far too much. */
  #leaveOut(excessMs: number): boolean {
    if (this.#holds(this.#readAt) && !this.#isQuiet()) {
      if (excessMs < 2 * BLOCK_MS) return false;
      // What follows is blended as after a loss.
      this.#concealer.conceal(this.#leftOut, 0);
    }
    this.#forgetBlock();
    return true;
  }

  #isQuiet(): boolean {
    for (let n = 0; n < BLOCK_SAMPLES; n += 1) if (Math.abs(this.#samples[(this.#readAt + n) & RING_MASK]!) > QUIET_PEAK) return false;
    return true;
  }

  /** Packets are whole, so that the ends of a block tell of its middle. */
  #holds(place: number): boolean {
    return this.#present[place & RING_MASK] === 1 && this.#present[(place + BLOCK_SAMPLES - 1) & RING_MASK] === 1;
  }

  #copy(frame: Int16Array, at: number): void {
    const samples = this.#samples;
    const from = this.#readAt;
    for (let n = 0; n < BLOCK_SAMPLES; n += 1) frame[at + n] = samples[(from + n) & RING_MASK]!;
  }

  #forgetBlock(): void {
    this.#mark(this.#readAt, this.#readAt + BLOCK_SAMPLES, 0);
    this.#readAt += BLOCK_SAMPLES;
  }

  /** Notes of the places from `from` to before `to`, no more than the ring has, whether they hold something. */
  #mark(from: number, to: number, held: 0 | 1): void {
    const first = from & RING_MASK;
    const last = to & RING_MASK;
    if (first < last) {
      this.#present.fill(held, first, last);
      return;
    }
    this.#present.fill(held, first);
    this.#present.fill(held, 0, last);
  }

  #placeOf(header: RtpHeader, nowMs: number): number {
    if (!this.#anchored || header.ssrc !== this.#ssrc) return this.#anchor(header, nowMs);
    const place = this.#lastPlace + timestampDistance(header.timestamp, this.#lastTimestamp);
    if (place > this.#readAt + MOST_AHEAD_SAMPLES) return this.#anchor(header, nowMs);
    const isLate = place + (header.payloadEnd - header.payloadStart) <= this.#readAt;
    this.#lateInRow = isLate ? this.#lateInRow + 1 : 0;
    if (isLate) {
      if (this.#lateInRow >= LATE_PACKETS || this.#readAt - this.#newestEnd > STARVED_SAMPLES) return this.#anchor(header, nowMs);
      this.#late += 1;
      return place;
    }
    this.#lastPlace = place;
    this.#lastTimestamp = header.timestamp;
    return place;
  }

  /** Gives the stream its place: this packet is heard after the least delay that we know to be enough. */
  #anchor(header: RtpHeader, nowMs: number): number {
    const delayMs = this.#targetMs();
    const sinceTakenMs = this.#takenAt === 0 ? 0 : Math.min(FRAME_MS, nowMs - this.#takenAt);
    const aheadBlocks = Math.round((delayMs - FRAME_MS + sinceTakenMs) / BLOCK_MS);
    this.#lastPlace = this.#readAt + Math.max(0, aheadBlocks) * BLOCK_SAMPLES;
    for (let at = this.#lastPlace; at < this.#readAt + RING_SAMPLES; at += 1) this.#present[at & RING_MASK] = 0;
    this.#anchored = true;
    this.#ssrc = header.ssrc;
    this.#lastTimestamp = header.timestamp;
    this.#newestEnd = this.#lastPlace;
    this.#lateInRow = 0;
    this.#changedAt = nowMs;
    this.#estimate.begin(nowMs - this.#lastPlace / SAMPLES_PER_MS, nowMs);
    return this.#lastPlace;
  }
}
