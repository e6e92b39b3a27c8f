import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SipRequest } from "./message.ts";
import { MAX_BODY_PARTS, readSdpBody } from "./multipart.ts";
import { encodeUtf8 } from "./utf8.ts";
import { quickestMs } from "../../../../../tests/support/quickest.ts";

const message = (type: string | null, body: string | Uint8Array, ...more: (readonly [string, string])[]): SipRequest => ({
  kind: "request", method: "INVITE", uri: "sip:x@y", body: typeof body === "string" ? encodeUtf8(body) : body,
  headers: [...(type === null ? [] : [{ name: "content-type", value: type }]), ...more.map(([name, value]) => ({ name, value }))],
});
const SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n";
const part = (type: string, body: string, ...headers: string[]): string => `--b\r\nContent-Type: ${type}\r\n${headers.map((h) => `${h}\r\n`).join("")}\r\n${body}\r\n`;
const sdpPart = part("application/sdp", SDP);
const isup = "\u0001\u0011H\u0000\r\n\u0003";
const outcomeOf = (type: string | null, body: string | Uint8Array): string => {
  const read = readSdpBody(message(type, body));
  return read.outcome === "sdp" ? read.text : read.outcome === "none" ? "none" : String(read.status);
};

describe("the description of a message", () => {
  const mixed = "multipart/mixed;boundary=b";
  const cases: readonly (readonly [what: string, type: string | null, body: string, expected: string])[] = [
    ["no body", "application/sdp", "", "none"],
    ["the whole body", "application/sdp", SDP, SDP],
    ["a body without a type", null, SDP, SDP],
    ["another type", "text/plain", "hello", "415"],
    ["SIP-I: beside ISUP", mixed, `${sdpPart}${part("application/isup;version=itu-t92+", isup, "Content-Disposition: signal;handling=optional")}--b--`, `${SDP}`],
    ["after ISUP, with a preamble and an epilogue", mixed, `hello\r\n${part("application/isup", isup)}${sdpPart}--b--\r\nbye`, SDP],
    ["a boundary in quotes, and spaces after it", 'multipart/mixed; boundary="b"', `--b  \r\nContent-Type: application/sdp\r\n\r\n${SDP}\r\n--b--`, SDP],
    ["the first of two", mixed, `${sdpPart}${part("application/sdp", "v=1")}--b--`, SDP],
    ["ISUP that must be understood", mixed, `${sdpPart}${part("application/isup", isup, "Content-Disposition: signal;handling=required")}--b--`, "415"],
    ["no description among them", mixed, `${part("application/isup", isup)}--b--`, "none"],
    ["an encoded description", mixed, `${part("application/sdp", "dj0w", "Content-Transfer-Encoding: base64")}--b--`, "415"],
    ["no boundary named", "multipart/mixed", `${sdpPart}--b--`, "400"],
    ["another boundary than named", "multipart/mixed;boundary=c", `${sdpPart}--b--`, "400"],
    ["no end", mixed, sdpPart, "400"],
    ["a part without an empty line", mixed, "--b\r\nContent-Type: application/sdp\r\n--b--", "400"],
    ["too many parts", mixed, `${part("text/plain", "x").repeat(MAX_BODY_PARTS + 1)}--b--`, "400"],
  ];
  for (const [what, type, body, expected] of cases) test(what, () => expect(outcomeOf(type, body)).toBe(expected));

  test("a compressed body is refused", () => {
    expect(readSdpBody(message("application/sdp", SDP, ["content-encoding", "gzip"]))).toEqual({ outcome: "refuse", status: 415 });
  });

  test("any bytes give an outcome, quickly", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.constantFrom("--b", "\r\n", "--", "Content-Type: application/sdp", "x"), { maxLength: 40 }), (bytes, words) => {
      outcomeOf(mixed, bytes);
      outcomeOf(mixed, words.join(""));
    }));
    expect(quickestMs(() => outcomeOf(mixed, "\r\n--".repeat(16_000)))).toBeLessThan(10);
  });
});
