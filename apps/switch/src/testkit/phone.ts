// A telephone for tests: plain RTP over loopback, a tone to say and ears that measure.
import { createSocket, type Socket } from "node:dgram";
import { toneAmplitude } from "@ringdesk/telecom/dsp";
import { alawToLinear, linearToAlaw, linearToUlaw, ulawToLinear } from "@ringdesk/telecom/g711";
import { emptyRtpHeader, parseRtp, writeRtpHeader, type RtpHeader } from "@ringdesk/telecom/rtp";
import { cipherFor } from "../leg/wire-cipher.ts";
import type { Law, SrtpKeys } from "../media-plane.types.ts";

const FRAME_MS = 20;
const FRAME_SAMPLES = 160;
export const EVENT_PAYLOAD_TYPE = 101;

export type Heard = RtpHeader & { readonly payload: Uint8Array };

export interface Phone {
  readonly port: number;
  readonly heard: Heard[];
  /** Begins to say a tone, paced by the clock; 0 Hz is silence. */
  readonly say: (hz: number) => void;
  readonly hush: () => void;
  /** Sends one packet now. */
  readonly send: (payloadType: number, timestamp: number, payload: Uint8Array, marker?: boolean) => void;
  readonly dial: (port: number) => void;
  /** Audio heard since the last call of this, as samples, in order of arrival. */
  readonly listen: () => Int16Array;
  readonly close: () => void;
}

/** `srtp`: the phone's own side of the keys; without them it speaks plain RTP. */
export async function createPhone(law: Law = "pcmu", srtp?: SrtpKeys): Promise<Phone> {
  const cipher = srtp === undefined ? null : cipherFor(srtp, null);
  const socket: Socket = createSocket("udp4");
  await new Promise<void>((resolve) => { socket.bind(0, "127.0.0.1", resolve); });
  const heard: Heard[] = [];
  let listened = 0;
  let target = 0;
  let sequence = Math.floor(Math.random() * 60_000);
  let sample = 0;
  let hz = 0;
  let timer: NodeJS.Timeout | null = null;
  const ssrc = Math.floor(Math.random() * 0xffff_ffff);
  const encode = law === "pcmu" ? linearToUlaw : linearToAlaw;

  socket.on("message", (received) => {
    const header = emptyRtpHeader();
    const bytes = cipher === null ? received : cipher.open(received);
    if (bytes !== null && parseRtp(bytes, header)) heard.push({ ...header, payload: new Uint8Array(bytes.subarray(header.payloadStart, header.payloadEnd)) });
  });

  const send: Phone["send"] = (payloadType, timestamp, payload, marker = false) => {
    const packet = new Uint8Array(12 + payload.length);
    sequence = (sequence + 1) & 0xffff;
    writeRtpHeader(packet, 0, payloadType, marker, sequence, timestamp >>> 0, ssrc);
    packet.set(payload, 12);
    socket.send(cipher === null ? packet : Uint8Array.from(cipher.protect(packet)), target, "127.0.0.1");
  };
  const sayFrame = (): void => {
    const payload = Uint8Array.from({ length: FRAME_SAMPLES }, (_, n) => encode[Math.round(8_000 * Math.sin((2 * Math.PI * hz * (sample + n)) / 8_000)) + 32_768]!);
    send(law === "pcmu" ? 0 : 8, sample, payload);
    sample += FRAME_SAMPLES;
  };
  const hush = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };

  return {
    port: socket.address().port, heard, send, hush,
    say: (frequency) => {
      hz = frequency;
      if (timer !== null) return;
      const started = performance.now();
      let frames = 0;
      timer = setInterval(() => {
        for (; frames * FRAME_MS <= performance.now() - started; frames += 1) sayFrame();
      }, FRAME_MS / 2);
    },
    dial: (port) => { target = port; },
    listen: () => {
      const news = heard.slice(listened).filter((packet) => packet.payloadType !== EVENT_PAYLOAD_TYPE);
      listened = heard.length;
      return Int16Array.from(news.flatMap((packet) => [...packet.payload].map((byte) => (packet.payloadType === 8 ? alawToLinear : ulawToLinear)[byte]!)));
    },
    close: () => {
      hush();
      socket.close();
    },
  };
}

/** The strongest of the given tones in the samples, or null when none reaches a tenth of what phones say. */
export function strongestTone(samples: ArrayLike<number>, candidates: readonly number[]): number | null {
  const ranked = candidates.map((hz) => ({ hz, amplitude: toneAmplitude(samples, hz) })).sort((a, b) => b.amplitude - a.amplitude);
  const best = ranked[0];
  return best !== undefined && best.amplitude > 800 ? best.hz : null;
}
