// Keys of SRTP in a session description: a=crypto (RFC 4568). One suite; a line with anything that we do not do is passed over.
import type { Attribute } from "./description.ts";

const SUITE = "AES_CM_128_HMAC_SHA1_80";
/** Master key of 16 bytes and salt of 14 (RFC 4568 §6.1). */
export const SRTP_MASTER_BYTES = 30;
/** RFC 4568 §6.1: packets under one key; also written as a power of two. More than 2^48 there cannot be. */
const lifetime = /^(?:2\^(?:[1-9]|[1-3]\d|4[0-8])|[1-9]\d{0,14})$/;

/** Keys of one secured stream: `send` for what we send, `receive` for what the peer sends. Each is a key with its salt. */
export type SrtpKeys = { readonly send: Uint8Array; readonly receive: Uint8Array };

/** One a=crypto line that we can use. */
export type CryptoLine = { readonly tag: number; readonly master: Uint8Array };

/**
 * The first usable crypto line; null when there is none. Passed over: other suites, several keys, master key identifiers,
 * and every session parameter but WSH, for they weaken the stream or change its form (RFC 4568 §6.3).
 */
export function readCrypto(attributes: readonly Attribute[]): CryptoLine | null {
  for (const { name, value } of attributes) {
    if (name !== "crypto" || value === null) continue;
    const [tag = "", suite, keys = "", ...params] = value.split(/[ \t]+/);
    if (!/^\d{1,9}$/.test(tag) || suite?.toUpperCase() !== SUITE || !params.every((p) => /^WSH=\d{2,10}$/i.test(p))) continue;
    const master = readInline(keys);
    if (master !== null) return { tag: Number(tag), master };
  }
  return null;
}

function readInline(text: string): Uint8Array | null {
  const [key = "", life, ...more] = text.split("|");
  if (!/^inline:/i.test(key) || more.length > 0 || (life !== undefined && !lifetime.test(life))) return null;
  const bytes = fromBase64(key.slice("inline:".length));
  return bytes?.length === SRTP_MASTER_BYTES ? bytes : null;
}

export const cryptoLine = ({ tag, master }: CryptoLine): Attribute => ({ name: "crypto", value: `${tag} ${SUITE} inline:${toBase64(master)}` });

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const valueOf = new Map(Array.from(ALPHABET, (c, value) => [c, value]));

/** RFC 4648 §4; null for anything but whole groups of the alphabet. Padding is not asked for: 30 bytes need none. */
function fromBase64(text: string): Uint8Array | null {
  if (text.length > 4 * SRTP_MASTER_BYTES || text.length % 4 !== 0) return null;
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let i = 0, o = 0; i < text.length; i += 4, o += 3) {
    let group = 0;
    for (let k = 0; k < 4; k++) {
      const value = valueOf.get(text[i + k] ?? "");
      if (value === undefined) return null;
      group = (group << 6) | value;
    }
    bytes[o] = group >> 16;
    bytes[o + 1] = (group >> 8) & 0xff;
    bytes[o + 2] = group & 0xff;
  }
  return bytes;
}

/** Of a whole number of groups of three bytes. */
function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i + 2 < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (const shift of [18, 12, 6, 0]) text += ALPHABET[(group >> shift) & 63];
  }
  return text;
}
