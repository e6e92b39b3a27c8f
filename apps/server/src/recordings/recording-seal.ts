// Encrypts recordings and opens them again, piece by piece; the form is in sealed.rules.ts.
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { RecordingId } from "@ringdesk/std";
import { inPieces } from "./pieces.ts";
import { nonceOf, SALT_BYTES, sealHeader, SEGMENT_BYTES, segmentsOf, TAG_BYTES } from "./sealed.rules.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const KEY_NAME_CHARS = 8;

type Bytes = AsyncIterable<Uint8Array>;

/** What the bytes of a sealed segment are not: they were changed, cut short, or belong to another recording. */
export class SealBroken extends Error {}

/** The keys of recordings. */
export interface Keyring {
  /** The name of the key that encrypts; null: nothing is encrypted. A name tells nothing about its key. */
  readonly current: string | null;
  readonly has: (keyName: string) => boolean;
  /** The sealed file for this audio. Only with a current key. */
  readonly seal: (id: RecordingId, audio: Bytes) => AsyncGenerator<Uint8Array>;
  /**
   * The audio of whole segments from `firstSegment` on, of a recording with `bytes` of audio. Rejects with {@link SealBroken}
   * before anything that was changed is given out. Only with a key that it has.
   */
  readonly open: (at: { readonly id: RecordingId; readonly keyName: string; readonly salt: Uint8Array; readonly firstSegment: number; readonly bytes: number }, segments: Bytes) => AsyncGenerator<Uint8Array>;
  /** A secret for another use that follows from the current key; random without one. */
  readonly secretFor: (use: string) => Buffer;
}

/** `keys` are 32 bytes in base64 each; the first encrypts. */
export function createKeyring(keys: readonly string[]): Keyring {
  const named = new Map(keys.map((text) => {
    const key = Buffer.from(text, "base64");
    return [createHash("sha256").update("ringdesk recording key").update(key).digest("hex").slice(0, KEY_NAME_CHARS), key] as const;
  }));
  const [current = null] = named.keys();
  const fileKey = (keyName: string, salt: Uint8Array, id: RecordingId): Buffer => {
    const key = named.get(keyName);
    if (key === undefined) throw new Error(`there is no key ${keyName}`);
    return Buffer.from(hkdfSync("sha256", key, salt, `ringdesk recording ${id}`, KEY_BYTES));
  };
  return {
    current,
    has: (keyName) => named.has(keyName),
    async *seal(id, audio) {
      const salt = randomBytes(SALT_BYTES);
      const key = fileKey(current ?? "", salt, id);
      yield sealHeader(current ?? "", salt);
      let segment = 0;
      const sealed = (piece: Uint8Array, isLast: boolean): Uint8Array => {
        const cipher = createCipheriv(CIPHER, key, nonceOf(segment, isLast));
        segment += 1;
        return Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
      };
      let held: Uint8Array = new Uint8Array(0); // the last piece is known as such only when nothing follows
      for await (const piece of inPieces(audio, SEGMENT_BYTES)) {
        if (held.length > 0) yield sealed(held, false);
        held = piece;
      }
      yield sealed(held, true);
    },
    async *open({ id, keyName, salt, firstSegment, bytes }, segments) {
      const key = fileKey(keyName, salt, id);
      const last = segmentsOf(bytes) - 1;
      let segment = firstSegment;
      for await (const piece of inPieces(segments, SEGMENT_BYTES + TAG_BYTES)) {
        yield opened(key, nonceOf(segment, segment === last), piece);
        segment += 1;
      }
    },
    secretFor: (use) => (current === null ? randomBytes(KEY_BYTES) : createHmac("sha256", named.get(current) ?? "").update(use).digest()),
  };
}

function opened(key: Buffer, nonce: Uint8Array, piece: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(piece.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(piece.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealBroken("the recording was changed since it was encrypted");
  }
}
