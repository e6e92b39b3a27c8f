// The seam between SIP signalling (this folder), the media plane and the control protocol. Plain values only: signalling
// never touches RTP, media never sees SIP. Whoever drives a TrunkSide opens the RTP port first and hands it over.
import type { Diversion, LegEndCause, RejectReason, Trunk, TrunkState, TrunkTarget } from "@ringdesk/contract/switch";
import type { LegId, Millis, Result } from "@ringdesk/std";
import type { Resolver } from "./trunk.locate.ts";
import type { NegotiatedMedia } from "@ringdesk/telecom/sdp";

/** Where we receive a leg's RTP, as it is written into SDP: an IP address that the peer can reach. */
export type LocalMedia = { readonly address: string; readonly port: number };

export type { NegotiatedMedia } from "@ringdesk/telecom/sdp";

/** A call that arrives. `from` is the caller's number as sent, null when it is withheld (RFC 3323, RFC 3325). */
export type IncomingLeg = {
  readonly leg: LegId;
  readonly trunk: string;
  readonly from: string | null;
  readonly fromName: string | null;
  /** User part of the Request-URI: the number that was called. */
  readonly to: string;
  readonly sipCallId: string;
  /** Who forwarded the call to us, the latest first. */
  readonly diversions: readonly Diversion[];
};

/**
 * What happens to trunk legs, in order per leg. `ended` is the last event of a leg and comes exactly once for every leg
 * that was announced by `incoming` or accepted by `dial`. Called on the switch's loop, also before the command that causes
 * them returns: return quickly, never throw. Commands may be called from inside an event.
 */
export type TrunkEvents = {
  readonly incoming: (call: IncomingLeg) => void;
  /** Outbound: the far phone rings (180, or 183 without SDP). At most once per leg. */
  readonly ringing: (leg: LegId) => void;
  /** Outbound: the far side plays audio before it answers. May come again with other media. Inbound: we may, by `progress`. */
  readonly earlyMedia: (leg: LegId, media: NegotiatedMedia) => void;
  /** Inbound: our answer is out and media is agreed (for a late offer: with the ACK). Outbound: the callee answered. */
  readonly answered: (leg: LegId, media: NegotiatedMedia) => void;
  /** A re-INVITE or UPDATE of an answered leg, from either side: hold, resume, other address or codec. */
  readonly mediaChanged: (leg: LegId, media: NegotiatedMedia) => void;
  /** A key that came by SIP INFO instead of RTP (application/dtmf-relay). */
  readonly dtmf: (leg: LegId, digit: string) => void;
  readonly ended: (leg: LegId, cause: LegEndCause, by: "peer" | "server" | "switch") => void;
  /** A phone has registered this number at this trunk, or is gone. They alternate. */
  readonly phoneRegistered: (phone: RegisteredPhone) => void;
  readonly phoneUnregistered: (phone: RegisteredPhone) => void;
  /** A target went down or came back, or our registration changed. */
  readonly trunkState: (state: TrunkState) => void;
};

/** `number` is as the phone wrote it. */
export type RegisteredPhone = { readonly trunk: string; readonly number: string };

export type DialRequest = {
  readonly leg: LegId;
  readonly trunk: string;
  /** Where the call goes, whatever the trunk's targets are. */
  readonly contact?: TrunkTarget;
  /** E.164 of the callee, or a number that a phone has registered at the trunk. */
  readonly to: string;
  /** E.164 that the callee's phone shows. */
  readonly from: string;
  readonly fromName?: string;
  /** The callee does not see who calls (RFC 3323). */
  readonly withheld?: boolean;
  /** Without an answer by then, the time to find the trunk's address included, the call is cancelled and ends with `no-answer`. */
  readonly ringTimeoutMs: number;
  readonly local: LocalMedia;
};

export type TrunkError =
  | { readonly type: "leg-unknown" }
  | { readonly type: "leg-exists" }
  | { readonly type: "leg-wrong-state"; readonly state: TrunkLegState }
  | { readonly type: "trunk-unknown" }
  | { readonly type: "trunk-receives-only" }
  /** The trunk has no target, and no phone has registered the number. */
  | { readonly type: "phone-not-registered" }
  | { readonly type: "number-refused" }
  | { readonly type: "limit-reached" }
  /** No new calls to targets at present. */
  | { readonly type: "overloaded" };

export type TrunkLegState = "incoming" | "answering" | "dialling" | "ringing" | "up";
/** The commands' view of a leg. */
export type TrunkLeg = { readonly leg: LegId; readonly trunk: string; readonly direction: "in" | "out"; readonly state: TrunkLegState };

