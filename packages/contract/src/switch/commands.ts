import { z } from "zod";
import { bridgeId, legId, recordingId } from "../ids/index.ts";

/** The longest line that the server sends, in characters; the longest holds the accounts of all phones. The switch closes beyond it. */
export const MAX_SERVER_LINE_CHARS = 262_144;
/** A play list holds at most this many items. */
export const MAX_PLAY_ITEMS = 32;

/** A bridge holds at most this many legs. */
export const MAX_BRIDGE_LEGS = 8;

export const trunkId = z.string().regex(/^[a-z0-9-]{1,32}$/);
const playId = z.string().min(1).max(64);

/** Where audio comes from. `file` is relative to the media folder: raw µ-law, 8 kHz, mono. */
export const playSource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), path: z.string().regex(/^(?!.*\.\.)[A-Za-z0-9_\-/]+\.ulaw$/) }),
  z.object({ kind: z.literal("music"), name: z.string().regex(/^[a-z0-9-]{1,32}$/) }),
  z.object({ kind: z.literal("tone"), tone: z.enum(["ringback", "busy", "reorder", "beep"]) }),
  z.object({ kind: z.literal("silence"), ms: z.number().int().min(20).max(60_000) }),
]);
export type PlaySource = z.output<typeof playSource>;
export const playItem = z.object({ source: playSource, times: z.union([z.number().int().min(1).max(100), z.literal("forever")]).default(1) });
export type PlayItem = z.output<typeof playItem>;

export const rejectReason = z.enum(["not-found", "busy", "declined", "unavailable", "not-allowed"]);
export type RejectReason = z.output<typeof rejectReason>;

export const sipTransport = z.enum(["udp", "tcp", "tls"]);
export type SipTransport = z.output<typeof sipTransport>;

/** One place that takes a trunk's calls. Without a port DNS SRV names host and port (RFC 3263); 5060, or 5061 for TLS, when it does not. */
export const trunkTarget = z.object({
  host: z.string().max(255),
  port: z.number().int().min(1).max(65_535).nullable(),
  /** Not given: udp. */
  transport: sipTransport.optional(),
});
export type TrunkTarget = z.output<typeof trunkTarget>;

/** The user name and password that a trunk and we share (RFC 7616). */
export const trunkAccount = z.object({
  user: z.string().min(1).max(128),
  password: z.string().max(128),
  /** Challenges of another realm are never answered. Null: that of the trunk's first challenge to a request of ours is taken. */
  realm: z.string().max(128).nullable(),
  /** We register with the target, so that calls find us (RFC 3261 §10.2). */
  registers: z.boolean(),
  /** Its calls to us must prove the same user and password. */
  demanded: z.boolean(),
  /** The hash that they must use. Not given: SHA-256 or MD5, as they like. Some equipment reads only the first of two challenges. */
  algorithm: z.enum(["SHA-256", "MD5"]).optional(),
});
export type TrunkAccount = z.output<typeof trunkAccount>;

/** A trunk has at most this many targets beside the first. */
export const MAX_FALLBACKS = 7;

/** A SIP neighbour: who may send us calls, and where calls to it go. */
export const trunk = z.object({
  id: trunkId,
  /** Source addresses or CIDR ranges from which the trunk's calls arrive. */
  sources: z.array(z.string().max(64)).max(64),
  /** Where outbound calls are sent; none for a trunk that only receives. */
  target: trunkTarget.nullable(),
  /** Tried in this order when the target does not take a call. */
  fallbacks: z.array(trunkTarget).max(MAX_FALLBACKS).optional(),
  account: trunkAccount.optional(),
  /** Whether targets are asked every 15 s if they are there (OPTIONS). Not given: when there are several. */
  probes: z.boolean().optional(),
  /** Who calls is what the trunk says in P-Asserted-Identity (RFC 3325). Not given: false. */
  trusted: z.boolean().optional(),
  /**
   * Phones at the sources may register numbers (RFC 3261 §10); calls to those go to the phone, before any target. `accounts`: only
   * the numbers of `phones.set`.
   */
  registers: z.union([z.boolean(), z.literal("accounts")]).default(false),
  /** Its calls are told by a re-INVITE when they are put on hold and resumed (RFC 3264 §8.4). Not given: false, they only hear music. */
  signalsHold: z.boolean().optional(),
});
export type Trunk = z.output<typeof trunk>;

/** Accounts of phones are at most this many. */
export const MAX_PHONE_ACCOUNTS = 2_000;
/** A number that a phone may register at any trunk that takes registrations, once it has proved the password (RFC 7616). */
export const phoneAccount = z.object({ number: z.string().regex(/^[0-9]{4,16}$/), password: z.string().min(12).max(64) });
export type PhoneAccount = z.output<typeof phoneAccount>;

