// SIP messages out of a stream of bytes (RFC 3261 §18.3): Content-Length alone says where one ends and the next begins.
import { isSpace, parseDigits } from "../syntax/lexical.ts";
import { decodeUtf8, encodeUtf8, MAX_MESSAGE_BYTES } from "../syntax/index.ts";

/** Why a stream cannot be read on: where its next message begins is no longer known. The connection must be closed. */
export type FramingFault = "too-large" | "content-length-missing" | "content-length-bad";

export type Frames = {
  /** Whole messages, each for `parseMessage`; before a fault of Content-Length, a head that it refuses: its sender is owed a 400. */
  readonly messages: readonly Uint8Array[];
  /** Keep-alives that want an answer: CRLF CRLF (RFC 5626 §3.5.1). */
  readonly pings: number;
  readonly fault: FramingFault | null;
};

const CR = 13;
const LF = 10;
const FIRST_CAPACITY_BYTES = 4_096;
const LENGTH_DIGITS = 9;

/** Cuts one connection's bytes into messages. Holds at most one message and the read that ended it. */
export class StreamFramer {
  #buffer = new Uint8Array(FIRST_CAPACITY_BYTES);
  #length = 0;
  /** Up to where the head was searched for its end: each byte is looked at once. */
  #searched = 0;
  /** Length of the message at the front, head and body; 0 while its head is not complete. */
  #expected = 0;

  /** True while a message has begun and is not complete. */
  get isPartial(): boolean {
    return this.#length > 0;
  }

  /** Takes what was read. After a fault, nothing more may be fed. */
  push(chunk: Uint8Array): Frames {
    this.#append(chunk);
    const messages: Uint8Array[] = [];
    let pings = 0;
    let start = 0;
    for (;;) {
      if (this.#expected === 0) {
        const blank = this.#blankLines(start);
        pings += blank >> 2;
        start += blank;
        const expected = this.#readHead(start);
        if (typeof expected === "string") {
          if (expected !== "too-large") messages.push(refusable(this.#buffer.subarray(start, this.#headEnd(start)), expected));
          return { messages, pings, fault: expected };
        }
        this.#expected = expected;
      }
      if (this.#expected === 0 || this.#length - start < this.#expected) break;
      messages.push(this.#buffer.slice(start, start + this.#expected));
      start += this.#expected;
      this.#expected = 0;
      this.#searched = start;
    }
    this.#drop(start);
    return { messages, pings, fault: this.#length > MAX_MESSAGE_BYTES ? "too-large" : null };
  }

  /** Bytes of whole CRLFs before a message (§7.5: to be ignored there). */
  #blankLines(start: number): number {
    let at = start;
    while (at + 1 < this.#length && this.#buffer[at] === CR && this.#buffer[at + 1] === LF) at += 2;
    this.#searched = Math.max(this.#searched, at);
    return at - start;
  }

  /** Length of the message that starts there; 0 when its head is not complete. */
  #readHead(start: number): number | FramingFault {
    const bodyStart = this.#headEnd(start);
    if (bodyStart < 0) return this.#length - start > MAX_MESSAGE_BYTES ? "too-large" : 0;
    const body = contentLength(decodeUtf8(this.#buffer.subarray(start, bodyStart)));
    if (typeof body === "string") return body;
    const total = bodyStart - start + body;
    return total > MAX_MESSAGE_BYTES ? "too-large" : total;
  }

  #headEnd(start: number): number {
    const end = this.#length;
    for (let i = this.#buffer.indexOf(LF, Math.max(start, this.#searched)); i >= 0 && i < end; i = this.#buffer.indexOf(LF, i + 1)) {
      if (i + 1 < end && this.#buffer[i + 1] === LF) return i + 2;
      if (i + 2 < end && this.#buffer[i + 1] === CR && this.#buffer[i + 2] === LF) return i + 3;
    }
    // The last two bytes may be the first of the four that end a head.
    this.#searched = Math.max(this.#searched, end - 2);
    return -1;
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }

  #drop(count: number): void {
    if (count === 0) return;
    this.#buffer.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.#searched = Math.max(0, this.#searched - count);
  }
}

/** A head as the parser refuses it: over datagrams a missing Content-Length would be no fault (§18.3). */
function refusable(head: Uint8Array, fault: FramingFault): Uint8Array {
  if (fault === "content-length-bad") return head.slice();
  const emptyLine = head[head.length - 2] === CR ? 2 : 1;
  const noLength = encodeUtf8(emptyLine === 2 ? "Content-Length: -\r\n\r\n" : "Content-Length: -\n\n");
  const bytes = new Uint8Array(head.length - emptyLine + noLength.length);
  bytes.set(head.subarray(0, head.length - emptyLine));
  bytes.set(noLength, head.length - emptyLine);
  return bytes;
}

/** §20.14: over a stream the field must be there; two of them, even when they agree, come from nobody who can be trusted. */
function contentLength(head: string): number | FramingFault {
  let found: number | null = null;
  for (const line of head.split("\n")) {
    if (line.length > 0 && isSpace(line.charCodeAt(0))) continue;
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (name !== "content-length" && name !== "l") continue;
    const value = parseDigits(line.slice(colon + 1).trim(), LENGTH_DIGITS);
    if (value === null || found !== null) return "content-length-bad";
    found = value;
  }
  return found ?? "content-length-missing";
}
