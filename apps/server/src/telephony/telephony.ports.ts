// What telephony offers to the rooms below it, and what it needs from them. No SIP, no SDP beyond an opaque string that
// browsers and the switch exchange, no words of the control protocol.
import type { BridgeId, E164, LegId, Millis, RecordingId, Result } from "@ringdesk/std";
import type { TelephonyError } from "./telephony.errors.ts";

/** Measured on what a leg sends: packets counted, jitter by RFC 3550, MOS by ITU-T G.107. */
export type LegQuality = {
  readonly packets: number;
  readonly lost: number;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
  readonly mos: number | null;
};

/** How loud what legs send is: RMS in dBov, 0 to −127, which is digital silence. */
export type LegLevels = readonly { readonly leg: LegId; readonly dbov: number }[];

export type LegEndCause =
  | "hangup" | "cancelled" | "rejected" | "busy" | "no-answer" | "declined" | "not-found" | "not-allowed" | "unreachable"
  | "no-common-codec" | "media-timeout" | "media-lost" | "protocol-error" | "limit-reached" | "switch-failed";
export type LegEndedBy = "peer" | "server" | "switch";
export type RejectReason = "not-found" | "busy" | "declined" | "unavailable" | "not-allowed";

/**
 * Where an event stands: `seq` counts without gaps within one life (`epoch`) of the switch. An event may be delivered again
 * after a crash of the server, with the same position. Null on events that telephony itself made: they are safe to repeat.
 */
export type EventPosition = { readonly epoch: string; readonly seq: number };

/** What happened to a leg. A handset's browser leg, an agent's browser leg and a SIP leg use the same words. */
export type LegHappening =
  /** A call waits for answer or reject. `from` is null when the number is hidden; `to` is null when it is no telephone number. */
  | { readonly type: "incoming"; readonly leg: LegId; readonly from: E164 | null; readonly fromName: string | null; readonly to: E164 | null; readonly dialled: string; readonly trunk: string }
  | { readonly type: "ringing"; readonly leg: LegId }
  | { readonly type: "early-media"; readonly leg: LegId }
  | { readonly type: "answered"; readonly leg: LegId }
  /** Audio arrives from the leg; again after `media-lost`. */
  | { readonly type: "media-connected"; readonly leg: LegId }
  /** A browser's audio has stopped. The leg waits a minute for `connectBrowser`. */
  | { readonly type: "media-lost"; readonly leg: LegId; readonly why: "closed" | "silent" | "failed" }
  | { readonly type: "dtmf"; readonly leg: LegId; readonly digit: string }
  | { readonly type: "held-by-peer"; readonly leg: LegId }
  | { readonly type: "resumed-by-peer"; readonly leg: LegId }
  /** The last of a leg. May come twice (once made by telephony, once redelivered): ending is idempotent. */
  | { readonly type: "ended"; readonly leg: LegId; readonly cause: LegEndCause; readonly by: LegEndedBy; readonly quality: LegQuality | null }
  | { readonly type: "play-reached"; readonly leg: LegId; readonly play: string; readonly item: number }
  | { readonly type: "play-finished"; readonly leg: LegId; readonly play: string; readonly why: "completed" | "stopped" | "replaced" | "failed" }
  | { readonly type: "recording-started"; readonly recording: RecordingId }
  /** `path` is relative to the media folder. `repaired`: the switch died while recording; the file ends there. */
  | { readonly type: "recording-stopped"; readonly recording: RecordingId; readonly why: "completed" | "failed" | "repaired"; readonly durationMs: number; readonly path: string };

export type LegEvent = LegHappening & { readonly at: Millis; readonly position: EventPosition | null };

/** What a leg, bridge or recording is right now on the switch. */
export type SwitchSnapshot = {
  readonly legs: readonly {
    readonly leg: LegId;
    readonly kind: "sip" | "browser";
    readonly direction: "in" | "out";
    readonly state: "incoming" | "dialling" | "ringing" | "up" | "media-lost" | "ended";
    readonly hears: "nothing" | "play" | "bridge";
    readonly onHold?: boolean | undefined;
    readonly quality: LegQuality | null;
  }[];
  readonly bridges: readonly { readonly bridge: BridgeId; readonly legs: readonly LegId[] }[];
  readonly recordings: readonly { readonly recording: RecordingId; readonly state: "recording" | "paused" }[];
};

