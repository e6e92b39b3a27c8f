import type { BridgeId, LegId, RecordingId, Result } from "@ringdesk/std";
import type { LegQuality, PlayItem, SwitchFrame } from "@ringdesk/contract/switch";
import type { BridgeEntry, Hears } from "./bridge/bridges.ts";

// What the control side may ask of the media plane, and what the media plane tells it. No SIP and no WebRTC words here
// beyond the two ways to connect a leg.

/** The two companding laws of G.711, the only audio the switch carries. */
export type Law = "pcmu" | "pcma";

/** Keys of AES_CM_128_HMAC_SHA1_80 as SDES exchanges them (RFC 4568 §6.1): master key and salt, 30 bytes each. */
export type SrtpKeys = { readonly local: Uint8Array; readonly remote: Uint8Array };

/** What the SDP exchange of a SIP leg settled. */
export type NegotiatedMedia = {
  /** Where the peer wants its audio. An IP literal; `0.0.0.0` means that it wants none. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly law: Law;
  /** Payload type of the codec, both ways; absent for the static one of the law. */
  readonly payloadType?: number;
  /** Payload type of telephone-event/8000 towards the peer, or null when it has none. */
  readonly dtmfPayloadType: number | null;
  /** What we may do: `sendonly` when the peer holds us, `recvonly` when it wants nothing, `inactive` for neither. */
  readonly direction: "sendrecv" | "sendonly" | "recvonly" | "inactive";
  /** Absent for plain RTP. With keys, nothing but SRTP is sent or heard. */
  readonly srtp?: SrtpKeys;
  /** Where the peer wants RTCP: on the RTP port (RFC 5761), or on a port of its own; absent for the one after the RTP port. */
  readonly rtcp?: "mux" | number;
};

/** Every way the media plane refuses. The state is as it was before the request. */
export type MediaError =
  | { readonly type: "leg-unknown"; readonly leg: LegId }
  | { readonly type: "leg-exists"; readonly leg: LegId }
  | { readonly type: "leg-wrong-kind"; readonly leg: LegId; readonly detail: string }
  | { readonly type: "ports-exhausted" }
  | { readonly type: "socket-failed"; readonly detail: string }
  | { readonly type: "sdp-refused"; readonly detail: string }
  | { readonly type: "bridge-full"; readonly most: number }
  | { readonly type: "file-missing"; readonly path: string }
  | { readonly type: "file-too-large"; readonly path: string }
  | { readonly type: "recording-unknown"; readonly recording: RecordingId }
  | { readonly type: "limit-reached"; readonly detail: string };

/** What happens in the media plane. Delivered synchronously, in order, on the switch's loop. */
export type MediaEvent =
  /** The first RTP of a leg, the first after `media-lost`, and the first of a new connection of a browser leg. */
  | { readonly type: "media-connected"; readonly leg: LegId }
  /**
   * Browser legs only. `closed`: the browser ended DTLS. `failed`: ICE or DTLS did. `silent`: no RTP for
   * {@link MediaTimings.silenceMs}.
   */
  | { readonly type: "media-lost"; readonly leg: LegId; readonly why: "closed" | "silent" | "failed" }
  /** One per key, when it is released (or its end was lost). */
  | { readonly type: "dtmf"; readonly leg: LegId; readonly digit: string }
  /** Item `item` (from 0) of a play list has begun to be sent. */
  | { readonly type: "play-reached"; readonly leg: LegId; readonly play: string; readonly item: number }
  | { readonly type: "play-finished"; readonly leg: LegId; readonly play: string; readonly why: "completed" | "stopped" | "replaced" | "failed" }
  | { readonly type: "recording-started"; readonly recording: RecordingId }
  /** Always the last of a recording. `path` is relative to the media folder. */
  | { readonly type: "recording-stopped"; readonly recording: RecordingId; readonly why: "completed" | "failed" | "repaired"; readonly durationMs: number; readonly path: string };

export type MediaLegKind = "sip" | "browser";

export type MediaSnapshot = {
  readonly legs: readonly {
    readonly leg: LegId; readonly kind: MediaLegKind;
    /** `waiting` until the first RTP arrives, `lost` after media-lost. */
    readonly media: "waiting" | "up" | "lost";
    readonly hears: "nothing" | "play" | "bridge";
    readonly quality: LegQuality;
  }[];
  readonly bridges: readonly BridgeEntry[];
  readonly recordings: readonly { readonly recording: RecordingId; readonly state: "recording" | "paused" }[];
};

/**
 * The media plane of one switch. Requests are idempotent as the control protocol demands: repeating one that was carried
 * out answers as before and changes nothing.
 */
