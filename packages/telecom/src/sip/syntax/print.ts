import { noBody, type SipMessage } from "./message.ts";
import { encodeUtf8 } from "./utf8.ts";

const irregularNames: readonly (readonly [string, string])[] = [
  ["call-id", "Call-ID"], ["cseq", "CSeq"], ["www-authenticate", "WWW-Authenticate"], ["mime-version", "MIME-Version"],
  ["min-se", "Min-SE"], ["rack", "RAck"], ["rseq", "RSeq"], ["p-asserted-identity", "P-Asserted-Identity"], ["sip-etag", "SIP-ETag"], ["sip-if-match", "SIP-If-Match"],
];

/** Spellings that are remembered: our own messages use some thirty names, and what peers invent must not pile up. */
const MAX_KNOWN_SPELLINGS = 256;
const knownSpellings = new Map<string, string>(irregularNames);

/** The customary spelling of a lower-case header name. Names are compared without case (RFC 3261 §7.3.1). */
export function headerSpelling(name: string): string {
  const known = knownSpellings.get(name);
  if (known !== undefined) return known;
  const spelling = name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase());
  if (knownSpellings.size < MAX_KNOWN_SPELLINGS) knownSpellings.set(name, spelling);
  return spelling;
}

/** The bytes of a message: `parseMessage` gives the same message back. Content-Length is computed. RFC 3261 §7. */
export function printMessage(message: SipMessage): Uint8Array {
  let head = message.kind === "request" ? `${message.method} ${message.uri} SIP/2.0\r\n` : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
  for (const h of message.headers) head += `${headerSpelling(h.name)}: ${h.value}\r\n`;
  head += `Content-Length: ${message.body.length}\r\n\r\n`;
  const headBytes = encodeUtf8(head);
  if (message.body === noBody || message.body.length === 0) return headBytes;
  const bytes = new Uint8Array(headBytes.length + message.body.length);
  bytes.set(headBytes);
  bytes.set(message.body, headBytes.length);
  return bytes;
}
