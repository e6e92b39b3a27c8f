/** What can go wrong at the handset page for reasons outside our code. */
export type HandsetError =
  | { readonly type: "handset-missing"; readonly id: string }
  | { readonly type: "handset-busy" }
  | { readonly type: "handset-not-ringing" }
  /** `detail` says it to the person at the handset. */
  | { readonly type: "number-invalid"; readonly detail: string }
  /** The sandbox carrier connects its handsets to support numbers only. */
  | { readonly type: "number-not-in-service" }
  | { readonly type: "audio-refused"; readonly detail: string }
  | { readonly type: "lines-away" }
  | { readonly type: "no-free-number" }
  | { readonly type: "store-away" };
