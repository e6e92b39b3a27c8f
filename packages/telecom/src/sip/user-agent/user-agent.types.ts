import type { Flow } from "../flow.ts";
import type { AuthConfig } from "./auth.ts";
import type { RegistrarOutput } from "../registrar/index.ts";
import type { Header, NameAddr } from "../syntax/index.ts";

export type UserAgentConfig = {
  /** How neighbours reach us: written into Via and Contact. An IPv6 address without brackets. */
  readonly host: string;
  /** Of UDP and TCP. */
  readonly port: number;
  readonly tlsPort?: number;
  /** Digest authentication, both ways; none without it. */
  readonly auth?: AuthConfig;
  /** Written into Server and User-Agent. */
  readonly product: string;
  /** At least 64 bits of unpredictable text of letters and digits: tags, branches, Call-IDs. */
  readonly newToken: () => string;
  /** Names an incoming call; unique for ever. */
  readonly newCall: () => string;
  /** True when the IP address belongs to that neighbour: requests inside its dialogs may be sent there. */
  readonly ownsAddress: (peer: string, address: string) => boolean;
  /** Asked for every new call of that neighbour: false gives it 503 with Retry-After, at the cost of one datagram. */
  readonly admitsCall: (peer: string) => boolean;
  /**
   * While true, new calls and OPTIONS outside a call get 503 with a Retry-After of 5 to 10 s, so that neighbours go elsewhere. What
   * belongs to a call is served as always, and so is REGISTER: a telephone that is refused would be lost for long.
   */
  readonly isOverloaded?: () => boolean;
  /** Whose telephones may register; null: nobody's. Anybody else's REGISTER gets 405. */
  readonly registrar: RegistrarConfig | null;
  /** Calls at one time, in both directions; beyond it new ones get 503. */
  readonly maxCalls: number;
  /** Transactions at one time; beyond it new INVITEs get 503 and new requests inside dialogs silence, so that they are repeated. */
  readonly maxTransactions: number;
};

export type RegistrarConfig = {
  readonly serves: (peer: string) => boolean;
  /** Asked for every REGISTER: false gives it 503 with Retry-After. */
  readonly admits: (peer: string) => boolean;
};

/** What goes in. A command that does not fit the state of its call does nothing. */
export type UserAgentInput =
  | { readonly type: "datagram"; readonly peer: string; readonly from: Flow; readonly bytes: Uint8Array }
  /** Time has passed; feed it when `deadline()` is reached. */
  | { readonly type: "tick" }
  /** Nothing can be delivered there (RFC 3261 §18.4). */
  | { readonly type: "unreachable"; readonly to: Flow; readonly hasServed?: boolean }
  | ProbeInput
  | RegisterInput
  /** Takes our registration at that neighbour back. */
  | { readonly type: "unregister"; readonly account: string }
  /** 180 Ringing to an incoming call; repeated every minute until it is answered (RFC 3261 §13.3.1.1). */
  | { readonly type: "ring"; readonly call: string }
  /** 183 with this answer to the call's offer: audio before the call is answered. Repeated like ringing, which it replaces. */
  | { readonly type: "progress"; readonly call: string; readonly sdp: string }
  /** 200 OK with this SDP: the answer to the call's offer, or an offer when the INVITE had none. */
  | { readonly type: "answer"; readonly call: string; readonly sdp: string }
  | { readonly type: "reject"; readonly call: string; readonly status: number }
  | DialInput
  /** Ends a call in any state: refuses, cancels or says BYE. `refusal` is the status for a call that is not answered yet. */
  | { readonly type: "hangup"; readonly call: string; readonly refusal?: number }
  | { readonly type: "accept-offer"; readonly call: string; readonly sdp: string }
  | { readonly type: "refuse-offer"; readonly call: string; readonly status: number }
  /** A re-INVITE with this SDP, as soon as nothing else is under way; comes back as `reanswered` or `reoffer-refused`. */
  | { readonly type: "offer"; readonly call: string; readonly sdp: string }
  /**
   * Asks for a turn, now or in so many milliseconds: `offer-turn` comes when nothing else is under way, for a description that
   * must fit what was said last.
   */
  | { readonly type: "want-turn"; readonly call: string; readonly afterMs: number }
  /** A re-INVITE with this SDP, in the very instant of an `offer-turn`. After glare another turn comes (RFC 3261 §14.1). */
  | { readonly type: "offer-in-turn"; readonly call: string; readonly sdp: string };

/** Asks by OPTIONS whether somebody is there; comes back as `probed`. */
export type ProbeInput = {
  readonly type: "probe";
  readonly probe: string;
  readonly peer: string;
  readonly to: Flow;
  readonly requestUri: string;
  readonly limitMs: number;
};

