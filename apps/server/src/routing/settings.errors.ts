// What keeps a change of routing's settings from being made.
export type FieldFault = { readonly pointer: string; readonly detail: string };
export type SettingsError =
  | { readonly type: "setting-missing" }
  /** Each fault at its field, by JSON pointer. */
  | { readonly type: "setting-invalid"; readonly errors: readonly FieldFault[] }
  /** Something leads to it; in words, for whoever wants to delete it. */
  | { readonly type: "setting-in-use"; readonly by: readonly string[] }
  /** Rules and queues ask for it; in words. */
  | { readonly type: "skill-in-use"; readonly by: readonly string[] }
  | { readonly type: "default-queue-kept" }
  | { readonly type: "too-many"; readonly limit: number }
  | { readonly type: "store-away" };

export const fault = (pointer: string, detail: string): { readonly type: "setting-invalid"; readonly errors: readonly FieldFault[] } => ({ type: "setting-invalid", errors: [{ pointer, detail }] });
