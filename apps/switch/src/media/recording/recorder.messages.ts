import type { RepairedRecording } from "./recording-files.ts";

// What the switch's loop and the recorder's thread say to each other. Messages of one recording keep their order.
export type ToWorker =
  | { readonly do: "repair" }
  | { readonly do: "open"; readonly id: string }
  /** Interleaved µ-law; the buffer is handed over, not copied. */
  | { readonly do: "append"; readonly id: string; readonly bytes: Uint8Array }
  | { readonly do: "complete"; readonly id: string }
  | { readonly do: "exit" };

export type FromWorker =
  | { readonly type: "repaired"; readonly repaired: readonly RepairedRecording[]; readonly failed: readonly string[] }
  | { readonly type: "opened"; readonly id: string }
  | { readonly type: "written"; readonly id: string }
  | { readonly type: "completed"; readonly id: string; readonly durationMs: number }
  /** The file was closed with what it holds. */
  | { readonly type: "failed"; readonly id: string; readonly detail: string; readonly durationMs: number };
