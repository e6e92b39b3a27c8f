import { parseCSeq, parseNameAddr, parseVia, type NameAddr } from "./address.ts";
import { parseDigits } from "./lexical.ts";
import { MAX_MAX_FORWARDS, MAX_VIAS } from "./limits.ts";
import { countHeaders, header, headerList, type Envelope, type SipMessage } from "./message.ts";
import { parseUri } from "./uri.ts";

/** The response that a broken request is owed. */
export type Fault = { readonly status: number; readonly reason: string };

const bad = (reason: string, status = 400): Fault => ({ status, reason });

/** Choosing one of two values silently is how requests are smuggled past a proxy that chose the other. */
const singleHeaders = ["call-id", "cseq", "from", "to", "max-forwards", "content-type"] as const;

/** Methods that exist; of these we may still refuse some with 405. */
export const knownMethods: ReadonlySet<string> = new Set([
  "INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "REFER", "NOTIFY", "SUBSCRIBE", "INFO", "UPDATE", "PRACK", "MESSAGE", "PUBLISH",
]);

/** Reads what every message must carry (RFC 3261 §8.1.1, §20), or says what is wrong with it. */
export function readEnvelope(message: SipMessage): Envelope | Fault {
  for (const name of singleHeaders) if (countHeaders(message, name) > 1) return bad(`Several ${name} Fields`);
  const vias = headerList(message, "via");
  if (vias.length > MAX_VIAS) return bad("Too Many Via Values");
  const via = parseVia(vias[0] ?? "");
  if (via === null) return bad("Bad Via");
  for (let i = 1; i < vias.length; i++) if (parseVia(vias[i] as string) === null) return bad("Bad Via");
  const from = parseNameAddr(header(message, "from") ?? "");
  const to = parseNameAddr(header(message, "to") ?? "");
  const cseq = parseCSeq(header(message, "cseq") ?? "");
  const callId = header(message, "call-id") ?? "";
  if (from === null) return bad("Bad From");
  if (to === null) return bad("Bad To");
  if (cseq === null) return bad("Bad CSeq");
  if (callId === "" || /[\s,]/.test(callId)) return bad("Bad Call-ID");
  const maxForwards = header(message, "max-forwards");
  if (maxForwards !== null && (parseDigits(maxForwards, 10) ?? Infinity) > MAX_MAX_FORWARDS) return bad("Bad Max-Forwards");
  const fault = checkAddresses(message) ?? (message.kind === "request" ? checkRequestLine(message.method, message.uri, cseq.method) : null);
  return fault ?? { from, to, fromTag: tag(from), toTag: tag(to), callId, cseq, via };
}

const tag = (address: NameAddr): string => address.params.get("tag") ?? "";

function checkAddresses(message: SipMessage): Fault | null {
  for (const contact of headerList(message, "contact")) if (contact !== "*" && parseNameAddr(contact) === null) return bad("Bad Contact");
  for (const name of ["route", "record-route"]) {
    for (const route of headerList(message, name)) if (parseNameAddr(route) === null) return bad(`Bad ${name}`);
  }
  return null;
}

function checkRequestLine(method: string, requestUri: string, cseqMethod: string): Fault | null {
  const uri = parseUri(requestUri);
  if (uri === null) return bad("Bad Request-URI");
  if (uri.scheme !== "tel" && uri.scheme !== "other" && uri.headers !== null) return bad("Header Fields in Request-URI");
  if (method === cseqMethod) return null;
  // RFC 4475 §3.1.2.18: for a method that nobody knows the better answer is that nobody knows it.
  return knownMethods.has(method) ? bad("CSeq Method Mismatch") : bad("Not Implemented", 501);
}
