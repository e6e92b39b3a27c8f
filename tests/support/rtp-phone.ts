// The audio half of a test telephone: sends a tone as RTP every 20 ms and keeps all that it hears, with arrival times.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { ulawToLinear, ulawTone } from "./sound.ts";

const FRAME = 160;
/** Payload type of telephone-event in the test's SDP. */
const EVENT = 101;
const KEYS = "0123456789*#ABCD";

interface Heard { readonly at: number; readonly seq: number; readonly payload: Uint8Array }

export interface RtpPhone {
  readonly port: number;
  /** Sends the tone to this address from now on. */
  readonly talkTo: (port: number, address?: string) => void;
  /** An RFC 4733 digit, 100 ms long. */
  readonly press: (digit: string) => Promise<void>;
  /** Samples heard between two instants of `performance.now()`. */
  readonly heard: (from: number, to: number) => Int16Array;
  /** The same as raw µ-law bytes. */
  readonly bytes: (from: number, to: number) => Uint8Array;
  /** The longest pause between two packets that arrived in that time, in milliseconds. */
  readonly longestPause: (from: number, to: number) => number;
  /** The RFC 4733 digits heard so far, each once. */
  readonly digits: () => string;
  readonly close: () => void;
}

/** Opens the phone on a free loopback port; it speaks `hz` once it knows to whom, or to whoever speaks to it first. */
export async function openRtpPhone(hz: number): Promise<RtpPhone> {
  const socket: Socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const heard: Heard[] = [];
  const tone = ulawTone(hz, 1_000);
  let to: { port: number; address: string } | null = null;
  let seq = 1_000, timestamp = 160_000, at = 0;
  const ssrc = Math.floor(Math.random() * 2 ** 32);
  const packet = (payloadType: number, payload: Uint8Array, marker: boolean, stamp: number): void => {
    const b = Buffer.alloc(12 + payload.length);
    b[0] = 0x80; b[1] = payloadType | (marker ? 0x80 : 0);
    b.writeUInt16BE(seq & 0xffff, 2); b.writeUInt32BE(stamp >>> 0, 4); b.writeUInt32BE(ssrc, 8); b.set(payload, 12);
    seq += 1;
    if (to) socket.send(b, to.port, to.address);
  };
  const digits: { readonly stamp: number; readonly digit: string }[] = [];
  socket.on("message", (b, from) => {
    to ??= { port: from.port, address: from.address };
    const stamp = b.length > 12 ? b.readUInt32BE(4) : 0;
    if (b.length === 16 && (b[1]! & 0x7f) === EVENT && digits.at(-1)?.stamp !== stamp) digits.push({ stamp, digit: KEYS[b[12]!] ?? "?" });
    if (b.length > 12 && (b[1]! & 0x7f) === 0) heard.push({ at: performance.now(), seq: b.readUInt16BE(2), payload: new Uint8Array(b.subarray(12)) });
  });
  let pressing: { digit: number; left: number; stamp: number } | null = null;
  const started = performance.now();
  let sent = 0;
  const tick = (): void => {
    while (started + sent * 20 <= performance.now()) {
      sent += 1;
      if (pressing) {
        const done = 8 - pressing.left;
        const end = pressing.left <= 3;
        packet(EVENT, Uint8Array.of(pressing.digit, (end ? 0x80 : 0) | 10, ((Math.min(done, 5) * FRAME) >> 8) & 0xff, (Math.min(done, 5) * FRAME) & 0xff), done === 0, pressing.stamp);
        pressing.left -= 1;
        if (pressing.left === 0) pressing = null;
      } else packet(0, tone.subarray(at, at + FRAME), false, timestamp);
      at = (at + FRAME) % tone.length;
      timestamp += FRAME;
    }
  };
  const timer = setInterval(tick, 10);
  const bytes = (from: number, until: number): Uint8Array => {
    const parts = heard.filter((h) => h.at >= from && h.at < until);
    const out = new Uint8Array(parts.reduce((n, p) => n + p.payload.length, 0));
    let o = 0;
    for (const p of parts) { out.set(p.payload, o); o += p.payload.length; }
    return out;
  };
  return {
    port: socket.address().port,
    talkTo: (port, address = "127.0.0.1") => { to = { port, address }; },
    press: async (digit) => {
      pressing = { digit: KEYS.indexOf(digit), left: 8, stamp: timestamp };
      while (pressing) await new Promise((r) => { setTimeout(r, 20); });
    },
    bytes,
    heard: (from, until) => ulawToLinear(bytes(from, until)),
    longestPause: (from, until) => {
      const times = [from, ...heard.filter((h) => h.at >= from && h.at < until).map((h) => h.at), until];
      return Math.max(...times.slice(1).map((t, i) => t - times[i]!));
    },
    digits: () => digits.map(({ digit }) => digit).join(""),
    close: () => { clearInterval(timer); socket.close(); },
  };
}
