import type { CSeq, NameAddr, Via } from "./address.ts";
import { splitList } from "./lexical.ts";

/** A header field: long name in lower case, value unfolded and trimmed. Content-Length is never among them: the body says it. */
export type Header = { readonly name: string; readonly value: string };

export type SipRequest = {
  readonly kind: "request";
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
};
export type SipResponse = {
  readonly kind: "response";
  /** 100 to 699. */
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
};
export type SipMessage = SipRequest | SipResponse;

/** The header fields that every message must have, parsed (RFC 3261 §8.1.1). */
export type Envelope = {
  readonly from: NameAddr;
  readonly to: NameAddr;
  /** Empty for the tagless From of RFC 2543. */
  readonly fromTag: string;
  /** Empty outside a dialog. */
  readonly toTag: string;
  readonly callId: string;
  readonly cseq: CSeq;
  /** The topmost Via. */
  readonly via: Via;
};

export const noBody = new Uint8Array(0);

/** Value of the first field of that name (lower case, long form); null when there is none. */
export function header(message: SipMessage, name: string): string | null {
  for (const h of message.headers) if (h.name === name) return h.value;
  return null;
}

/** Values of all fields of that name, in order; a comma-separated list gives several. Only for headers that are lists. */
export const headerList = (message: SipMessage, name: string): string[] => headerValues(message.headers, name);

/** The same of a list of header fields. */
export function headerValues(headers: readonly Header[], name: string): string[] {
  const values: string[] = [];
  for (const h of headers) if (h.name === name) values.push(...splitList(h.value));
  return values;
}

/** How many fields of that name there are, lists not counted apart. */
export function countHeaders(message: SipMessage, name: string): number {
  let count = 0;
  for (const h of message.headers) if (h.name === name) count++;
  return count;
}

/** The media type of the body in lower case, without parameters; null when the message does not say. */
export function contentType(message: SipMessage): string | null {
  const value = header(message, "content-type");
  return value === null ? null : (value.split(";", 1)[0] ?? "").trim().toLowerCase();
}
