import { Worker } from "node:worker_threads";
import type { MediaLog } from "../../media-plane.types.ts";
import { ChunkPool, type Chunk } from "./chunk-memory.ts";
import type { FilledChunk, FromWorker, ToWorker } from "./recorder.messages.ts";

/**
 * How long chunks are collected: what all recordings have to write goes over in one message. Less wakes the thread too often,
 * more lets it write for too long at once beside the loop.
 */
const COLLECT_MS = 40;

export interface WriterThread {
  /** Starts the thread when there is none. What was appended before goes before it. */
  readonly post: (message: Exclude<ToWorker, { do: "append" | "share" }>) => void;
  /** Room for audio, until it is appended. */
  readonly take: () => Chunk;
  /** Lets the thread write the first `length` bytes of a chunk to a recording; false when there is nothing to write. */
  readonly append: (id: string, chunk: Chunk, length: number) => boolean;
  /** Chunks of all recordings that were appended and are not written. */
  readonly waiting: () => number;
  /** Ends the thread once it has done what was posted. */
  readonly close: () => Promise<void>;
}

export type WriterThreadOptions = {
  readonly mediaFolder: string;
  readonly log: MediaLog;
  readonly onMessage: (message: FromWorker) => void;
  /** The thread died. The next message starts another, which knows nothing of the files that were open. */
  readonly onDeath: () => void;
};

/** The thread that writes recordings. */
export function createWriterThread(options: WriterThreadOptions): WriterThread {
  let worker: Worker | null = null;
  let collected: FilledChunk[] = [];
  const pool = new ChunkPool((piece) => worker?.postMessage({ do: "share", piece } satisfies ToWorker));

  const start = (): Worker => {
    const started = new Worker(new URL("./recorder.worker.ts", import.meta.url), { workerData: { mediaFolder: options.mediaFolder } });
    for (const piece of pool.pieces) started.postMessage({ do: "share", piece } satisfies ToWorker);
    started.on("message", (message: FromWorker) => {
      if (message.type === "written") for (const { slot } of message.chunks) pool.written(slot);
      options.onMessage(message);
    });
    started.on("error", (error) => options.log.warn({ error: error.message }, "the recorder's thread failed"));
    started.on("exit", () => {
      if (worker !== started) return;
      worker = null;
      collected = [];
      pool.takeBackAll();
      options.onDeath();
    });
    return started;
  };

  let collecting: NodeJS.Timeout | null = null;
  const handOver = (): void => {
    if (collecting !== null) clearTimeout(collecting);
    collecting = null;
    if (collected.length === 0) return;
    worker ??= start();
    worker.postMessage({ do: "append", chunks: collected } satisfies ToWorker);
    collected = [];
  };

  return {
    take: () => pool.take(),
    append: (id, chunk, length) => {
      if (length === 0) {
        pool.giveBack(chunk);
        return false;
      }
      pool.handOver(chunk);
      collected.push({ id, slot: chunk.slot, length });
      collecting ??= setTimeout(handOver, COLLECT_MS);
      return true;
    },
    waiting: () => pool.waiting,
    post: (message) => {
      handOver();
      worker ??= start();
      worker.postMessage(message);
    },
    close: async () => {
      handOver();
      const last = worker;
      worker = null;
      if (last === null) return;
      await new Promise<void>((resolve) => {
        last.once("exit", () => resolve());
        last.postMessage({ do: "exit" } satisfies ToWorker);
      });
    },
  };
}