/**
 * `up` comes after every event that the snapshot includes has been delivered. `fresh`: the switch is another life than the
 * one known before (or none was known); all legs of that life are gone.
 */
export type SwitchState =
  | { readonly state: "up"; readonly epoch: string; readonly fresh: boolean; readonly snapshot: SwitchSnapshot }
  | { readonly state: "down" };

/** Where audio comes from. `path` is relative to the media folder: raw µ-law, 8 kHz, mono. */
export type PlaySource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "music"; readonly name: string }
  | { readonly kind: "tone"; readonly tone: "ringback" | "busy" | "reorder" | "beep" }
  | { readonly kind: "silence"; readonly ms: number };
export type PlayItem = { readonly source: PlaySource; readonly times: number | "forever" };

export type DialRequest = {
  readonly leg: LegId;
  readonly to: E164;
  /** What the callee's phone shows. */
  readonly from: E164;
  readonly fromName?: string;
  readonly ringTimeoutMs: number;
};

/** Where an agent's SIP phone is: at the account that it registers with, or at a fixed address. */
export type PhoneAddress =
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "fixed"; readonly user: string; readonly host: string; /** Null: what DNS says. */ readonly port: number | null; readonly transport: "udp" | "tcp" | "tls" };
export type PhoneAccount = { readonly account: string; readonly password: string };

export type PhoneCall = {
  readonly leg: LegId;
  readonly phone: PhoneAddress;
  /** What the phone shows; with `withheld` it shows nothing. */
  readonly from: E164;
  readonly fromName: string | null;
  readonly withheld: boolean;
  readonly ringTimeoutMs: number;
};

type Done = Promise<Result<void, TelephonyError>>;

/** The SIP phones of agents. */
export interface Phones {
  /** Rings a phone. `no-route` when it is not registered. */
  readonly dial: (call: PhoneCall) => Done;
  /** The accounts with which phones may register; those before are replaced. */
  readonly setAccounts: (accounts: readonly PhoneAccount[]) => void;
  readonly isRegistered: (account: string) => boolean;
  /** Whether a phone can be rung: the switch was there once, and phones that ring for a server before this one have been silenced. */
  readonly isReady: () => boolean;
  /** Told once, when that is so. */
  readonly onReady: (listen: () => void) => void;
  /** Told when a phone has registered an account, or is gone. */
  readonly onChanged: (listen: (account: string) => void) => () => void;
}

/**
 * The switch, as the rooms see it. Every command is idempotent: repeating one that was carried out succeeds and changes
 * nothing. A command's answer means that the switch has accepted it; what comes of it are events.
 */
export interface Telephony {
  /**
   * Listens to all events, in order. The listener calls `persisted` when what it makes of the event is durable; the switch
   * keeps the event until then. Returns a function that stops listening.
   */
  readonly onEvent: (listen: (event: LegEvent, persisted: () => void) => void) => () => void;
  /** Sees the same events without having to persist anything. */
  readonly observe: (listen: (event: LegEvent) => void) => () => void;
  readonly onSwitch: (listen: (state: SwitchState) => void) => () => void;
  /** Adds an owner of legs. Its answer must include every leg that an event or a command has given to it. */
  readonly addOwner: (owner: LegOwner) => void;
  readonly isUp: () => boolean;
  /** The switch cannot keep up and takes no new calls; those that are there go on. */
  readonly isOverloaded: () => boolean;

