// Every way a request about a call can fail for reasons outside our code.
import type { CallId, UserId } from "@ringdesk/std";
import type { NumberInvalid } from "../numbers/index.ts";

export type CallError =
  | { readonly type: "call-unknown"; readonly call: CallId }
  /** Only the agent of a call may act in it. */
  | { readonly type: "not-your-call"; readonly call: CallId; readonly user: UserId }
  | { readonly type: "call-over"; readonly call: CallId }
  /** The call is in a phase in which this makes no sense, e.g. hold before talking. */
  | { readonly type: "wrong-phase"; readonly phase: string }
  | { readonly type: "audio-refused"; readonly detail: string }
  | { readonly type: "phone-service-away" }
  /** Facts cannot be written, not even to the journal. */
  | { readonly type: "not-recorded" }
  | { readonly type: "store-away" };

export type DialError =
  | CallError
  | NumberInvalid
  | { readonly type: "agent-occupied"; readonly why: "call" | "offer" }
  | { readonly type: "dialer-denied"; readonly why: string }
  | { readonly type: "support-number-unknown" }
  | { readonly type: "too-many-calls"; readonly limit: number }
  /** The switch has fallen behind with the calls that it has. */
  | { readonly type: "phone-service-busy" };

/** How each shows at the HTTP edge. The compiler refuses an error without a row. */
export type Face = { readonly status: number; readonly title: string };
export const callErrorFace = {
  "call-unknown": { status: 404, title: "There is no such call" },
  "not-your-call": { status: 403, title: "This call belongs to another agent" },
  "call-over": { status: 409, title: "The call has ended" },
  "wrong-phase": { status: 409, title: "That is not possible at this point of the call" },
  "audio-refused": { status: 422, title: "The browser's audio could not be connected" },
  "phone-service-away": { status: 503, title: "The phone service is restarting. Try again in a moment" },
  "not-recorded": { status: 503, title: "The call could not be written down. Try again in a moment" },
  "store-away": { status: 503, title: "The database does not answer. Try again in a moment" },
  "number-invalid": { status: 422, title: "That is not a phone number that can be called" },
  "agent-occupied": { status: 409, title: "You have a call already" },
  "dialer-denied": { status: 403, title: "You cannot call now" },
  "support-number-unknown": { status: 422, title: "There is no support number to call from" },
  "too-many-calls": { status: 503, title: "Too many calls at once" },
  "phone-service-busy": { status: 503, title: "The phone service has all the calls that it can carry. Try again in a moment" },
} as const satisfies Record<DialError["type"], Face>;
