// What the bench asks of its load generator over IPC, and what it answers.
export type Ask =
  | { readonly do: "open"; readonly legs: number }
  /** Answers INVITEs on this port; the user part of the Request-URI ends with the leg's number, six digits. */
  | { readonly do: "answer-sip"; readonly port: number }
  | { readonly do: "aim"; readonly leg: number; readonly port: number }
  | { readonly do: "offer"; readonly leg: number }
  | { readonly do: "accept"; readonly leg: number; readonly sdp: string }
  | { readonly do: "talk" }
  | { readonly do: "count" }
  | { readonly do: "quiet" };
export type Told =
  | { readonly told: "ready" }
  | { readonly told: "ports"; readonly ports: readonly number[] }
  | { readonly told: "sdp"; readonly leg: number; readonly sdp: string }
  | { readonly told: "count"; readonly sent: number; readonly received: number; readonly lateMsP99: number };
