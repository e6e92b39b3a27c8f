import { FRAME_MS } from "../../sockets/pace-clock.ts";
import { CHUNK_FRAMES, STEREO_FRAME_BYTES, type Chunk } from "./chunk-memory.ts";
import { CHANNEL_DELAY_FRAMES, RecordingChannel } from "./recording-channel.ts";

/** Silence for frames that the clock skipped is written up to one minute. */
const MAX_SKIPPED_FRAMES = 3_000;

export type ChunkUser = {
  /** Room for the next {@link CHUNK_FRAMES}. */
  readonly take: () => Chunk;
  /** Gets the chunk back with this many bytes of audio; none when nothing was recorded. */
  readonly onChunk: (chunk: Chunk, length: number) => void;
};

/** The two channels of a running recording, interleaved frame by frame into chunks. Pure: the paced clock ticks it. */
export class RecordingTrack {
  /** Connected to legs as taps: the caller left, the agent right. */
  readonly left = new RecordingChannel();
  readonly right = new RecordingChannel();
  readonly #chunks: ChunkUser;
  #chunk: Chunk | null = null;
  #frames = 0;
  #paused = false;
  /** Frames that are still from before the beginning: they are read and not written. */
  #early = CHANNEL_DELAY_FRAMES;
  #lastAt = 0;

  constructor(chunks: ChunkUser) {
    this.#chunks = chunks;
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

  /** Drops what was not handed over yet. */
  discard(): void {
    this.#frames = 0;
    this.#flush();
  }

  #writeFrame(nowMs: number): void {
    this.#chunk ??= this.#chunks.take();
    const at = this.#frames * STEREO_FRAME_BYTES;
    this.left.read(this.#chunk.bytes, at, nowMs);
    this.right.read(this.#chunk.bytes, at + 1, nowMs);
    if (this.#early > 0) {
      this.#early -= 1;
      return;
    }
    this.#frames += 1;
    if (this.#frames === CHUNK_FRAMES) this.#flush();
  }

  #flush(): void {
    const chunk = this.#chunk;
    if (chunk === null) return;
    const length = this.#frames * STEREO_FRAME_BYTES;
    this.#chunk = null;
    this.#frames = 0;
    this.#chunks.onChunk(chunk, length);
  }
}
