/** Every way a command to the switch can fail. Nothing was done, except after `switch-silent`, when nobody knows. */
export type TelephonyError =
  /** No switch is connected, or it was restarted before it answered. */
  | { readonly type: "switch-away" }
  /** The switch did not answer in time. */
  | { readonly type: "switch-silent"; readonly waitedMs: number }
  /** No carrier serves the number. */
  | { readonly type: "no-route" }
  | { readonly type: "leg-gone" | "leg-exists" | "leg-wrong-state" | "bridge-full" | "trunk-unknown" | "recording-unknown"
      | "sdp-refused" | "limit-reached" | "overloaded" | "file-missing" | "command-refused" | "switch-error"; readonly detail: string };
