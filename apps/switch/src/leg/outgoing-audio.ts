import { EVENT_BYTES, EventSender, KEY_FREQUENCIES } from "@ringdesk/telecom/dtmf";
import { encodeSum } from "@ringdesk/telecom/dsp";
import { alawToUlaw, linearToAlaw, linearToUlaw, transcodeInPlace, ulawToAlaw, ULAW_SILENCE } from "@ringdesk/telecom/g711";
import { FRAME_SAMPLES, HEADER_BYTES, OutgoingStream, type OutgoingStreamStart, type RtpHeader } from "@ringdesk/telecom/rtp";
import type { Law } from "../media-plane.types.ts";
import type { Player } from "../media/player.ts";
import { PAYLOAD_TYPE, type Listener } from "./incoming-audio.ts";

/** When nothing was relayed for this long, silence keeps the stream going. Shorter gaps are the listener's to conceal. */
export const RELAY_GAP_MS = 200;
/** Packets are built in turns in this many buffers: a send that the kernel delays still reads what it was given. */
const BUFFERS = 8;
const PACKET_BYTES = HEADER_BYTES + FRAME_SAMPLES;
const KEY_AMPLITUDE = 5_000;
const SAMPLE_RATE_HZ = 8_000;

export type OutgoingEvents = { readonly onFinished: (play: string) => void };

/**
 * What one leg hears. Exactly one source at a time, in this order: keys that are being sent, the player, the bridge (the leg at
 * its other end, or a mix of several), silence. Whatever the source, the peer receives one continuous RTP stream.
 */
export class OutgoingAudio implements Listener {
  readonly stream: OutgoingStream;
  readonly keys = new EventSender();
  law: Law = "pcmu";
  /** Payload type of the codec where it is not the static one of the law. */
  payloadType: number | null = null;
  /** Payload type of telephone-event, or null: keys are then sent as tones. */
  eventPayloadType: number | null = null;
  readonly #events: OutgoingEvents;
  readonly #buffers = packetBuffers();
  #turn = 0;
  #send: ((packet: Uint8Array) => void) | null = null;
  #player: Player | null = null;
  #lastRelayAt = Number.NEGATIVE_INFINITY;
  #toneSample = 0;

  constructor(start: OutgoingStreamStart, events: OutgoingEvents) {
    this.stream = new OutgoingStream(start);
    this.#events = events;
  }

