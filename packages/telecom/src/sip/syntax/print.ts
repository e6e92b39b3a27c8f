import { noBody, type SipMessage } from "./message.ts";
import { encodeUtf8 } from "./utf8.ts";

const irregularNames: ReadonlyMap<string, string> = new Map([
  ["call-id", "Call-ID"], ["cseq", "CSeq"], ["www-authenticate", "WWW-Authenticate"], ["mime-version", "MIME-Version"],
  ["min-se", "Min-SE"], ["rack", "RAck"], ["rseq", "RSeq"], ["p-asserted-identity", "P-Asserted-Identity"], ["sip-etag", "SIP-ETag"], ["sip-if-match", "SIP-If-Match"],
]);

/** The customary spelling of a lower-case header name. Names are compared without case (RFC 3261 §7.3.1). */
export const headerSpelling = (name: string): string => irregularNames.get(name) ?? name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase());

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
