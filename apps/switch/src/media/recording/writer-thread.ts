import { Worker } from "node:worker_threads";
import type { MediaLog } from "../../media-plane.types.ts";
import type { Chunk, FromWorker, ToWorker } from "./recorder.messages.ts";

/**
 * How long chunks are collected: what all recordings have to write goes over in one message. Less wakes the thread too often,
 * more lets it write for too long at once beside the loop.
 */
const COLLECT_MS = 40;

export interface WriterThread {
  /** Starts the thread when there is none. What was appended before goes before it. */
  readonly post: (message: Exclude<ToWorker, { do: "append" }>) => void;
  /** The bytes are the thread's from now on. */
  readonly append: (chunk: Chunk) => void;
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

  const start = (): Worker => {
    const started = new Worker(new URL("./recorder.worker.ts", import.meta.url), { workerData: { mediaFolder: options.mediaFolder } });
    started.on("message", options.onMessage);
    started.on("error", (error) => options.log.warn({ error: error.message }, "the recorder's thread failed"));
    started.on("exit", () => {
      if (worker !== started) return;
      worker = null;
      options.onDeath();
    });
    return started;
  };

  let collected: Chunk[] = [];
  let collecting: NodeJS.Timeout | null = null;
  const handOver = (): void => {
    if (collecting !== null) clearTimeout(collecting);
    collecting = null;
    if (collected.length === 0) return;
    worker ??= start();
    worker.postMessage({ do: "append", chunks: collected } satisfies ToWorker, collected.map(({ bytes }) => bytes.buffer as ArrayBuffer));
    collected = [];
  };

  return {
    append: (chunk) => {
      collected.push(chunk);
      collecting ??= setTimeout(handOver, COLLECT_MS);
    },
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
