import { FRAME_SAMPLES } from "@ringdesk/telecom/rtp";
import { FRAME_MS } from "../../sockets/pace-clock.ts";
import { CHANNEL_DELAY_FRAMES, RecordingChannel } from "./recording-channel.ts";

/** Audio goes to the writer after this many frames: a crash loses at most these 200 ms, the delay of the channels, and what the writer's thread was about to be handed. */
const CHUNK_FRAMES = 10;
const FRAME_BYTES = 2 * FRAME_SAMPLES;
/** Silence for frames that the clock skipped is written up to one minute. */
const MAX_SKIPPED_FRAMES = 3_000;

/** The two channels of a running recording, interleaved frame by frame into chunks. Pure: the paced clock ticks it. */
export class RecordingTrack {
  /** Connected to legs as taps: the caller left, the agent right. */
  readonly left = new RecordingChannel();
  readonly right = new RecordingChannel();
  readonly #onChunk: (interleaved: Uint8Array) => void;
  #chunk = new Uint8Array(CHUNK_FRAMES * FRAME_BYTES);
  #frames = 0;
  #paused = false;
  /** Frames that are still from before the beginning: they are read and not written. */
  #early = CHANNEL_DELAY_FRAMES;
  #lastAt = 0;

  /** `onChunk` owns the bytes that it is given. */
  constructor(onChunk: (interleaved: Uint8Array) => void) {
    this.#onChunk = onChunk;
  }

  get paused(): boolean { return this.#paused; }

  tick(nowMs: number, framesElapsed: number): void {
    this.#lastAt = nowMs;
    if (this.#paused) return;
    for (let behind = Math.min(framesElapsed, MAX_SKIPPED_FRAMES) - 1; behind >= 0; behind -= 1) this.#writeFrame(nowMs - behind * FRAME_MS);
  }

  pause(): void {
    this.drain();
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.left.reset();
    this.right.reset();
    this.#early = CHANNEL_DELAY_FRAMES;
    this.#paused = false;
  }

  /** Hands over everything that was heard, what the channels still hold back included. */
  drain(): void {
    if (!this.#paused) for (let frame = 1; frame <= CHANNEL_DELAY_FRAMES; frame += 1) this.#writeFrame(this.#lastAt + frame * FRAME_MS);
    this.#flush();
  }

  #writeFrame(nowMs: number): void {
    const at = this.#frames * FRAME_BYTES;
    this.left.read(this.#chunk, at, nowMs);
    this.right.read(this.#chunk, at + 1, nowMs);
    if (this.#early > 0) {
      this.#early -= 1;
      return;
    }
    this.#frames += 1;
    if (this.#frames === CHUNK_FRAMES) this.#flush();
  }

  #flush(): void {
    if (this.#frames === 0) return;
    const bytes = this.#frames === CHUNK_FRAMES ? this.#chunk : this.#chunk.slice(0, this.#frames * FRAME_BYTES);
    this.#chunk = new Uint8Array(CHUNK_FRAMES * FRAME_BYTES);
    this.#frames = 0;
    this.#onChunk(bytes);
  }
}
