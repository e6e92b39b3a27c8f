import { createHash, randomBytes } from "node:crypto";

/** Random bytes of a session token: 256 bit. */
const TOKEN_BYTES = 32;
let lastMs = 0;
let counter = 0;

/**
 * A new id: UUID version 7 (RFC 9562 §5.7) in 32 hexadecimal digits without dashes. Ids made later by this process sort
 * later: the 12 bits after the time count up within a millisecond (§6.2, method 1).
 */
export function newId<T extends string = string>(): T {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
  } else if (counter < 0xfff) {
    counter += 1;
  } else {
    lastMs += 1;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, "0");
  const random = randomBytes(8);
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  return `${time}7${counter.toString(16).padStart(3, "0")}${random.toString("hex")}` as T;
}

/** A new secret for a cookie, 256 bit, base64url. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString("base64url");

/** What is stored of a secret: its SHA-256 in hexadecimal. Enough for random secrets; passwords need argon2id. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");
