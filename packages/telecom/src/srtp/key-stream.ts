import { AES_BLOCK_BYTES, type SessionKeys } from "./keys.ts";

/** Key stream is made for this many packets at once: one call of the cipher costs as much as twenty blocks in it. */
const AHEAD_PACKETS = 32;
/** Blocks for 20 ms of G.711 and a little; longer payloads get theirs packet by packet. */
const PACKET_BLOCKS = 11;
const PACKET_BYTES = PACKET_BLOCKS * AES_BLOCK_BYTES;

/** AES in counter mode for one stream (RFC 3711 §4.1.1): the counter begins with salt, SSRC and packet index. */
export class KeyStream {
  readonly #keys: SessionKeys;
  readonly #ssrc: number;
  readonly #counters = new Uint8Array(AHEAD_PACKETS * PACKET_BYTES);
  readonly #ahead = new Uint8Array(AHEAD_PACKETS * PACKET_BYTES);
  /** Index of the first packet in `#ahead`; negative when there is none. */
  #first = -1;

  constructor(keys: SessionKeys, ssrc: number) {
    this.#keys = keys;
    this.#ssrc = ssrc;
  }

  /** Encrypts or decrypts `bytes[start, end)` of the packet with that index. */
  apply(bytes: Uint8Array, start: number, end: number, index: number): void {
    if (end - start > PACKET_BYTES) return applyKeyOnce(this.#keys, this.#ssrc, bytes, start, end, index);
    if (this.#first < 0 || index < this.#first || index >= this.#first + AHEAD_PACKETS) this.#fill(index);
    const key = this.#ahead;
    for (let at = start, from = (index - this.#first) * PACKET_BYTES; at < end; at += 1, from += 1) bytes[at]! ^= key[from]!;
  }

  #fill(index: number): void {
    // A packet from before what is held is a straggler: more of them may come.
    this.#first = this.#first >= 0 && index < this.#first ? Math.max(0, index - AHEAD_PACKETS + 1) : index;
    for (let packet = 0; packet < AHEAD_PACKETS; packet += 1) writeCounters(this.#keys, this.#ssrc, this.#counters, packet * PACKET_BYTES, PACKET_BLOCKS, this.#first + packet);
    this.#ahead.set(this.#keys.aes(this.#counters));
  }
}

/** Encrypts or decrypts `bytes[start, end)` of one packet without thinking of the next: long or rare ones. */
export function applyKeyOnce(keys: SessionKeys, ssrc: number, bytes: Uint8Array, start: number, end: number, index: number): void {
  const blocks = Math.ceil((end - start) / AES_BLOCK_BYTES);
  const counters = new Uint8Array(blocks * AES_BLOCK_BYTES);
  writeCounters(keys, ssrc, counters, 0, blocks, index);
  const key = keys.aes(counters);
  for (let at = start; at < end; at += 1) bytes[at]! ^= key[at - start]!;
}

function writeCounters({ salt }: SessionKeys, ssrc: number, into: Uint8Array, at: number, blocks: number, index: number): void {
  const high = Math.floor(index / 0x1_0000);
  for (let block = 0; block < blocks; block += 1) {
    const o = at + block * AES_BLOCK_BYTES;
    for (let n = 0; n < AES_BLOCK_BYTES; n += 1) into[o + n] = salt[n]!;
    into[o + 4]! ^= ssrc >>> 24;
    into[o + 5]! ^= ssrc >>> 16;
    into[o + 6]! ^= ssrc >>> 8;
    into[o + 7]! ^= ssrc;
    into[o + 8]! ^= high >>> 24;
    into[o + 9]! ^= high >>> 16;
    into[o + 10]! ^= high >>> 8;
    into[o + 11]! ^= high;
    into[o + 12]! ^= index >>> 8;
    into[o + 13]! ^= index;
    into[o + 14] = block >>> 8;
    into[o + 15] = block;
  }
}
