// The one place where SIP's words become the switch's words, and the other way round. Total: every status has a row or a class.
import type { LegEndCause, RejectReason } from "@ringdesk/contract/switch";
import type { EndReason } from "@ringdesk/telecom/sip";
import type { SdpMalformed, SdpRefused } from "@ringdesk/telecom/sdp";

type Refusal = { readonly status: number; readonly cause: LegEndCause };

/** What we say when the server refuses a call, and how its leg then ended. */
export const refusalOf = {
  "not-found": { status: 404, cause: "not-found" },
  busy: { status: 486, cause: "busy" },
  declined: { status: 603, cause: "declined" },
  unavailable: { status: 480, cause: "rejected" },
  "not-allowed": { status: 403, cause: "not-allowed" },
} as const satisfies Record<RejectReason, Refusal>;

/** What we say to an SDP that we cannot use, and how its leg then ended. */
export const sdpRefusalOf = {
  "sdp-malformed": { status: 400, cause: "protocol-error" },
  "no-audio": { status: 488, cause: "no-common-codec" },
  "no-common-codec": { status: 488, cause: "no-common-codec" },
  "secure-media": { status: 488, cause: "no-common-codec" },
  "address-refused": { status: 488, cause: "protocol-error" },
  "port-refused": { status: 488, cause: "protocol-error" },
} as const satisfies Record<(SdpMalformed | SdpRefused)["type"], Refusal>;

const causeOfExactStatus: ReadonlyMap<number, LegEndCause> = new Map([
  [400, "protocol-error"], [401, "not-allowed"], [403, "not-allowed"], [404, "not-found"], [407, "not-allowed"], [408, "no-answer"],
  [410, "not-found"], [415, "no-common-codec"], [480, "no-answer"], [481, "protocol-error"], [482, "protocol-error"], [483, "unreachable"],
  [484, "not-found"], [485, "not-found"], [486, "busy"], [487, "cancelled"], [488, "no-common-codec"], [600, "busy"], [603, "declined"],
  [604, "not-found"], [606, "no-common-codec"], [607, "declined"], [608, "declined"],
]);

/** Redirections are not followed (SEC-3): to us they are refusals. */
const causeOfStatusClass = { 3: "rejected", 4: "rejected", 5: "unreachable", 6: "declined" } as const satisfies Record<number, LegEndCause>;

/** How a leg ended whose INVITE was refused with this status, 300 to 699. */
export function causeOfStatus(status: number): LegEndCause {
  const statusClass = Math.floor(status / 100) as 3 | 4 | 5 | 6;
  return causeOfExactStatus.get(status) ?? causeOfStatusClass[statusClass] ?? "protocol-error";
}

/** How a leg ended by what the user agent says about its call. */
export function causeOfEnd(reason: EndReason): LegEndCause {
  switch (reason.why) {
    case "bye": return "hangup";
    case "cancelled": return "cancelled";
    case "rejected": return causeOfStatus(reason.status);
    case "timeout": return "unreachable";
    case "no-answer": return "no-answer";
    case "no-ack": return "protocol-error";
    case "lost": return "unreachable";
    case "hung-up": return "hangup";
  }
}
