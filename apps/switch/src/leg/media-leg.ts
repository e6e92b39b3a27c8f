import { randomInt } from "node:crypto";
import type { LegId } from "@ringdesk/std";
import type { LegQuality } from "@ringdesk/contract/switch";
import { meanOpinionScore } from "@ringdesk/telecom/quality";
import { buildSenderReport } from "@ringdesk/telecom/rtcp";
import type { MediaEvent, MediaLegKind, NegotiatedMedia } from "../media-plane.types.ts";
import type { PaceClock } from "../sockets/pace-clock.ts";
import type { RtpSocket } from "../sockets/rtp-socket.ts";
import type { BrowserConnection } from "../webrtc/webrtc-side.ts";
import { IncomingAudio } from "./incoming-audio.ts";
import { OutgoingAudio } from "./outgoing-audio.ts";
import { cipherFor, type WireCipher } from "./wire-cipher.ts";

/** Reports are sent after half their interval to one and a half, so that those of many legs do not fall together (RFC 3550 §6.3.1). */
const REPORT_SPREAD = 1_000;
/** When our own loop stood still this long, silence before is no sign of loss: packets wait in the socket. */
const OWN_STALL_MS = 200;
const CNAME = "ringdesk";

/** The way of RTCP to the peer, and back when it has a port of its own. */
export interface ReportPath {
  readonly send: (report: Uint8Array) => void;
  readonly close: () => void;
}

/** One leg's media: what it says, what it hears, and the wire between. */
export type MediaLeg = {
  readonly id: LegId;
  readonly kind: MediaLegKind;
  readonly incoming: IncomingAudio;
  readonly outgoing: OutgoingAudio;
  state: "waiting" | "up" | "lost";
  /** The one of these that its kind has, while it is connected. */
  socket: RtpSocket | null;
  connection: BrowserConnection | null;
  /** SRTP of a SIP leg, or null while it speaks plain RTP. */
  cipher: WireCipher | null;
  /** Where the peer of a SIP leg wants RTCP: with RTP, on that port, or (null) on the one after its RTP port. */
  rtcp: "mux" | number | null;
  /** How RTCP of ours gets to the peer. */
  reports: ReportPath | null;
  /** The local RTP port of a SIP leg. */
  port: number | null;
  /** Browser offers so far, and which of them made the present connection: an older one must not speak for a newer. */
  attempts: number;
  currentConnection: number;
  /** The last play that was asked for, and how often anybody asked for another: see `media/playing.ts`. */
  lastPlay: string | null;
  playTicket: number;
  overtakenBy: "replaced" | "stopped";
  stopTicking: () => void;
};

export type LegOptions = {
  readonly clock: PaceClock;
  readonly silenceMs: number;
  readonly reportIntervalMs: number;
  readonly onEvent: (event: MediaEvent) => void;
  /** A key came as an event: those who hear the leg and cannot be relayed it are to get it in their own way. */
  readonly passKey: (leg: LegId, key: string) => void;
  /** A packet of one leg met a bug of ours. It is dropped; neither the leg nor the process ends by it. */
  readonly onBug: (leg: LegId, bug: unknown) => void;
};

/** A leg that is connected to nothing yet. It ticks from now on until {@link endMediaLeg}. */
export function createMediaLeg(id: LegId, kind: MediaLegKind, options: LegOptions): MediaLeg {
  const { clock, onEvent } = options;
  const incoming = new IncomingAudio({
    onFirst: () => {
      leg.state = "up";
      onEvent({ type: "media-connected", leg: id });
    },
    onKey: (key, by) => {
      onEvent({ type: "dtmf", leg: id, digit: key });
      // Tones are in the audio that is passed on anyway.
      if (by === "event") options.passKey(id, key);
    },
  });
  // RFC 3550 §5.1: unpredictable beginnings.
  const outgoing = new OutgoingAudio(
    { ssrc: randomInt(1, 0xffff_ffff), sequence: randomInt(0, 0x8000), timestamp: randomInt(0, 0x8000_0000) },
    { onFinished: (play) => onEvent({ type: "play-finished", leg: id, play, why: "completed" }) },
  );
  const leg: MediaLeg = { id, kind, incoming, outgoing, state: "waiting", socket: null, connection: null, cipher: null, rtcp: null, reports: null, port: null, attempts: 0, currentConnection: 0, lastPlay: null, playTicket: 0, overtakenBy: "stopped", stopTicking: () => {} };
  let lastTickAt = clock.nowMs();
  let quietSince = lastTickAt;
  let reportAt = lastTickAt + options.reportIntervalMs;
  leg.stopTicking = clock.add((nowMs, framesElapsed) => {
    if (nowMs - lastTickAt > OWN_STALL_MS) quietSince = nowMs;
    lastTickAt = nowMs;
    outgoing.tick(nowMs, framesElapsed);
    incoming.tick(nowMs, framesElapsed);
    if (leg.state !== "up") return;
    if (kind === "browser" && nowMs - Math.max(incoming.lastAt, quietSince) >= options.silenceMs) return loseMedia(leg, "silent", onEvent);
    if (nowMs < reportAt || !outgoing.sends) return;
    reportAt = nowMs + options.reportIntervalMs * (0.5 + randomInt(REPORT_SPREAD) / REPORT_SPREAD);
    leg.reports?.send(senderReport(leg, nowMs));
  });
  return leg;
}

