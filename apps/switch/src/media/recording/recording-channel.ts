import { KEPT_DELAY, Playout, PLAYOUT_FRAME_SAMPLES } from "@ringdesk/telecom/dsp";
import { alawToLinear, linearToUlaw, ulawToLinear } from "@ringdesk/telecom/g711";
import type { RtpHeader } from "@ringdesk/telecom/rtp";
import type { Law } from "../../media-plane.types.ts";
import type { Tap } from "../../leg/incoming-audio.ts";
import { FRAME_MS } from "../../sockets/pace-clock.ts";

/** What is said in one frame is read so many frames later: within the frame itself it cannot be read. */
export const CHANNEL_DELAY_FRAMES = KEPT_DELAY.mostMs / FRAME_MS - 1;

/**
 * One channel of a recording: put in order by RTP timestamps behind a deep jitter buffer, anchored to our clock so that the two
 * channels never drift apart, concealed where packets are missing.
 */
export class RecordingChannel implements Tap {
  readonly #playout = new Playout(KEPT_DELAY);
  readonly #frame = new Int16Array(PLAYOUT_FRAME_SAMPLES);

  hear(packet: Uint8Array, header: RtpHeader, law: Law, nowMs: number): void {
    this.#playout.put(packet, header, law === "pcmu" ? ulawToLinear : alawToLinear, nowMs);
  }

  /** Moves the next frame, as µ-law, to every second byte of `target` from `at` on. */
  read(target: Uint8Array, at: number, nowMs: number): void {
    const frame = this.#frame;
    this.#playout.take(frame, nowMs);
    for (let n = 0; n < PLAYOUT_FRAME_SAMPLES; n += 1) target[at + 2 * n] = linearToUlaw[frame[n]! + 32_768]!;
  }

  /** Forgets what was heard and where it belonged: another leg, or after a pause. */
  reset(): void {
    this.#playout.reset();
  }
}
