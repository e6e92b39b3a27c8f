import { EventReceiver } from "@ringdesk/telecom/dtmf";
import { parseRtcp, roundTripMs } from "@ringdesk/telecom/rtcp";
import { ReceiveStatistics } from "@ringdesk/telecom/quality";
import { emptyRtpHeader, isRtcp, parseRtp, type RtpHeader } from "@ringdesk/telecom/rtp";
import type { Law } from "../media-plane.types.ts";
import { KeyEar } from "./key-ear.ts";

/** Static payload types of G.711 (RFC 3551 §6). */
export const PAYLOAD_TYPE = { pcmu: 0, pcma: 8 } as const satisfies Record<Law, number>;
/** Who hears a leg: the leg at the other end of its bridge. Both may change the packet. */
export interface Listener {
  readonly relayAudio: (packet: Uint8Array, header: RtpHeader, law: Law, nowMs: number) => void;
  readonly relayEvent: (packet: Uint8Array, header: RtpHeader, nowMs: number) => void;
}

/** Who looks on without changing anything: a recording's channel. */
export interface Tap {
  readonly hear: (packet: Uint8Array, header: RtpHeader, law: Law, nowMs: number) => void;
}

export type IncomingEvents = {
  /** The first packet since the start or since {@link IncomingAudio.awaitFirst}. */
  readonly onFirst: () => void;
  /** A key was pressed; `by` tells whether it came as an event or as tones within the audio. */
  readonly onKey: (key: string, by: "event" | "tone") => void;
};

/** What one leg sends to us: counted, searched for keys, recorded and passed on. Allocates nothing per packet. */
export class IncomingAudio {
  readonly statistics = new ReceiveStatistics();
  readonly taps = new Set<Tap>();
  listener: Listener | null = null;
  /** Payload type of telephone-event, or null when the peer has none and keys are searched for in the audio. */
  eventPayloadType: number | null = null;
  /** A codec under another payload type than its static one, which is then understood beside it. */
  dynamic: { readonly payloadType: number; readonly law: Law } | null = null;
  readonly #events: IncomingEvents;
  readonly #header = emptyRtpHeader();
  readonly #keys = new EventReceiver();
  #ear: KeyEar | null = null;
  #lastAt = Number.NEGATIVE_INFINITY;
  #awaiting = true;
  #roundTripMs: number | null = null;
  /** The peer's last sender report, and when it came. */
  #peerReport = 0;
  #peerReportAt = 0;

  constructor(events: IncomingEvents) {
    this.#events = events;
  }

  /** When RTP last arrived, on the paced clock; −∞ before the first. */
  get lastAt(): number { return this.#lastAt; }
  /** Measured by the peer's RTCP reports, or null. */
  get roundTripMs(): number | null { return this.#roundTripMs; }
  /** What a report of ours says of the peer's last one, from which the peer learns its round-trip time (RFC 3550 §6.4.1). */
  peerReport(nowMs: number): { readonly lastSenderReport: number; readonly sinceSenderReportMs: number } {
    return { lastSenderReport: this.#peerReport, sinceSenderReportMs: this.#peerReport === 0 ? 0 : nowMs - this.#peerReportAt };
  }
  /** No packet since the start or {@link awaitFirst}. */
  get awaiting(): boolean { return this.#awaiting; }

  /** Tells the next packet as a first one again: a new connection of the same leg, or one that was lost. */
  awaitFirst(): void { this.#awaiting = true; }

  /** Takes any datagram. What is neither RTP of ours nor RTCP is dropped. */
  receive(packet: Uint8Array, nowMs: number): void {
    if (isRtcp(packet)) {
      this.#receiveReport(packet, nowMs);
      return;
    }
    const header = this.#header;
    if (!parseRtp(packet, header)) return;
    const isEvent = header.payloadType === this.eventPayloadType;
    const law = lawOf(header.payloadType) ?? (header.payloadType === this.dynamic?.payloadType ? this.dynamic.law : null);
    if (!isEvent && law === null) return;
    this.statistics.count(header.ssrc, header.sequence, header.timestamp, nowMs, !isEvent);
    this.#lastAt = nowMs;
    if (this.#awaiting) {
      this.#awaiting = false;
      this.#events.onFirst();
    }
    if (isEvent) this.#receiveEvent(packet, header, nowMs);
    else if (law !== null) this.#receiveAudio(packet, header, law, nowMs);
  }

  /** Tells keys in the audio. */
  tick(nowMs: number, framesElapsed: number): void {
    const tone = this.#ear?.listen(nowMs, framesElapsed) ?? null;
    if (tone !== null) this.#events.onKey(tone, "tone");
  }

  #receiveEvent(packet: Uint8Array, header: RtpHeader, nowMs: number): void {
    const key = this.#keys.receive(packet, header.payloadStart, header.payloadEnd, header.timestamp);
    if (key !== null) this.#events.onKey(key, "event");
    this.listener?.relayEvent(packet, header, nowMs);
  }

  #receiveAudio(packet: Uint8Array, header: RtpHeader, law: Law, nowMs: number): void {
    if (this.eventPayloadType === null) {
      this.#ear ??= new KeyEar();
      this.#ear.hear(packet, header, law, nowMs);
    }
    for (const tap of this.taps) tap.hear(packet, header, law, nowMs);
    this.listener?.relayAudio(packet, header, law, nowMs);
  }

  #receiveReport(packet: Uint8Array, nowMs: number): void {
    const compound = parseRtcp(packet);
    if (compound === null) return;
    for (const report of compound.reports) this.#roundTripMs = roundTripMs(report, nowMs) ?? this.#roundTripMs;
    if (compound.senderReport === null) return;
    this.#peerReport = compound.senderReport;
    this.#peerReportAt = nowMs;
  }
}

const lawOf = (payloadType: number): Law | null => (payloadType === PAYLOAD_TYPE.pcmu ? "pcmu" : payloadType === PAYLOAD_TYPE.pcma ? "pcma" : null);
