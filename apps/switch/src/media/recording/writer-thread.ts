import { Worker } from "node:worker_threads";
import type { MediaLog } from "../../media-plane.types.ts";
import type { FromWorker, ToWorker } from "./recorder.messages.ts";

export interface WriterThread {
  /** Starts the thread when there is none. */
  readonly post: (message: ToWorker) => void;
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

  return {
    post: (message) => {
      worker ??= start();
      // The bytes are handed over, not copied: nobody here uses them any more.
      worker.postMessage(message, message.do === "append" ? [message.bytes.buffer as ArrayBuffer] : []);
    },
    close: async () => {
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
