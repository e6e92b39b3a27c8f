// The form of an encrypted recording. Pure: where what stands in it; recording-seal.ts does the cryptography.
//
//   "RDSEAL1\n" 8 bytes | name of the key 8 bytes | salt 16 bytes | segment | segment | …
//
// A segment is AES-256-GCM over 64 KiB of audio, the last over what is left, each followed by its tag: any part can be read
// without the rest. The key of a file is HKDF-SHA256 of the organisation's key, with the salt and the recording's id, so that no
// file passes for another. A nonce is the number of the segment and whether it is the last (the STREAM construction of Hoang,
// Reyhanitabar, Rogaway and Vizár, 2015): segments cannot be swapped, and a file that was cut short is not taken for whole.

export const SEGMENT_BYTES = 65_536;
export const TAG_BYTES = 16;
export const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const MAGIC = "RDSEAL1\n";
const KEY_NAME_CHARS = 8;
export const HEADER_BYTES = MAGIC.length + KEY_NAME_CHARS + SALT_BYTES;
const SEALED_SEGMENT_BYTES = SEGMENT_BYTES + TAG_BYTES;

/** The header of a sealed file; `keyName` has eight characters. */
export function sealHeader(keyName: string, salt: Uint8Array): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(new TextEncoder().encode(MAGIC + keyName));
  header.set(salt, MAGIC.length + KEY_NAME_CHARS);
  return header;
}

/** The key's name and the salt; null: it is no sealed file. */
export function readSealHeader(header: Uint8Array): { readonly keyName: string; readonly salt: Uint8Array } | null {
  if (header.length !== HEADER_BYTES) return null;
  const text = String.fromCharCode(...header.subarray(0, MAGIC.length + KEY_NAME_CHARS));
  return text.startsWith(MAGIC) ? { keyName: text.slice(MAGIC.length), salt: header.slice(MAGIC.length + KEY_NAME_CHARS) } : null;
}

/** The nonce of a segment. */
export function nonceOf(segment: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  const view = new DataView(nonce.buffer);
  view.setUint32(NONCE_BYTES - 5, segment);
  view.setUint8(NONCE_BYTES - 1, isLast ? 1 : 0);
  return nonce;
}

/** The segments of so much audio; also nothing has one. */
export const segmentsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / SEGMENT_BYTES));

/** The length of the sealed file for so much audio. */
export const sealedBytes = (bytes: number): number => HEADER_BYTES + bytes + segmentsOf(bytes) * TAG_BYTES;

/** What of a sealed file holds the bytes of audio from `first` to `last`, both included; `bytes` is the length of all audio. */
export type SealedPart = {
  readonly firstSegment: number;
  /** In the sealed file, both included. */
  readonly from: number;
  readonly to: number;
  /** Audio before `first` in the first segment. */
  readonly skip: number;
};
export function sealedPart(first: number, last: number, bytes: number): SealedPart {
  const firstSegment = Math.floor(first / SEGMENT_BYTES);
  const lastSegment = Math.floor(last / SEGMENT_BYTES);
  const end = lastSegment === segmentsOf(bytes) - 1 ? sealedBytes(bytes) : HEADER_BYTES + (lastSegment + 1) * SEALED_SEGMENT_BYTES;
  return { firstSegment, from: HEADER_BYTES + firstSegment * SEALED_SEGMENT_BYTES, to: end - 1, skip: first - firstSegment * SEGMENT_BYTES };
}
