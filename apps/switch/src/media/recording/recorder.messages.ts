import type { RepairedRecording } from "./recording-files.ts";

/** Interleaved µ-law of one recording; the buffer is handed over, not copied. */
export type Chunk = { readonly id: string; readonly bytes: Uint8Array };

// What the switch's loop and the recorder's thread say to each other. Messages of one recording keep their order.
export type ToWorker =
  | { readonly do: "repair" }
  | { readonly do: "open"; readonly id: string }
  | { readonly do: "append"; readonly chunks: readonly Chunk[] }
  | { readonly do: "complete"; readonly id: string }
  | { readonly do: "exit" };

export type FromWorker =
  | { readonly type: "repaired"; readonly repaired: readonly RepairedRecording[]; readonly failed: readonly string[] }
  | { readonly type: "opened"; readonly id: string }
  /** One id for each chunk that is in its file. */
  | { readonly type: "written"; readonly ids: readonly string[] }
  | { readonly type: "completed"; readonly id: string; readonly durationMs: number }
  /** The file was closed with what it holds. */
  | { readonly type: "failed"; readonly id: string; readonly detail: string; readonly durationMs: number };