  get player(): Player | null { return this.#player; }
  /** The peer wants what we say. */
  get sends(): boolean { return this.#send !== null; }

  /** Who takes each finished packet; null while the peer must not be sent to. */
  setSend(send: ((packet: Uint8Array) => void) | null): void {
    if (send === this.#send) return;
    this.#send = send;
    this.stream.interrupt();
  }

  /** Replaces what is played; null goes back to the bridge or silence. Tells nobody. */
  setPlayer(player: Player | null): void {
    this.#player = player;
  }

  /** The leg is heard by somebody else from now on: the next relayed packet begins a new talk spurt. */
  sourceChanged(): void {
    this.#lastRelayAt = Number.NEGATIVE_INFINITY;
    this.stream.interrupt();
  }

  relayAudio(packet: Uint8Array, header: RtpHeader, law: Law, nowMs: number): void {
    if (this.#send === null) return;
    if (this.#player !== null || !this.keys.idle) return this.stream.withheld();
    if (law !== this.law) transcodeInPlace(packet, header.payloadStart, header.payloadEnd, law === "pcmu" ? ulawToAlaw : alawToUlaw);
    this.#relay(packet, header, this.payloadType ?? PAYLOAD_TYPE[this.law], false, nowMs);
  }

  relayEvent(packet: Uint8Array, header: RtpHeader, nowMs: number): void {
    if (this.#send === null || this.eventPayloadType === null) return;
    if (this.#player !== null || !this.keys.idle) return this.stream.withheld();
    this.#relay(packet, header, this.eventPayloadType, true, nowMs);
  }

  /** Takes the next 20 ms of a mix, as a sum of 16-bit samples. */
  hearMix(sum: Int32Array, nowMs: number, framesElapsed: number): void {
    this.#lastRelayAt = nowMs;
    if (this.#send === null || this.#player !== null || !this.keys.idle) return;
    const packet = this.#nextBuffer();
    encodeSum(sum, this.law === "pcmu" ? linearToUlaw : linearToAlaw, packet, HEADER_BYTES);
    this.stream.frame(packet, this.payloadType ?? PAYLOAD_TYPE[this.law], framesElapsed, nowMs);
    this.#send(packet);
  }

  /** One frame of the paced clock. */
  tick(nowMs: number, framesElapsed: number): void {
    if (!this.keys.idle) {
      // Keys wait for a peer that can be sent to: one that nobody gets would be a gap in the stream, and lost.
      if (this.#send !== null) this.#sendKeys(nowMs, framesElapsed);
      return;
    }
    const player = this.#player;
    if (player !== null) {
      if (player.done) {
        this.#player = null;
        this.#events.onFinished(player.play);
        // The event may have started the next list, which then begins in this very frame.
        if (this.#player !== null) this.#playFrame(this.#player, nowMs, framesElapsed);
        else this.#keepAlive(nowMs, framesElapsed);
        return;
      }
      this.#playFrame(player, nowMs, framesElapsed);
      return;
    }
    this.#keepAlive(nowMs, framesElapsed);
  }

  #playFrame(player: Player, nowMs: number, framesElapsed: number): void {
    const packet = this.#nextBuffer();
    player.fill(packet, HEADER_BYTES, FRAME_SAMPLES);
    this.#sendFrame(packet, nowMs, framesElapsed);
  }

  #keepAlive(nowMs: number, framesElapsed: number): void {
    if (this.#send === null || nowMs - this.#lastRelayAt < RELAY_GAP_MS) return;
    const packet = this.#nextBuffer();
    packet.fill(ULAW_SILENCE, HEADER_BYTES);
    this.#sendFrame(packet, nowMs, framesElapsed);
  }

  #sendKeys(nowMs: number, framesElapsed: number): void {
    const packet = this.#nextBuffer();
    const step = this.keys.next(packet, HEADER_BYTES);
    if (step.kind === "event" && this.eventPayloadType !== null) {
      if (step.first) this.stream.beginEvent(nowMs);
      const event = packet.subarray(0, HEADER_BYTES + EVENT_BYTES);
      this.stream.eventPacket(event, this.eventPayloadType);
      this.#send?.(event);
      for (let copy = 1; copy < step.packets; copy += 1) {
        const again = this.#nextBuffer().subarray(0, HEADER_BYTES + EVENT_BYTES);
        again.set(event);
        this.stream.eventPacket(again, this.eventPayloadType);
        this.#send?.(again);
      }
      return;
    }
    if (step.kind === "event") this.#fillTone(packet, step.key, step.first);
    else packet.fill(ULAW_SILENCE, HEADER_BYTES);
    this.#sendFrame(packet, nowMs, framesElapsed);
  }

  #fillTone(packet: Uint8Array, key: string, first: boolean): void {
    const [low, high] = KEY_FREQUENCIES.get(key) ?? [0, 0];
    if (first) this.#toneSample = 0;
    for (let at = HEADER_BYTES; at < PACKET_BYTES; at += 1, this.#toneSample += 1) {
      const turn = (2 * Math.PI * this.#toneSample) / SAMPLE_RATE_HZ;
      packet[at] = linearToUlaw[Math.round(KEY_AMPLITUDE * (Math.sin(turn * low) + Math.sin(turn * high))) + 32_768]!;
    }
  }

  /** Sends a frame whose payload is µ-law so far. */
  #sendFrame(packet: Uint8Array, nowMs: number, framesElapsed: number): void {
    if (this.#send === null) return;
    if (this.law === "pcma") transcodeInPlace(packet, HEADER_BYTES, PACKET_BYTES, ulawToAlaw);
    this.stream.frame(packet, this.payloadType ?? PAYLOAD_TYPE[this.law], framesElapsed, nowMs);
    this.#send(packet);
  }

  #relay(packet: Uint8Array, header: RtpHeader, payloadType: number, isEvent: boolean, nowMs: number): void {
    this.#lastRelayAt = nowMs;
    const start = this.stream.relay(packet, header, payloadType, isEvent, nowMs);
    if (start === -1) return;
    this.#send?.(start === 0 && header.payloadEnd === packet.length ? packet : packet.subarray(start, header.payloadEnd));
  }

  #nextBuffer(): Buffer {
    this.#turn = (this.#turn + 1) % BUFFERS;
    return this.#buffers[this.#turn]!;
  }
}

function packetBuffers(): readonly Buffer[] {
  const all = Buffer.alloc(BUFFERS * PACKET_BYTES);
  return Array.from({ length: BUFFERS }, (_, turn) => all.subarray(turn * PACKET_BYTES, (turn + 1) * PACKET_BYTES));
}
