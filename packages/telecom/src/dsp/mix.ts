// Adding up what several people say. Sums are 32-bit, so that eight of the loudest cannot overflow; they are cut to 16 bits
// once, where they are encoded.

/** `sum += frame`, sample by sample. */
export function addFrame(sum: Int32Array, frame: Int16Array): void {
  for (let at = 0; at < sum.length; at += 1) sum[at]! += frame[at]!;
}

/** `sum -= frame`: what everybody says but one. */
export function subtractFrame(sum: Int32Array, frame: Int16Array): void {
  for (let at = 0; at < sum.length; at += 1) sum[at]! -= frame[at]!;
}

/** Encodes a sum at `target[at]` by a table such as `linearToUlaw`, saturating. */
export function encodeSum(sum: Int32Array, table: Uint8Array, target: Uint8Array, at: number): void {
  for (let n = 0; n < sum.length; n += 1) {
    const value = sum[n]!;
    target[at + n] = table[value > 32_767 ? 65_535 : value < -32_768 ? 0 : value + 32_768]!;
  }
}