/** Registers us at a neighbour and keeps the registration, or gives it new targets. Comes back as `account`. */
export type RegisterInput = {
  readonly type: "register";
  /** Names the registration, and whose password answers a challenge. */
  readonly account: string;
  /** Asked in this order while none answers; `peer` is the neighbour at that address. */
  readonly targets: readonly { readonly to: Flow; readonly peer: string }[];
  readonly registrarUri: string;
  readonly accountUri: string;
  /** User part of our Contact. */
  readonly user: string;
  readonly expiresSec: number;
};
export type AccountState = "trying" | "registered" | "refused" | "unreachable";

/** One place that a call can be sent to. */
export type DialTarget = { readonly to: Flow; readonly requestUri: string };

export type DialInput = {
  readonly type: "dial";
  /** Names the call; never used before. */
  readonly call: string;
  readonly peer: string;
  /** Whose password answers a challenge, where a neighbour knows us by several; not given: the peer's. */
  readonly account?: string;
  readonly to: Flow;
  readonly requestUri: string;
  readonly fromAddress: NameAddr;
  readonly toAddress: NameAddr;
  readonly headers: readonly Header[];
  readonly sdp: string;
  readonly ringTimeoutMs: number;
  /** Tried in this order when nothing comes of the first, and nobody has rung yet (RFC 3263 §4.3). */
  readonly alternates?: readonly DialTarget[];
};

/** Why a call is over. `status` of a rejection is the final response of the callee. */
export type EndReason =
  | { readonly why: "bye" }
  /** The caller took its INVITE back before it was answered. */
  | { readonly why: "cancelled" }
  | { readonly why: "rejected"; readonly status: number }
  /** Nobody answered our INVITE at all (timer B). */
  | { readonly why: "timeout" }
  /** It rang for `ringTimeoutMs`. */
  | { readonly why: "no-answer" }
  /** Our 200 was never acknowledged. */
  | { readonly why: "no-ack" }
  /** The peer no longer knows the call, or has let its session lapse (RFC 4028). */
  | { readonly why: "lost" }
  /** Our own reject or hangup. */
  | { readonly why: "hung-up" };

export type IncomingInvite = {
  readonly requestUri: string;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly callId: string;
  readonly headers: readonly Header[];
  /** SDP of the body; null when the offer is left to us. */
  readonly offer: string | null;
};

/** What comes out, in order. `ended` is the last output of a call; `registered` and `unregistered` are about no call. */
export type UserAgentOutput =
  | { readonly type: "send"; readonly to: Flow; readonly bytes: Uint8Array }
  | { readonly type: "incoming"; readonly call: string; readonly peer: string; readonly from: Flow; readonly invite: IncomingInvite }
  /** Our INVITE got a response from 101 to 199. */
  /** A target of an outgoing call did not take it: `status` of its refusal, null for silence. The call goes to `next`, or ends. */
  | { readonly type: "target-failed"; readonly call: string; readonly to: Flow; readonly status: number | null; readonly retryAfterSec: number | null; readonly next: Flow | null }
  | { readonly type: "probed"; readonly probe: string; readonly status: number | null; readonly retryAfterSec: number | null }
  /** Our registration at a neighbour has changed. */
  | { readonly type: "account"; readonly account: string; readonly state: AccountState; readonly status: number | null }
  | { readonly type: "progress"; readonly call: string; readonly status: number; readonly sdp: string | null }
  /** Our INVITE was answered; the ACK is sent already. */
  | { readonly type: "answered"; readonly call: string; readonly sdp: string | null }
  /** Our 200 was acknowledged. `sdp` is the answer to an offer of ours. Comes for re-INVITEs too. */
  | { readonly type: "acked"; readonly call: string; readonly sdp: string | null }
  /** A re-INVITE or UPDATE waits for `accept-offer` or `refuse-offer`; without SDP, the peer asks for an offer. */
  | { readonly type: "offer"; readonly call: string; readonly sdp: string | null }
  /** Nothing is under way: `offer-in-turn` goes out at once. Whoever has nothing to offer any more lets the turn pass. */
  | { readonly type: "offer-turn"; readonly call: string }
  /** A re-INVITE of ours was answered, also one that only refreshed the session. `inTurn`: it was an `offer-in-turn`. */
  | { readonly type: "reanswered"; readonly call: string; readonly sdp: string | null; readonly inTurn?: true }
  /** An offer of ours was refused, 408 for silence: everything is as it was before (RFC 3261 §14.1). */
  | { readonly type: "reoffer-refused"; readonly call: string; readonly status: number; readonly inTurn?: true }
  | { readonly type: "info"; readonly call: string; readonly contentType: string | null; readonly body: string }
  | { readonly type: "ended"; readonly call: string; readonly by: "peer" | "local"; readonly reason: EndReason }
  | RegistrarOutput;

export type UserAgentCounters = {
  /** Requests refused and messages ignored because they were not well-formed SIP. */
  readonly malformed: number;
  readonly calls: number;
  readonly transactions: number;
};