export interface MediaPlane {
  /** Binds a UDP socket for a SIP leg. The value is the local RTP port to write into SDP. */
  readonly createRtpLeg: (leg: LegId) => Promise<Result<number, MediaError>>;
  /** Tells a SIP leg where and how to talk; again after each re-INVITE. Sending starts here. */
  readonly setRemote: (leg: LegId, media: NegotiatedMedia) => Result<void, MediaError>;
  /** Connects a browser to a new leg, or a new browser connection to an existing browser leg. The value is the SDP answer. */
  readonly connectBrowser: (leg: LegId, offerSdp: string) => Promise<Result<string, MediaError>>;
  /**
   * Ends a leg's media: leaves its bridge, stops its play. A recording that names it goes on with silence on that channel; one
   * that has no other leg left is completed.
   */
  readonly closeLeg: (leg: LegId) => LegQuality | null;

  /** Plays to one leg, instead of its bridge, until the list ends. Refused when a file is missing or too large. */
  readonly play: (leg: LegId, play: string, items: readonly PlayItem[]) => Promise<Result<void, MediaError>>;
  readonly stopPlay: (leg: LegId) => Result<void, MediaError>;
  /** Sends digits by RFC 4733, 160 ms each with 80 ms between. Answers when they are queued. */
  readonly sendDtmf: (leg: LegId, digits: string) => Result<void, MediaError>;

  /** A key of this leg that came by signalling: whoever hears the leg gets it. */
  readonly passKey: (leg: LegId, digit: string) => void;

  /**
   * The legs of the bridge are exactly these from now on; each hears all others, or those that `hears` names for it. Ends what
   * was being played to them.
   */
  readonly setBridge: (bridge: BridgeId, legs: readonly LegId[], hears?: Hears) => Result<void, MediaError>;
  readonly closeBridge: (bridge: BridgeId) => void;

  /** Records what the two legs say; `right` null leaves that channel silent (voicemail). Answers when it is accepted, not when the file is open. */
  readonly startRecording: (recording: RecordingId, left: LegId, right: LegId | null) => Result<void, MediaError>;
  readonly pauseRecording: (recording: RecordingId) => Result<void, MediaError>;
  readonly resumeRecording: (recording: RecordingId) => Result<void, MediaError>;
  readonly setRecordingLegs: (recording: RecordingId, left: LegId, right: LegId | null) => Result<void, MediaError>;
  /** A recording that is unknown has been stopped already: not an error. */
  readonly stopRecording: (recording: RecordingId) => void;

  readonly quality: (leg: LegId) => LegQuality | null;
  readonly levels: MediaLevels;
  readonly snapshot: () => MediaSnapshot;
  /** Stops everything: recordings are completed on disk before it resolves. */
  readonly close: () => Promise<void>;
}

/** How loud legs are, of those that somebody asked for. The packets of all others meet nothing of this. */
export interface MediaLevels {
  readonly watch: (leg: LegId, on: boolean) => Result<void, MediaError>;
  /** RMS in dBov since the last reading, of the legs that are watched. */
  readonly read: () => Extract<SwitchFrame, { readonly frame: "levels" }>["legs"];
  /** Nobody asks any more. */
  readonly forget: () => void;
}

export type MediaTimings = {
  /** A browser leg that is silent this long has lost its audio (CALL-12). */
  readonly silenceMs: number;
  /** Mean time between two RTCP reports of ours on a leg. */
  readonly reportIntervalMs: number;
};

export type MediaPlaneOptions = {
  /** Address that peers are told; sockets bind to `bindAddress` (default: the same). */
  readonly address: string;
  readonly bindAddress?: string;
  /** RTP ports of SIP legs, first and last inclusive. */
  readonly rtpPorts: { readonly first: number; readonly last: number };
  /** The one UDP port of all browser legs. */
  readonly webrtcPort: number;
  /** Folder with prompts/, music/ and recordings/; created when absent. */
  readonly mediaFolder: string;
  readonly onEvent: (event: MediaEvent) => void;
  readonly log: MediaLog;
  readonly timings?: Partial<MediaTimings>;
};

/** The part of a pino logger that the media plane uses. */
export type MediaLog = {
  readonly debug: (fields: object, message: string) => void;
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
};

/**
 * Opens the media plane: generates hold music if there is none, repairs recordings that a crash left open (each is told as a
 * `recording-stopped` with why `repaired` before the promise resolves).
 */
export type CreateMediaPlane = (options: MediaPlaneOptions) => Promise<Result<MediaPlane, MediaError>>;
