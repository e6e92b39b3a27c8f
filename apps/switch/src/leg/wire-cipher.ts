import { createCipheriv } from "node:crypto";
import { MAX_PACKET_BYTES } from "@ringdesk/telecom/rtp";
import { SRTP_OVERHEAD_BYTES, SrtpReceiver, SrtpSender, type NewAes } from "@ringdesk/telecom/srtp";
import type { SrtpKeys } from "../media-plane.types.ts";

/** Packets are protected in turns in this many buffers: a send that the kernel delays still reads what it was given. */
const BUFFERS = 8;

/** SRTP and SRTCP of one SIP leg. */
export interface WireCipher {
  /** The protected form of a packet of ours; valid until {@link BUFFERS} more were protected. */
  readonly protect: (packet: Uint8Array) => Uint8Array;
  /** The plain packet, in place, or null when it is not authentic or was seen before. */
  readonly open: (packet: Uint8Array) => Uint8Array | null;
  readonly keys: SrtpKeys;
}

const newAes: NewAes = (key) => {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
};

/** The cipher for these keys: the present one while they are the same, whose counters must go on (RFC 3711 §3.2.1). */
export function cipherFor(keys: SrtpKeys, present: WireCipher | null): WireCipher {
  return present !== null && isSame(present.keys.local, keys.local) && isSame(present.keys.remote, keys.remote) ? present : createWireCipher(keys);
}

function createWireCipher(keys: SrtpKeys): WireCipher {
  const sender = new SrtpSender(keys.local, newAes);
  const receiver = new SrtpReceiver(keys.remote, newAes);
  const buffers = Array.from({ length: BUFFERS }, () => Buffer.allocUnsafe(MAX_PACKET_BYTES + SRTP_OVERHEAD_BYTES));
  let turn = 0;
  return {
    keys,
    protect: (packet) => {
      turn = (turn + 1) % BUFFERS;
      const buffer = buffers[turn]!;
      return buffer.subarray(0, sender.protect(packet, buffer));
    },
    open: (packet) => {
      const length = receiver.unprotect(packet);
      return length === -1 ? null : packet.subarray(0, length);
    },
  };
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);
