import { LIVE_DELAY, Playout, PLAYOUT_FRAME_SAMPLES } from "@ringdesk/telecom/dsp";
import { ToneDetector } from "@ringdesk/telecom/dtmf";
import { alawToLinear, ulawToLinear } from "@ringdesk/telecom/g711";
import type { RtpHeader } from "@ringdesk/telecom/rtp";
import type { Law } from "../media-plane.types.ts";
import { FRAME_MS } from "../sockets/pace-clock.ts";

/** Half a second: older tones than that have no listener any more. */
const MAX_SKIPPED_FRAMES = 25;

/**
 * Listens for keys in the audio of a leg without telephone-event. Behind a jitter buffer with concealment, so that a lost
 * packet within a tone does not make two presses of one.
 */
export class KeyEar {
  readonly #playout = new Playout(LIVE_DELAY);
  readonly #detector = new ToneDetector();
  readonly #frame = new Int16Array(PLAYOUT_FRAME_SAMPLES);

  hear(packet: Uint8Array, header: RtpHeader, law: Law, nowMs: number): void {
    this.#playout.put(packet, header, law === "pcmu" ? ulawToLinear : alawToLinear, nowMs);
  }

  /** One frame of the paced clock. The key that has begun, or null. */
  listen(nowMs: number, framesElapsed: number): string | null {
    let key: string | null = null;
    for (let behind = Math.min(framesElapsed, MAX_SKIPPED_FRAMES) - 1; behind >= 0; behind -= 1) {
      if (this.#playout.take(this.#frame, nowMs - behind * FRAME_MS)) key = this.#detector.hearSamples(this.#frame) ?? key;
    }
    return key;
  }
}
