/** Encrypts whole 16-byte blocks with AES-128 in ECB mode. The result may be reused by the next call. */
export type AesBlocks = (blocks: Uint8Array) => Uint8Array;
/** The one piece of cryptography that comes from outside: an AES-128 with a key of 16 bytes. */
export type NewAes = (key: Uint8Array) => AesBlocks;

export const AES_BLOCK_BYTES = 16;
/** Master key and salt, as SDES carries them in one piece (RFC 4568 §6.1: `inline:` in base 64). */
export const MASTER_KEY_BYTES = 16;
export const MASTER_SALT_BYTES = 14;
export const MASTER_BYTES = MASTER_KEY_BYTES + MASTER_SALT_BYTES;

const AUTH_KEY_BYTES = 20;

/** What protects one direction of one kind of packet. The salt is padded to a block. */
export type SessionKeys = { readonly aes: AesBlocks; readonly salt: Uint8Array; readonly authKey: Uint8Array };

/** Labels of RFC 3711 §4.3.1 and §4.3.2. */
const LABELS = { rtp: { cipher: 0, auth: 1, salt: 2 }, rtcp: { cipher: 3, auth: 4, salt: 5 } } as const;

/** Derives the session keys of a master key and salt (RFC 3711 §4.3, with a key derivation rate of 0). */
export function deriveKeys(master: Uint8Array, kind: "rtp" | "rtcp", newAes: NewAes): SessionKeys {
  const aes = newAes(master.subarray(0, MASTER_KEY_BYTES));
  const derive = (label: number, length: number): Uint8Array => {
    const counters = new Uint8Array(AES_BLOCK_BYTES * Math.ceil(length / AES_BLOCK_BYTES));
    for (let block = 0; block * AES_BLOCK_BYTES < length; block += 1) {
      counters.set(master.subarray(MASTER_KEY_BYTES, MASTER_BYTES), block * AES_BLOCK_BYTES);
      counters[block * AES_BLOCK_BYTES + 7]! ^= label;
      counters[block * AES_BLOCK_BYTES + 15] = block;
    }
    return Uint8Array.from(aes(counters).subarray(0, length));
  };
  const labels = LABELS[kind];
  const salt = new Uint8Array(AES_BLOCK_BYTES);
  salt.set(derive(labels.salt, MASTER_SALT_BYTES));
  return { aes: newAes(derive(labels.cipher, MASTER_KEY_BYTES)), salt, authKey: derive(labels.auth, AUTH_KEY_BYTES) };
}
