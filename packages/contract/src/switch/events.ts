import { z } from "zod";
import { bridgeId, instant, legId, recordingId, span } from "../ids/index.ts";
import { sipTransport, hears, trunkId } from "./commands.ts";

/** Measured on what a leg sent to us. MOS by ITU-T G.107 for G.711 with concealment. */
export const legQuality = z.object({
  packets: z.number().int().nonnegative(),
  lost: z.number().int().nonnegative(),
  /** RFC 3550 §6.4.1 interarrival jitter. */
  jitterMs: z.number().nonnegative(),
  roundTripMs: z.number().nonnegative().nullable(),
  mos: z.number().min(1).max(4.5).nullable(),
});
export type LegQuality = z.output<typeof legQuality>;

/** Why a leg is over, in words that are the same for SIP and for a browser. */
export const legEndCause = z.enum([
  "hangup", "cancelled", "rejected", "busy", "no-answer", "declined", "not-found", "not-allowed", "unreachable",
  "no-common-codec", "media-timeout", "media-lost", "protocol-error", "limit-reached", "switch-failed",
]);
export type LegEndCause = z.output<typeof legEndCause>;

const on = { leg: legId };
const registeredNumber = z.string().min(1).max(64);

/** Forwardings of one call that are told; more are a loop, and refused. */
export const MAX_DIVERSIONS = 10;
/** A number that forwarded the call to us, the latest first, and why: `unconditional`, `no-answer`, … (RFC 5806, RFC 7044). */
export const diversion = z.object({ number: z.string().max(128), reason: z.string().max(32) });
export type Diversion = z.output<typeof diversion>;

/** How a trunk is. A target is `down` when it twice did not answer, or said that it is overloaded. */
export const trunkState = z.object({
  trunk: trunkId,
  registration: z.enum(["none", "trying", "registered", "refused", "unreachable"]),
  targets: z.array(z.object({ host: z.string(), port: z.number().int(), transport: sipTransport, state: z.enum(["up", "down"]) })).max(64),
});
export type TrunkState = z.output<typeof trunkState>;

/** Whether the switch has fallen behind with its audio; new calls are refused then. `lateMs`: how late a frame of the last second was at worst. */
export const switchLoad = z.object({ state: z.enum(["normal", "overloaded"]), lateMs: z.number().int().nonnegative() });
export type SwitchLoad = z.output<typeof switchLoad>;

export const switchEvent = z.discriminatedUnion("type", [
  /** A call arrives and waits for leg.answer or leg.reject. `from` is null when the caller hides the number. */
  z.object({ type: z.literal("leg.incoming"), ...on, trunk: trunkId, from: z.string().max(128).nullable(), fromName: z.string().max(128).nullable(), to: z.string().max(128), sipCallId: z.string().max(256),
    diversions: z.array(diversion).max(MAX_DIVERSIONS).optional() }),
  z.object({ type: z.literal("leg.ringing"), ...on }),
  z.object({ type: z.literal("leg.early-media"), ...on }),
  z.object({ type: z.literal("leg.answered"), ...on }),
  /** Audio of the leg arrives: for a browser after ICE and DTLS, for SIP with its first packet. Again after media-lost. */
  z.object({ type: z.literal("leg.media-connected"), ...on }),
  /** A browser's audio has stopped; the leg waits for a new connection until it is hung up or a minute has passed. */
  z.object({ type: z.literal("leg.media-lost"), ...on, why: z.enum(["closed", "silent", "failed"]) }),
  /** A key was pressed: told when it begins, as an event, a tone or by SIP INFO. */
  z.object({ type: z.literal("leg.dtmf"), ...on, digit: z.string().regex(/^[0-9*#A-D]$/) }),
  z.object({ type: z.literal("leg.held-by-peer"), ...on }),
  z.object({ type: z.literal("leg.resumed-by-peer"), ...on }),
  /** The last event of a leg. */
  z.object({ type: z.literal("leg.ended"), ...on, cause: legEndCause, by: z.enum(["peer", "server", "switch"]), quality: legQuality.nullable() }),
  /** Item `item` (from 0) of a play list has begun. */
  z.object({ type: z.literal("play.reached"), ...on, play: z.string(), item: z.number().int().nonnegative() }),
  z.object({ type: z.literal("play.finished"), ...on, play: z.string(), why: z.enum(["completed", "stopped", "replaced", "failed"]) }),
  z.object({ type: z.literal("recording.started"), recording: recordingId }),
  /** `why` is failed when the disk refused; what was written until then is kept. `path` is relative to the media folder. */
  z.object({ type: z.literal("recording.stopped"), recording: recordingId, why: z.enum(["completed", "failed", "repaired"]), durationMs: span, path: z.string() }),
  /** A phone has registered a number at a trunk; `number` is as the phone wrote it. Renewals are not told. */
  z.object({ type: z.literal("phone.registered"), trunk: trunkId, number: registeredNumber }),
  /** The phone has gone, or has not renewed its registration in time. */
  z.object({ type: z.literal("phone.unregistered"), trunk: trunkId, number: registeredNumber }),
  /** A target of a trunk went down or came back, or our registration at it changed. */
  z.object({ type: z.literal("trunk.state"), ...trunkState.shape }),
  /** The switch refuses new calls from now on, or takes them again. */
  z.object({ type: z.literal("switch.load"), ...switchLoad.shape }),
]);
export type SwitchEvent = z.output<typeof switchEvent>;

/** An event as it is sent: numbered without gaps within one life (`epoch`) of the switch. */
export const numberedEvent = z.object({ seq: z.number().int().positive(), at: instant, event: switchEvent });
export type NumberedEvent = z.output<typeof numberedEvent>;

/** All that the switch holds, for a server that has just connected. */
export const snapshot = z.object({
  /** Number of the last event that this snapshot already includes. */
  seq: z.number().int().nonnegative(),
  legs: z.array(z.object({
    leg: legId,
    kind: z.enum(["sip", "browser"]),
    direction: z.enum(["in", "out"]),
    state: z.enum(["incoming", "dialling", "ringing", "up", "media-lost", "ended"]),
    hears: z.enum(["nothing", "play", "bridge"]),
    /** What `leg.hold` said last; not given: false. */
    onHold: z.boolean().optional(),
    quality: legQuality.nullable(),
  })),
  bridges: z.array(z.object({ bridge: bridgeId, legs: z.array(legId), hears: hears.optional() })),
  recordings: z.array(z.object({ recording: recordingId, state: z.enum(["recording", "paused"]) })),
  /** Numbers that phones have registered; in the order in which they came. */
  phones: z.array(z.object({ trunk: trunkId, number: registeredNumber })).default([]),
  /** Trunks with targets. */
  trunks: z.array(trunkState).optional(),
  load: switchLoad.optional(),
});
export type Snapshot = z.output<typeof snapshot>;