/** Takes one datagram from a leg's wire: the edge where a bug stops. */
export function receivePacket(leg: MediaLeg, packet: Uint8Array, { clock, onBug }: LegOptions): void {
  try {
    leg.incoming.receive(packet, clock.nowMs());
  } catch (bug) {
    onBug(leg.id, bug);
  }
}

/** The leg's audio is gone; the next packet, over this or another connection, tells that it is back. */
export function loseMedia(leg: MediaLeg, why: "closed" | "silent" | "failed", onEvent: (event: MediaEvent) => void): void {
  if (leg.state === "lost") return;
  leg.state = "lost";
  leg.incoming.awaitFirst();
  onEvent({ type: "media-lost", leg: leg.id, why });
}

/** Applies what SDP settled to a SIP leg. */
export function negotiateRtp(leg: MediaLeg, socket: RtpSocket, media: NegotiatedMedia): void {
  const wantsAudio = (media.direction === "sendrecv" || media.direction === "sendonly") && media.remoteAddress !== "0.0.0.0" && media.remotePort !== 0;
  leg.outgoing.law = media.law;
  leg.outgoing.payloadType = media.payloadType ?? null;
  leg.incoming.dynamic = media.payloadType === undefined ? null : { payloadType: media.payloadType, law: media.law };
  leg.outgoing.eventPayloadType = media.dtmfPayloadType;
  leg.incoming.eventPayloadType = media.dtmfPayloadType;
  leg.cipher = media.srtp === undefined ? null : cipherFor(media.srtp, leg.cipher);
  leg.rtcp = media.rtcp ?? null;
  if (media.remoteAddress !== "0.0.0.0" && media.remotePort !== 0) socket.setPeer({ address: media.remoteAddress, port: media.remotePort });
  leg.outgoing.setSend(wantsAudio ? sendOver(socket, leg.cipher) : null);
}

/** The same function for the same socket and cipher: a change of it begins a new talk spurt. */
function sendOver(socket: RtpSocket, cipher: WireCipher | null): (packet: Uint8Array) => void {
  if (cipher === null) return socket.send;
  const known = protectedSends.get(cipher);
  if (known !== undefined) return known;
  const send = (packet: Uint8Array): void => socket.send(cipher.protect(packet));
  protectedSends.set(cipher, send);
  return send;
}
const protectedSends = new WeakMap<WireCipher, (packet: Uint8Array) => void>();

/** Ends a leg: it sends and hears nothing any more. */
export function endMediaLeg(leg: MediaLeg): void {
  leg.attempts += 1;
  leg.currentConnection = -1;
  leg.playTicket += 1;
  leg.stopTicking();
  leg.outgoing.setSend(null);
  leg.incoming.listener = null;
  leg.incoming.taps.clear();
  leg.reports?.close();
  leg.reports = null;
  leg.socket?.close();
  leg.connection?.close();
  leg.socket = null;
  leg.connection = null;
}

/** Over the whole leg, or over its last seconds for a display that is to follow what happens. */
export function qualityOf(leg: MediaLeg, over: "leg" | "recent"): LegQuality {
  const figures = leg.incoming.statistics.figures();
  const roundTripMs = leg.incoming.roundTripMs;
  return {
    packets: figures.packets,
    lost: figures.lost,
    jitterMs: round(figures.jitterMs),
    roundTripMs: roundTripMs === null ? null : round(roundTripMs),
    mos: figures.packets === 0 ? null : round(meanOpinionScore({ lossPercent: over === "leg" ? figures.lossPercent : figures.recentLossPercent, jitterMs: figures.jitterMs, roundTripMs })),
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;

function senderReport(leg: MediaLeg, nowMs: number): Uint8Array {
  const { stream } = leg.outgoing;
  const { statistics } = leg.incoming;
  const figures = statistics.figures();
  return buildSenderReport({
    ssrc: stream.ssrc, atMs: nowMs, timestamp: stream.timestamp + Math.round((nowMs - stream.timestampAtMs) * 8),
    packets: stream.packets, payloadBytes: stream.payloadBytes, cname: CNAME,
    received: statistics.ssrc === -1 ? null : {
      ssrc: statistics.ssrc, fractionLost: Math.min(255, Math.round(figures.recentLossPercent * 2.56)),
      cumulativeLost: figures.lost, extendedHighest: statistics.extendedHighest, jitterUnits: statistics.jitterUnits,
      ...leg.incoming.peerReport(nowMs),
    },
  });
}
