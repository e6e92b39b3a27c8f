// The header fields of digest authentication (RFC 7616 §3.3, §3.4; RFC 8760), read and computed. Hashing is given from outside.
import { isSpace, quotedEnd, skipSpace, tokenEnd } from "../syntax/lexical.ts";

/** Strongest first. */
export const digestAlgorithms = ["SHA-256", "MD5"] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];
/** Hash of the UTF-8 bytes of a text, as lower-case hexadecimal. */
export type DigestHash = (algorithm: DigestAlgorithm, text: string) => string;

/** What a header says, by lower-case name, quotes removed. */
export type DigestParams = ReadonlyMap<string, string>;

/** Fields of one header that are read; more than the standard knows. */
const MAX_DIGEST_PARAMS = 32;

/** Parses `Digest name=value, …`; null for another scheme or what is none. A name that comes twice makes it none. */
export function parseDigest(value: string): DigestParams | null {
  let i = tokenEnd(value, 0);
  if (value.slice(0, i).toLowerCase() !== "digest" || !isSpace(value.charCodeAt(i))) return null;
  const params = new Map<string, string>();
  for (;;) {
    i = skipSpace(value, i);
    const nameEnd = tokenEnd(value, i);
    const name = value.slice(i, nameEnd).toLowerCase();
    i = skipSpace(value, nameEnd);
    if (name === "" || value[i] !== "=" || params.has(name) || params.size >= MAX_DIGEST_PARAMS) return null;
    i = skipSpace(value, i + 1);
    const quoted = value[i] === '"';
    const end = quoted ? quotedEnd(value, i) : tokenEnd(value, i);
    if (end <= i) return null;
    params.set(name, quoted ? value.slice(i + 1, end - 1).replace(/\\([\s\S])/g, "$1") : value.slice(i, end));
    i = skipSpace(value, end);
    if (i >= value.length) return params;
    if (value[i] !== ",") return null;
    i++;
  }
}

export const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** The algorithm that a header names, MD5 when it names none; null for one that is not done here (-sess among them). */
export function algorithmOf(params: DigestParams): DigestAlgorithm | null {
  const name = (params.get("algorithm") ?? "MD5").toUpperCase();
  return digestAlgorithms.find((known) => known === name) ?? null;
}

export type DigestInput = {
  readonly algorithm: DigestAlgorithm;
  readonly user: string;
  readonly realm: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** Null: the older form without quality of protection (RFC 2069). */
  readonly qop: { readonly nc: string; readonly cnonce: string } | null;
};

/** RFC 7616 §3.4.1, for qop `auth` and for none. */
export function digestResponse(hash: DigestHash, of: DigestInput): string {
  const h = (text: string): string => hash(of.algorithm, text);
  const middle = of.qop === null ? "" : `${of.qop.nc}:${of.qop.cnonce}:auth:`;
  return h(`${h(`${of.user}:${of.realm}:${of.password}`)}:${of.nonce}:${middle}${h(`${of.method}:${of.uri}`)}`);
}
