// From bytes to messages. Total: any bytes give an outcome, nothing throws, and each byte is looked at a bounded number of
// times. What RFC 4475 asks of a parser is decided here; what a user agent refuses by policy is decided in user-agent/.
import { isSpace, isToken, parseDigits, skipSpace } from "./lexical.ts";
import { MAX_HEAD_LINES, MAX_HEADERS, MAX_LINE_LENGTH, MAX_MESSAGE_BYTES } from "./limits.ts";
import type { Envelope, Header, SipRequest, SipResponse } from "./message.ts";
import { decodeUtf8 } from "./utf8.ts";
import { readEnvelope, type Fault } from "./validate.ts";

export type Parsed =
  | { readonly outcome: "request"; readonly request: SipRequest; readonly envelope: Envelope }
  | { readonly outcome: "response"; readonly response: SipResponse; readonly envelope: Envelope }
  /** A request too broken to act on whose sender is owed this response. `request` holds what could be read. */
  | { readonly outcome: "refuse"; readonly request: SipRequest; readonly status: number; readonly reason: string }
  | { readonly outcome: "ignore"; readonly why: "keep-alive" | "not-sip" | "malformed" };

const CR = 13;
const LF = 10;

const compactNames: ReadonlyMap<string, string> = new Map([
  ["i", "call-id"], ["m", "contact"], ["e", "content-encoding"], ["l", "content-length"], ["c", "content-type"], ["f", "from"],
  ["s", "subject"], ["k", "supported"], ["t", "to"], ["v", "via"], ["o", "event"], ["r", "refer-to"], ["b", "referred-by"],
  ["u", "allow-events"], ["x", "session-expires"], ["a", "accept-contact"], ["j", "reject-contact"], ["d", "request-disposition"], ["y", "identity"],
]);

/** Parses one datagram (RFC 3261 §18.3): bytes after the body are ignored, a missing Content-Length means all the rest. */
export function parseMessage(bytes: Uint8Array): Parsed {
  let start = 0;
  while (start < bytes.length && (bytes[start] === CR || bytes[start] === LF)) start++;
  if (start === bytes.length) return { outcome: "ignore", why: "keep-alive" };
  const { headEnd, bodyStart, complete } = findHead(bytes, start);
  const lines = splitLines(decodeUtf8(bytes.subarray(start, Math.min(headEnd, start + MAX_MESSAGE_BYTES))));
  const first = readStartLine(lines.first);
  if (first === null) return { outcome: "ignore", why: "not-sip" };
  const { headers, lengths, fault } = readHeaders(lines.rest);
  const available = bytes.length - bodyStart;
  const length = readContentLength(lengths, available);
  const body = bytes.subarray(bodyStart, bodyStart + (typeof length === "number" ? length : 0));
  const broken = first.fault ?? (bytes.length - start > MAX_MESSAGE_BYTES ? tooLarge : null) ?? lines.fault ?? fault ?? (complete ? null : noEmptyLine);
  if (first.kind === "response") {
    const response: SipResponse = { kind: "response", status: first.status, reason: first.reason, headers, body };
    const read = broken ?? (typeof length === "number" ? readEnvelope(response) : length);
    return "status" in read ? { outcome: "ignore", why: "malformed" } : { outcome: "response", response, envelope: read };
  }
  const request: SipRequest = { kind: "request", method: first.method, uri: first.uri, headers, body };
  const read = broken ?? (typeof length === "number" ? readEnvelope(request) : length);
  if (!("status" in read)) return { outcome: "request", request, envelope: read };
  // An ACK is never answered (RFC 3261 §17.1.1.3).
  return request.method === "ACK" ? { outcome: "ignore", why: "malformed" } : { outcome: "refuse", request, ...read };
}

const bad = (reason: string, status = 400): Fault => ({ status, reason });
const noEmptyLine = bad("No Empty Line After Header Fields");
const tooLarge = bad("Message Too Large", 513);

/** Where the head ends and the body starts. `complete` is false when no empty line was found. */
function findHead(bytes: Uint8Array, start: number): { headEnd: number; bodyStart: number; complete: boolean } {
  for (let i = bytes.indexOf(LF, start); i >= 0; i = bytes.indexOf(LF, i + 1)) {
    if (bytes[i + 1] === LF) return { headEnd: i + 1, bodyStart: i + 2, complete: true };
    if (bytes[i + 1] === CR && bytes[i + 2] === LF) return { headEnd: i + 1, bodyStart: i + 3, complete: true };
  }
  return { headEnd: bytes.length, bodyStart: bytes.length, complete: false };
}

