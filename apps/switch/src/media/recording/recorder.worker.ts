import { parentPort, workerData } from "node:worker_threads";
import { ChunkMemory } from "./chunk-memory.ts";
import { createRecordingFiles, repairRecordings } from "./recording-files.ts";
import type { FilledChunk, FromWorker, ToWorker } from "./recorder.messages.ts";

// The thread that writes recordings. It knows nothing of calls.
const { mediaFolder } = workerData as { mediaFolder: string };
const memory = new ChunkMemory();
const files = createRecordingFiles(mediaFolder);
const tell = (message: FromWorker): void => parentPort?.postMessage(message);

function handle(message: ToWorker): void {
  switch (message.do) {
    case "repair": {
      tell({ type: "repaired", ...repairRecordings(mediaFolder) });
      return;
    }
    case "share": {
      memory.add(message.piece);
      return;
    }
    case "open": {
      const opened = files.open(message.id);
      tell(opened.ok ? { type: "opened", id: message.id } : { type: "failed", id: message.id, detail: opened.detail, durationMs: opened.durationMs });
      return;
    }
    case "append": {
      append(message.chunks);
      return;
    }
    case "complete": {
      complete(message.id);
      return;
    }
    case "exit": parentPort?.close();
  }
}

function append(chunks: readonly FilledChunk[]): void {
  for (const { id, slot, length } of chunks) {
    const { bytes } = memory.chunk(slot);
    const written = files.append(id, length === bytes.length ? bytes : bytes.subarray(0, length));
    if (!written.ok) tell({ type: "failed", id, detail: written.detail, durationMs: written.durationMs });
  }
  tell({ type: "written", chunks });
}

function complete(id: string): void {
  try {
    tell({ type: "completed", id, ...files.complete(id) });
  } catch (error) {
    tell({ type: "failed", id, detail: String(error), durationMs: 0 });
  }
}

parentPort?.on("message", handle);
