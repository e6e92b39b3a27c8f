import type { RepairedRecording } from "./recording-files.ts";

/** The first `length` bytes of a chunk of the shared memory: interleaved µ-law of one recording. */
export type FilledChunk = { readonly id: string; readonly slot: number; readonly length: number };

// What the switch's loop and the recorder's thread say to each other. Messages of one recording keep their order.
export type ToWorker =
  | { readonly do: "repair" }
  /** Memory for chunks; each piece once, in order. */
  | { readonly do: "share"; readonly piece: SharedArrayBuffer }
  | { readonly do: "open"; readonly id: string }
  | { readonly do: "append"; readonly chunks: readonly FilledChunk[] }
  | { readonly do: "complete"; readonly id: string }
  | { readonly do: "exit" };

export type FromWorker =
  | { readonly type: "repaired"; readonly repaired: readonly RepairedRecording[]; readonly failed: readonly string[] }
  | { readonly type: "opened"; readonly id: string }
  /** The thread is done with these chunks. */
  | { readonly type: "written"; readonly chunks: readonly FilledChunk[] }
  | { readonly type: "completed"; readonly id: string; readonly durationMs: number }
  /** The file was closed with what it holds. */
  | { readonly type: "failed"; readonly id: string; readonly detail: string; readonly durationMs: number };
