import { FRAME_SAMPLES } from "@ringdesk/telecom/rtp";
import { ChannelTimeline, PLACE_AHEAD_SAMPLES } from "./channel-timeline.ts";

/** Audio goes to the writer after this many frames: a crash loses at most 200 ms. */
const CHUNK_FRAMES = 10;
const FRAME_BYTES = 2 * FRAME_SAMPLES;
/** Silence for frames that the clock skipped is written up to one minute. */
const MAX_SKIPPED_FRAMES = 3_000;

/** The two channels of a running recording, interleaved frame by frame into chunks. Pure: the paced clock ticks it. */
export class RecordingTrack {
  /** Connected to legs as taps: the caller left, the agent right. */
  readonly left = new ChannelTimeline();
  readonly right = new ChannelTimeline();
  readonly #onChunk: (interleaved: Uint8Array) => void;
  #chunk = new Uint8Array(CHUNK_FRAMES * FRAME_BYTES);
  #frames = 0;
  #paused = false;

  /** `onChunk` owns the bytes that it is given. */
  constructor(onChunk: (interleaved: Uint8Array) => void) {
    this.#onChunk = onChunk;
  }

  get paused(): boolean { return this.#paused; }

  tick(framesElapsed: number): void {
    if (this.#paused) return;
    for (let frames = Math.min(framesElapsed, MAX_SKIPPED_FRAMES); frames > 0; frames -= 1) this.#writeFrame();
  }

  pause(): void {
    this.drain();
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.left.reset();
    this.right.reset();
    this.#paused = false;
  }

  /** Hands over everything that was heard, what is placed ahead of the present included. */
  drain(): void {
    if (!this.#paused) for (let placed = 0; placed < PLACE_AHEAD_SAMPLES; placed += FRAME_SAMPLES) this.#writeFrame();
    this.#flush();
  }

  #writeFrame(): void {
    const at = this.#frames * FRAME_BYTES;
    this.left.read(this.#chunk, at, FRAME_SAMPLES);
    this.right.read(this.#chunk, at + 1, FRAME_SAMPLES);
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