  readonly ring: (leg: LegId) => Done;
  readonly answer: (leg: LegId) => Done;
  readonly reject: (leg: LegId, reason: RejectReason) => Done;
  /** Calls a number by the way its carrier says: a handset of the sandbox or a trunk. `no-route` when there is none. */
  readonly dial: (request: DialRequest) => Done;
  /** Connects a browser to a new leg, or again to the same leg (CALL-12). The value is the SDP answer for the browser. */
  readonly connectBrowser: (leg: LegId, offerSdp: string) => Promise<Result<string, TelephonyError>>;
  /** A leg that is gone already is no error. */
  readonly hangup: (leg: LegId) => Done;
  /** The leg is on hold from now on, or no longer: its carrier may wish to know. What it hears is said by `play` and `bridge`. */
  readonly hold: (leg: LegId, hold: boolean) => Done;
  readonly play: (leg: LegId, play: string, items: readonly PlayItem[]) => Done;
  readonly stopPlay: (leg: LegId) => Done;
  readonly sendDigits: (leg: LegId, digits: string) => Done;
  /** The legs of the bridge are exactly these from now on; ends what was being played to them. */
  readonly bridge: (bridge: BridgeId, legs: readonly LegId[]) => Done;
  readonly unbridge: (bridge: BridgeId) => Done;
  /** The leg hears itself, alone in this bridge, until that is ended or the leg goes to another. */
  readonly echo: (bridge: BridgeId, leg: LegId) => Done;
  readonly record: {
    /** `left` is the customer's leg, `right` the agent's. */
    readonly start: (recording: RecordingId, left: LegId, right: LegId) => Done;
    readonly pause: (recording: RecordingId) => Done;
    readonly resume: (recording: RecordingId) => Done;
    readonly legs: (recording: RecordingId, left: LegId, right: LegId) => Done;
    readonly stop: (recording: RecordingId) => Done;
  };
  /** The trunk at which a phone with this number is registered now; null when none is. */
  readonly registeredAt: (number: E164) => string | null;
  readonly phones: Phones;
  /** The latest measurement of a leg that is up; every five seconds a new one. */
  readonly quality: (leg: LegId) => LegQuality | null;
  /** Told when new measurements are there. */
  readonly onQuality: (listen: () => void) => () => void;
  /** Asks for the levels of a leg, or no longer. Forgotten by the switch with the connection: to be asked again when it is up. */
  readonly watchLevel: (leg: LegId, on: boolean) => Done;
  /** Told five times a second while any leg is watched. */
  readonly onLevels: (listen: (levels: LegLevels) => void) => () => void;
}

/**
 * How the sandbox carrier makes a handset look like a phone. A handset's leg is a browser leg that stands on the
 * customer's side: `calls` sees `incoming`, `ringing`, `answered` and `ended` as for a SIP leg.
 */
export interface VirtualLegs {
  /** The handset calls `to`: first `connectBrowser(leg, …)`, then this. */
  readonly virtualIncoming: (call: { readonly leg: LegId; readonly from: E164 | null; readonly fromName: string | null; readonly to: string }) => void;
  /** The called handset answers: first `connectBrowser(leg, …)`, then this. False when the call is over by now. */
  readonly virtualAnswered: (leg: LegId) => boolean;
  /** The called handset declines or disappears before it answered. */
  readonly virtualEnded: (leg: LegId, cause: LegEndCause) => void;
}

/** What telephony needs to know from the carriers to place a call. */
export interface OutboundRoutes {
  readonly route: (to: E164) => { readonly kind: "handset"; readonly handset: string } | { readonly kind: "trunk"; readonly trunk: string } | { readonly kind: "none" };
  /** Makes a handset ring. False when it is busy or gone: the leg ends with `busy`. */
  readonly ringHandset: (handset: string, call: { readonly leg: LegId; readonly from: E164; readonly fromName: string | null }) => boolean;
  /** The call to the handset is over before it was answered. */
  readonly stopRinging: (handset: string, leg: LegId) => void;
}

/**
 * Who owns legs. After each connection to the switch, an owned leg that the switch does not hold gets a made `ended` with
 * cause `switch-failed`, and a leg on the switch that nobody owns is hung up.
 */
export type LegOwner = () => Iterable<LegId>;

/** Where the position of the last persisted event is kept. Losing it costs redelivered events, nothing else. */
export interface PositionStore {
  readonly load: () => Promise<Result<EventPosition | null, PositionStoreAway>>;
  readonly save: (position: EventPosition) => Promise<Result<void, PositionStoreAway>>;
}
export type PositionStoreAway = { readonly type: "position-store-away"; readonly detail: string };
