// SHA-1 (FIPS 180-4) and HMAC (RFC 2104) for short messages with one key. The two inner states of a key are computed once, so
// that a packet costs four compressions and no allocation; a call into a native library costs more than that.

const BLOCK_BYTES = 64;
export const TAG_SOURCE_BYTES = 20;
const INITIAL = [0x6745_2301, 0xefcd_ab89 | 0, 0x98ba_dcfe | 0, 0x1032_5476, 0xc3d2_e1f0 | 0];
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

const schedule = new Int32Array(80);

/** One compression of `block[at, at + 64)` into `state`. */
function compress(state: Int32Array, block: Uint8Array, at: number): void {
  const w = schedule;
  for (let n = 0, o = at; n < 16; n += 1, o += 4) w[n] = (block[o]! << 24) | (block[o + 1]! << 16) | (block[o + 2]! << 8) | block[o + 3]!;
  for (let n = 16; n < 80; n += 1) {
    const mixed = w[n - 3]! ^ w[n - 8]! ^ w[n - 14]! ^ w[n - 16]!;
    w[n] = (mixed << 1) | (mixed >>> 31);
  }
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!, e = state[4]!;
  for (let n = 0; n < 80; n += 1) {
    const round = n < 20 ? (d ^ (b & (c ^ d))) + 0x5a82_7999 : n < 40 ? (b ^ c ^ d) + 0x6ed9_eba1 : n < 60 ? ((b & c) | (d & (b | c))) - 0x70e4_4324 : (b ^ c ^ d) - 0x359d_3e2a;
    const next = (((a << 5) | (a >>> 27)) + round + e + w[n]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
  state[4] = (state[4]! + e) | 0;
}

function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** HMAC-SHA1 with one key of at most 64 bytes. */
export class HmacSha1 {
  readonly #inner = Int32Array.from(INITIAL);
  readonly #outer = Int32Array.from(INITIAL);
  readonly #state = new Int32Array(5);
  readonly #block = new Uint8Array(2 * BLOCK_BYTES);
  readonly #tag = new Uint8Array(TAG_SOURCE_BYTES);

  constructor(key: Uint8Array) {
    const padded = new Uint8Array(BLOCK_BYTES);
    padded.set(key);
    compress(this.#inner, padded.map((byte) => byte ^ INNER_PAD), 0);
    compress(this.#outer, padded.map((byte) => byte ^ OUTER_PAD), 0);
  }

  /** The code of `bytes[0, length)` followed by the 32-bit `suffix`. Valid until the next call. */
  code(bytes: Uint8Array, length: number, suffix: number): Uint8Array {
    const state = this.#state;
    state.set(this.#inner);
    let at = 0;
    for (; at + BLOCK_BYTES <= length; at += BLOCK_BYTES) compress(state, bytes, at);
    const block = this.#block;
    let used = 0;
    for (; at + used < length; used += 1) block[used] = bytes[at + used]!;
    putWord(block, used, suffix);
    used += 4;
    block[used] = 0x80;
    const total = used + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES;
    block.fill(0, used + 1, total);
    putWord(block, total - 4, (BLOCK_BYTES + length + 4) * 8);
    for (let o = 0; o < total; o += BLOCK_BYTES) compress(state, block, o);
    block.fill(0, TAG_SOURCE_BYTES + 1, BLOCK_BYTES);
    for (let n = 0; n < 5; n += 1) putWord(block, 4 * n, state[n]!);
    block[TAG_SOURCE_BYTES] = 0x80;
    putWord(block, BLOCK_BYTES - 4, (BLOCK_BYTES + TAG_SOURCE_BYTES) * 8);
    state.set(this.#outer);
    compress(state, block, 0);
    for (let n = 0; n < 5; n += 1) putWord(this.#tag, 4 * n, state[n]!);
    return this.#tag;
  }
}
