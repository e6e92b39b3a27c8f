import type { SipUri } from "../syntax/index.ts";

/** Parameters that make two URIs differ also when only one of them has it. */
const TELLING_PARAMS = ["user", "ttl", "method", "maddr", "transport"] as const;

/** Whether two URIs name the same (RFC 3261 §19.1.4). */
export function isSameUri(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme || plain(a.user) !== plain(b.user) || plain(a.password) !== plain(b.password)) return false;
  if (a.host.toLowerCase() !== b.host.toLowerCase() || a.port !== b.port || a.headers !== b.headers) return false;
  for (const [name, value] of a.params) if (b.params.has(name) && lower(value) !== lower(b.params.get(name))) return false;
  return TELLING_PARAMS.every((name) => a.params.has(name) === b.params.has(name));
}

const lower = (value: string | null | undefined): string | null => value?.toLowerCase() ?? null;

/** An escaped character is the character; letters keep their case. */
const plain = (text: string | null): string | null => text?.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) ?? null;