/**
 * Lines of a head, without their ends. A sender that ends its first line with a bare LF may do so throughout; otherwise a
 * bare LF, like a bare CR, is a fault: two elements that disagree about it would see different header fields.
 */
function splitLines(head: string): { first: string; rest: readonly string[]; fault: Fault | null } {
  const firstEnd = head.indexOf("\n");
  const strict = firstEnd > 0 && head[firstEnd - 1] === "\r";
  const lines = head.split(strict ? "\r\n" : "\n", MAX_HEAD_LINES + 1);
  let fault: Fault | null = lines.length > MAX_HEAD_LINES ? bad("Too Many Lines") : null;
  for (const line of lines) if (line.includes("\r") || line.includes("\n")) fault = bad("Bare CR or LF");
  return { first: lines[0] ?? "", rest: lines.slice(1), fault };
}

type StartLine =
  | { readonly kind: "request"; readonly method: string; readonly uri: string; readonly fault: Fault | null }
  | { readonly kind: "response"; readonly status: number; readonly reason: string; readonly fault: Fault | null };

/** RFC 3261 §7.1, §7.2; null when the line has nothing of SIP. */
function readStartLine(line: string): StartLine | null {
  if (/^SIP\/\d/i.test(line)) return readStatusLine(line);
  const trimmed = line.trimEnd();
  const versionAt = trimmed.lastIndexOf(" ") + 1;
  const methodEnd = trimmed.indexOf(" ");
  const version = trimmed.slice(versionAt);
  const method = trimmed.slice(0, Math.max(methodEnd, 0));
  if (!/^SIP\/\d{1,5}\.\d{1,5}$/i.test(version) || !isToken(method) || versionAt <= methodEnd + 1) return null;
  const uri = trimmed.slice(methodEnd + 1, versionAt - 1);
  let fault: Fault | null = null;
  if (version.toUpperCase() !== "SIP/2.0") fault = bad("Version Not Supported", 505);
  else if (line.length > MAX_LINE_LENGTH) fault = bad("Request-URI Too Long", 414);
  else if (trimmed !== line || uri !== uri.trim() || /\s/.test(uri)) fault = bad("Bad Request-Line");
  return { kind: "request", method, uri, fault };
}

function readStatusLine(line: string): StartLine {
  const code = /^SIP\/2\.0 ([1-6]\d\d)(?: |$)/i.exec(line)?.[1];
  if (code === undefined || line.length > MAX_LINE_LENGTH) return { kind: "response", status: 0, reason: "", fault: bad("Bad Status-Line") };
  return { kind: "response", status: Number(code), reason: line.slice("SIP/2.0 200 ".length), fault: null };
}

type HeaderBlock = { readonly headers: readonly Header[]; readonly lengths: readonly string[]; readonly fault: Fault | null };

/** Unfolds and names the header fields (RFC 3261 §7.3.1). Fields beyond a limit are left out and make the block faulty. */
function readHeaders(lines: readonly string[]): HeaderBlock {
  const headers: Header[] = [];
  const lengths: string[] = [];
  let fault: Fault | null = null;
  for (let i = 0; i < lines.length; ) {
    const line = lines[i++] as string;
    if (line === "") continue;
    const folded: string[] = [];
    let size = line.length;
    while (i < lines.length && isSpace((lines[i] as string).charCodeAt(0))) {
      const more = (lines[i++] as string).trim();
      size += more.length + 1;
      if (size <= MAX_LINE_LENGTH) folded.push(more);
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase();
    if (!isToken(name)) fault ??= bad("Malformed Header Field");
    else if (size > MAX_LINE_LENGTH) fault ??= bad("Header Field Too Long");
    else if (headers.length >= MAX_HEADERS) fault ??= bad("Too Many Header Fields");
    else {
      const head = line.slice(skipSpace(line, colon + 1)).trimEnd();
      const value = folded.length === 0 ? head : [head, ...folded].join(" ").trim();
      const longName = compactNames.get(name) ?? name;
      if (longName === "content-length") lengths.push(value);
      else headers.push({ name: longName, value });
    }
  }
  return { headers, lengths, fault };
}

/** The body's length in bytes. Two fields are refused even when they agree: a sender that repeats it cannot be trusted with it. */
function readContentLength(values: readonly string[], available: number): number | Fault {
  if (values.length === 0) return available;
  if (values.length > 1) return bad("Several Content-Length Fields");
  const length = parseDigits(values[0] as string, 9);
  if (length === null) return bad("Bad Content-Length");
  return length <= available ? length : bad("Content-Length Beyond Message");
}