/** Whom legs of a bridge hear, where that is not everybody else. */
export const hears = z.array(z.object({ leg: legId, of: z.array(legId).max(MAX_BRIDGE_LEGS) })).max(MAX_BRIDGE_LEGS);

const to = { leg: legId };

/**
 * What a server may ask of the switch. Every command is idempotent: repeating one that was carried out answers like the
 * first time and does nothing. Ids of legs that the switch creates on command are given by the server.
 */
export const command = z.discriminatedUnion("do", [
  /** Replaces the list of trunks. Calls in progress are not touched. */
  z.object({ do: z.literal("trunks.set"), trunks: z.array(trunk).max(64) }),
  /** Replaces the accounts of phones. What is registered stays until it ends. */
  z.object({ do: z.literal("phones.set"), accounts: z.array(phoneAccount).max(MAX_PHONE_ACCOUNTS) }),
  z.object({ do: z.literal("leg.ring"), ...to }),
  /** Lets the caller hear what is played before the call is answered (183 with SDP); `leg.early-media` follows. Plain ringing where
   * that cannot be: a caller without an offer, a browser. */
  z.object({ do: z.literal("leg.progress"), ...to }),
  z.object({ do: z.literal("leg.answer"), ...to }),
  z.object({ do: z.literal("leg.reject"), ...to, reason: rejectReason }),
  /** Calls `to` over a trunk; `from` is what the callee's phone shows, or with `withheld` what only the trunk sees (RFC 3323). Both
   * E.164. With `contact` the call goes to `to` at that address, whatever the trunk's targets are. The leg's events tell the rest. */
  z.object({ do: z.literal("leg.dial"), ...to, trunk: trunkId, contact: trunkTarget.optional(), to: z.string().max(64), from: z.string().max(64), fromName: z.string().max(64).optional(), withheld: z.boolean().optional(), ringTimeoutMs: z.number().int().min(1_000).max(300_000) }),
  /** Connects a browser to a new leg, or, when the leg exists, again to the same leg (CALL-12). Answers with `sdp`. */
  z.object({ do: z.literal("leg.connect-browser"), ...to, sdp: z.string().max(32_768) }),
  z.object({ do: z.literal("leg.hangup"), ...to }),
  /**
   * The leg is on hold from now on, or no longer. Where its trunk `signalsHold` the peer is told, and what it then does not send is
   * no RTP timeout; everywhere it is kept for the snapshot. What the leg hears is another matter: `leg.play`, `bridge.set`.
   */
  z.object({ do: z.literal("leg.hold"), ...to, hold: z.boolean() }),
  /** Plays to the leg alone, instead of what it hears now, until the list ends or `leg.stop-play`. A new play replaces the old; a play
   * with the id of the one that is going on changes nothing. An id may come again after its play has ended. */
  z.object({ do: z.literal("leg.play"), ...to, play: playId, items: z.array(playItem).min(1).max(MAX_PLAY_ITEMS) }),
  z.object({ do: z.literal("leg.stop-play"), ...to }),
  /** Whether the level of what the leg sends is told, by `levels`. Off again when the leg ends, and whenever a server connects. */
  z.object({ do: z.literal("leg.levels"), ...to, on: z.boolean() }),
  z.object({ do: z.literal("leg.send-dtmf"), ...to, digits: z.string().regex(/^[0-9*#A-D]{1,32}$/) }),
  /**
   * The legs of the bridge are exactly these from now on. Each hears all others, but for those that `hears` names: a supervisor
   * who listens is heard by nobody, one who whispers only by the agent. A leg alone may be named to hear itself: an echo test.
   * Ends what was being played to them.
   */
  z.object({ do: z.literal("bridge.set"), bridge: bridgeId, legs: z.array(legId).max(MAX_BRIDGE_LEGS), hears: hears.optional() }),
  z.object({ do: z.literal("bridge.close"), bridge: bridgeId }),
  /** Records what `left` and `right` say, each on its own channel. */
  z.object({ do: z.literal("recording.start"), recording: recordingId, left: legId, right: legId }),
  z.object({ do: z.literal("recording.pause"), recording: recordingId }),
  z.object({ do: z.literal("recording.resume"), recording: recordingId }),
  /** The channels are these legs from now on: an agent who came back, or the next agent. */
  z.object({ do: z.literal("recording.legs"), recording: recordingId, left: legId, right: legId }),
  z.object({ do: z.literal("recording.stop"), recording: recordingId }),
  z.object({ do: z.literal("snapshot") }),
]);
export type Command = z.output<typeof command>;
export type CommandInput = z.input<typeof command>;

/** Why a command was refused. Nothing was done. */
export const commandError = z.object({
  type: z.enum(["bad-command", "leg-unknown", "leg-exists", "leg-wrong-state", "bridge-full", "trunk-unknown", "recording-unknown", "sdp-refused", "limit-reached", "overloaded", "file-missing", "failed"]),
  detail: z.string().max(500),
});
export type CommandError = z.output<typeof commandError>;
