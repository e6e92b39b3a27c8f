import { FRAME_SAMPLES } from "@ringdesk/telecom/rtp";

/** Audio goes to the writer after this many frames: a crash loses at most these 200 ms, the delay of the channels, and what the writer's thread was about to be handed. */
export const CHUNK_FRAMES = 10;
/** One frame of both channels as interleaved µ-law. */
export const STEREO_FRAME_BYTES = 2 * FRAME_SAMPLES;
const CHUNK_BYTES = CHUNK_FRAMES * STEREO_FRAME_BYTES;
/** Memory is had in pieces of 0.8 MB, enough for some fifty recordings. */
const PIECE_CHUNKS = 256;

/** Room for 200 ms of one recording. */
export type Chunk = { readonly slot: number; readonly bytes: Uint8Array };

/** Memory that two threads see, cut into chunks which both know by number. */
export class ChunkMemory {
  readonly #chunks: Chunk[] = [];

  /** Makes another piece. The other thread calls {@link add} with it, in the same order. */
  static piece(): SharedArrayBuffer {
    return new SharedArrayBuffer(PIECE_CHUNKS * CHUNK_BYTES);
  }

  /** The {@link PIECE_CHUNKS} chunks that the piece brings, numbered from where those of the piece before it end. */
  add(piece: SharedArrayBuffer): readonly Chunk[] {
    const first = this.#chunks.length;
    for (let n = 0; n < PIECE_CHUNKS; n += 1) this.#chunks.push({ slot: first + n, bytes: new Uint8Array(piece, n * CHUNK_BYTES, CHUNK_BYTES) });
    return this.#chunks.slice(first);
  }

  chunk(slot: number): Chunk {
    return this.#chunks[slot]!;
  }
}

/**
 * The chunks of a {@link ChunkMemory} that nobody fills or writes. They go round: what was written is filled again, so that
 * recording makes no garbage. Memory grows to what was needed at once, and stays.
 */
export class ChunkPool {
  readonly #memory = new ChunkMemory();
  readonly #pieces: SharedArrayBuffer[] = [];
  readonly #free: Chunk[] = [];
  readonly #handedOver = new Set<number>();
  readonly #onPiece: (piece: SharedArrayBuffer) => void;

  /** `onPiece` is told of memory before a chunk of it is taken. */
  constructor(onPiece: (piece: SharedArrayBuffer) => void) {
    this.#onPiece = onPiece;
  }

  /** All memory so far, for a thread that starts later. */
  get pieces(): readonly SharedArrayBuffer[] { return this.#pieces; }

  /** Chunks that the other thread has not written yet. */
  get waiting(): number { return this.#handedOver.size; }

  take(): Chunk {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const piece = ChunkMemory.piece();
    this.#pieces.push(piece);
    this.#free.push(...this.#memory.add(piece));
    this.#onPiece(piece);
    return this.#free.pop()!;
  }

  /** The other thread reads it from now on, until {@link written}. */
  handOver(chunk: Chunk): void {
    this.#handedOver.add(chunk.slot);
  }

  written(slot: number): void {
    if (this.#handedOver.delete(slot)) this.#free.push(this.#memory.chunk(slot));
  }

  /** Nobody has filled it. */
  giveBack(chunk: Chunk): void {
    this.#free.push(chunk);
  }

  /** The other thread is no more: what it had not written never will be. */
  takeBackAll(): void {
    for (const slot of this.#handedOver) this.written(slot);
  }
}