/** The commands. All return at once; their outcome comes as events. Repeating one that was carried out is harmless. */
export type TrunkSide = {
  /** 180 Ringing. */
  readonly ring: (leg: LegId) => Result<void, TrunkError>;
  /** 183 with SDP for `local`: `earlyMedia` follows, and the caller hears us before the call is answered. Plain ringing for a late offer. */
  readonly progress: (leg: LegId, local: LocalMedia) => Result<void, TrunkError>;
  /** 200 OK with SDP for `local`. */
  readonly answer: (leg: LegId, local: LocalMedia) => Result<void, TrunkError>;
  /** Refuses an incoming call; `ended` follows before this returns. */
  readonly reject: (leg: LegId, reason: RejectReason) => Result<void, TrunkError>;
  readonly dial: (request: DialRequest) => Result<void, TrunkError>;
  /** Ends a leg in any state (reject, CANCEL or BYE, as the state asks); `ended` follows before this returns. */
  readonly hangup: (leg: LegId, why?: { readonly cause: LegEndCause; readonly by: "server" | "switch" }) => Result<void, TrunkError>;
  /** Holds an answered leg, or resumes it: by a re-INVITE where its trunk `signalsHold`, else nothing. `mediaChanged` may follow. */
  readonly hold: (leg: LegId, hold: boolean) => Result<void, TrunkError>;
  readonly legs: () => readonly TrunkLeg[];
  /** Numbers that phones have registered, in the order in which they came. */
  readonly phones: () => readonly RegisteredPhone[];
  readonly counters: () => TrunkCounters;
  /** The port of UDP and TCP. */
  readonly port: number;
  /** The TCP port of TLS; null without a certificate. */
  readonly tlsPort: number | null;
  /** The list of trunks is another one now: who is probed and where we register follows it. */
  readonly trunksChanged: () => void;
  /** Trunks with targets, as they are. */
  readonly trunkStates: () => readonly TrunkState[];
  /** Ends all legs with a BYE or what else their state asks, gives the last answers a moment, closes the socket. */
  readonly close: () => Promise<void>;
};

/** Running totals since start. */
export type TrunkCounters = {
  readonly received: number;
  readonly sent: number;
  /** Datagrams from addresses that belong to no trunk: dropped unread. */
  readonly strangers: number;
  /** Datagrams from trunks beyond the rate limit: dropped unread. */
  readonly throttled: number;
  readonly malformed: number;
  readonly legs: number;
  readonly transactions: number;
  /** Open TCP and TLS connections. */
  readonly connections: number;
};

export type TrunkSideOptions = {
  /** Local address, and port of UDP and TCP; port 0 takes any free one. */
  readonly address: string;
  readonly port: number;
  /** Address that is written into Via, Contact: how trunks reach us. */
  readonly advertised: string;
  /** The trunks of this moment; asked again for every datagram, so keep the array identical while nothing changed. */
  readonly trunks: () => readonly Trunk[];
  /** Passwords of the numbers that phones must prove to be theirs. Not given: none. */
  readonly phones?: () => ReadonlyMap<string, string>;
  /** False while no server is connected or the switch drains: new calls get 503 with Retry-After: 5. */
  readonly acceptingCalls: () => boolean;
  /** True while the machine cannot keep up: new calls and OPTIONS get 503, and no call goes to a target. Not given: never. */
  readonly isOverloaded?: () => boolean;
  readonly newLegId: () => LegId;
  readonly events: TrunkEvents;
  /** Monotonic: a clock that jumps would fire or hold back every timer of every call. */
  readonly now: () => Millis;
  readonly log: TrunkLog;
  /** Not given: no certificate, and only the authorities that the machine trusts. */
  readonly tls?: TrunkTls;
  /** Not given: DNS of the machine. */
  readonly resolver?: Resolver;
};

export type TrunkTls = {
  /** Of TLS; 0 takes any free one. Without a certificate nothing listens there. */
  readonly port: number;
  /** Our certificate with its chain, and its key, in PEM. */
  readonly certificate: { readonly cert: string; readonly key: string } | null;
  /** A certificate authority, in PEM, that is trusted beside those of the machine. */
  readonly authority: string | null;
};

/** Why the trunk side could not start. */
export type TrunkStartError = { readonly type: "port-in-use" | "bind-failed" | "certificate-refused"; readonly detail: string };

/** The part of a pino logger that is used here. Nothing personal is passed to it: no numbers, no names, no addresses. */
export type TrunkLog = {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
};
