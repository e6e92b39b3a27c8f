import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quickestMs } from "../../../../../tests/support/quickest.ts";
import {
  encodeUtf8, header, headerList, MAX_HEADERS, MAX_VIAS, parseCSeq, parseMessage, parseNameAddr, parseUri, parseVia, printMessage, printNameAddr, printUri, printVia,
  splitList, userText, type Parsed, type SipMessage,
} from "./index.ts";

const text = (...lines: string[]): Uint8Array => encodeUtf8(lines.join("\r\n"));
const base = ["Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "From: <sip:a@b>;tag=1", "To: <sip:c@d>", "Call-ID: x", "CSeq: 1 OPTIONS"];
const request = (...lines: string[]): Parsed => parseMessage(text("OPTIONS sip:c@d SIP/2.0", ...base, ...lines, "", ""));

describe("messages", () => {
  test("compact names, folding and odd spacing are the long form after parsing", () => {
    const parsed = parseMessage(text("INVITE sip:c@d SIP/2.0", "v: SIP / 2.0 / udp  h.example : 5062 ;branch=z9hG4bKa", "f:<sip:a@b>;tag=1", "t : <sip:c@d>", "i: x", "cSeQ: 007", "  INVITE",
      "m: <sip:a@b>", "k: 100rel,", "\ttimer", "l: 3", "", "abcdef"));
    expect(parsed.outcome).toBe("request");
    if (parsed.outcome !== "request") return;
    expect(parsed.envelope).toMatchObject({ fromTag: "1", toTag: "", callId: "x", cseq: { number: 7, method: "INVITE" }, via: { transport: "UDP", host: "h.example", port: 5062 } });
    expect(headerList(parsed.request, "supported")).toEqual(["100rel", "timer"]);
    expect(parsed.request.body).toEqual(encodeUtf8("abc"));
  });

  const faults: readonly (readonly [why: string, parsed: Parsed, status: number])[] = [
    ["a second Call-ID", request("Call-ID: y"), 400],
    ["a negative length", request("Content-Length: -1"), 400],
    ["a length beyond the message", request("Content-Length: 9"), 400],
    ["two equal lengths", request("Content-Length: 0", "l: 0"), 400],
    ["a header without colon", request("nonsense"), 400],
    ["a header name that is no token", request("a b: c"), 400],
    ["a bare LF in a message of CRLF", request("Subject: a\nCall-ID: y"), 400],
    ["a bare CR", request("Subject: a\rb"), 400],
    ["two tags", parseMessage(text("OPTIONS sip:c@d SIP/2.0", ...base.slice(0, 1), "From: <sip:a@b>;tag=1;tag=2", ...base.slice(2), "", "")), 400],
    ["too many headers", request(...Array.from({ length: MAX_HEADERS }, (_, i) => `X-${i}: 1`)), 400],
    ["too many Via values", request(`Via: ${Array.from({ length: MAX_VIAS }, () => "SIP/2.0/UDP h").join(",")}`), 400],
    ["a header of 9 KB", request(`Subject: ${"x".repeat(9_000)}`), 400],
    ["Max-Forwards beyond an octet", request("Max-Forwards: 256"), 400],
    ["no empty line", parseMessage(text("OPTIONS sip:c@d SIP/2.0", ...base)), 400],
    ["another version", parseMessage(text("OPTIONS sip:c@d SIP/3.0", ...base, "", "")), 505],
    ["a Request-URI of 9 KB", parseMessage(text(`OPTIONS sip:${"c".repeat(9_000)}@d SIP/2.0`, ...base, "", "")), 414],
    ["another method in CSeq", parseMessage(text("BYE sip:c@d SIP/2.0", ...base, "", "")), 400],
    ["a method nobody knows", parseMessage(text("DANCE sip:c@d SIP/2.0", ...base, "", "")), 501],
  ];
  for (const [why, parsed, status] of faults) test(`${why} is refused with ${status}`, () => expect(parsed).toMatchObject({ outcome: "refuse", status }));

  test("broken responses and ACKs are ignored: nobody is owed an answer", () => {
    expect(parseMessage(text("SIP/2.0 200 OK", ...base, "Call-ID: y", "", ""))).toEqual({ outcome: "ignore", why: "malformed" });
    expect(parseMessage(text("SIP/2.0 4294967301 OK", ...base, "", ""))).toEqual({ outcome: "ignore", why: "malformed" });
    expect(parseMessage(text("ACK sip:c@d SIP/2.0", "", ""))).toEqual({ outcome: "ignore", why: "malformed" });
    expect(parseMessage(text("", "", ""))).toEqual({ outcome: "ignore", why: "keep-alive" });
    expect(parseMessage(text("GET / HTTP/1.1", "", ""))).toEqual({ outcome: "ignore", why: "not-sip" });
  });

  test("a message that ends its lines with LF alone is read", () => {
    expect(parseMessage(encodeUtf8(["OPTIONS sip:c@d SIP/2.0", ...base, "", "body"].join("\n")))).toMatchObject({ outcome: "request", request: { body: encodeUtf8("body") } });
  });
});

describe("values", () => {
  test("lists are split outside quotes and brackets only", () => {
    expect(splitList('"a,\\"b" <sip:x,y@z>;p, sip:c@d ,')).toEqual(['"a,\\"b" <sip:x,y@z>;p', "sip:c@d", ""]);
  });

  const addresses: readonly (readonly [text: string, expected: object | null])[] = [
    ['"J \\"R\\"" <sip:j@x;lr>;tag=1', { displayName: 'J "R"', uri: "sip:j@x;lr" }],
    ["J R <sip:j@x>", { displayName: "J R", uri: "sip:j@x" }],
    ["caller<sip:j@x>", { displayName: "caller", uri: "sip:j@x" }],
    ["sip:j@x;tag=1", { displayName: null, uri: "sip:j@x", params: new Map([["tag", "1"]]) }],
    ["sip:j@x?h=1", null], ['"open <sip:j@x>', null], ["<sip:j@x", null], ["Bell, A <sip:j@x>", null], ["<sip: j@x>", null], ["", null], ["<sip:j@x>;", null],
  ];
  for (const [value, expected] of addresses) {
    test(`address ${value}`, () => expected === null ? expect(parseNameAddr(value)).toBeNull() : expect(parseNameAddr(value)).toMatchObject(expected));
  }

  test("the user part ends at the first @, whatever stands in it", () => {
    expect(parseUri("sip:user;par=u%40example.net@example.com")).toMatchObject({ user: "user;par=u%40example.net", host: "example.com" });
    expect(parseUri("sip:a@[2001:db8::1]:5070;lr?x=y")).toMatchObject({ host: "[2001:db8::1]", port: 5070, headers: "x=y" });
    for (const bad of ["sip:", "sip:@x", "sip:a@", "sip:a@x:0", "sip:a@x:70000", "sip:a b@x", "sip:a@x\u0000", ":x", "1sip:a@x", "sip:a@x;;", "nonsense"]) expect(parseUri(bad)).toBeNull();
  });

  test("the number in a URI is unescaped, without parameters and separators", () => {
    const number = (uri: string): string | null => userText(parseUri(uri) as NonNullable<ReturnType<typeof parseUri>>);
    expect(number("sip:%2B1555;ext=3@x")).toBe("+1555");
    expect(number("tel:+1-555-(01)")).toBe("+155501");
    expect(number("sip:a%00b@x")).toBeNull();
    expect(number("sip:x")).toBeNull();
    expect(number("http://x/")).toBeNull();
  });

  test("Via and CSeq", () => {
    expect(parseVia("SIP/2.0/TLS [::1]:5061;rport;branch=x")).toMatchObject({ transport: "TLS", host: "[::1]", port: 5061 });
    for (const bad of ["SIP/2.0/UDP", "SIP/1.0/UDP h", "HTTP/2.0/UDP h", "SIP/2.0/UDP h:x", "SIP/2.0/UDP h;;", "SIP/2.0/UDP 192.0.2.1 x"]) expect(parseVia(bad)).toBeNull();
    expect(parseCSeq("2147483647 BYE")).toEqual({ number: 2_147_483_647, method: "BYE" });
    for (const bad of ["2147483648 BYE", "-1 BYE", "1", "BYE", "1BYE", "1 B E"]) expect(parseCSeq(bad)).toBeNull();
  });
});

describe("parse(print(m)) = m", () => {
  const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,12}$/);
  const value = fc.stringMatching(/^[!-~]([ -~äж€]{0,30}[!-~])?$/);
  const user = fc.stringMatching(/^[a-z0-9+;=]{1,12}$/);
  const params = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.option(fc.stringMatching(/^[A-Za-z0-9.]{1,8}$/))), { maxLength: 4, selector: ([name]) => name })
    .map((entries) => new Map(entries));
  const sipUri = fc.record({
    scheme: fc.constantFrom("sip" as const, "sips" as const), user: fc.option(user), password: fc.constant(null),
    host: fc.constantFrom("example.com", "192.0.2.1", "[2001:db8::1]"), port: fc.option(fc.integer({ min: 1, max: 65_535 })), params, headers: fc.constant(null),
  });
  const nameAddr = fc.record({ displayName: fc.option(fc.stringMatching(/^[ -~ä€]{1,20}$/)), uri: sipUri.map(printUri), params });
  const via = fc.record({ transport: fc.constantFrom("UDP", "TCP"), host: fc.constantFrom("h.example", "[::1]"), port: fc.option(fc.integer({ min: 1, max: 65_535 })), params });
  const method = fc.oneof(fc.constantFrom("INVITE", "BYE"), token);
  const extra = fc.array(fc.record({ name: fc.stringMatching(/^x-[a-z]{1,8}$/), value }), { maxLength: 6 });
  const envelope = fc.tuple(via, nameAddr, nameAddr, fc.stringMatching(/^[a-z0-9@.]{1,20}$/), fc.nat(), method, extra);
  const body = fc.uint8Array({ maxLength: 50 });
  const headers = ([v, from, to, callId, seq, name, more]: [Parameters<typeof printVia>[0], Parameters<typeof printNameAddr>[0], Parameters<typeof printNameAddr>[0], string, number, string, { name: string; value: string }[]]) => [
    { name: "via", value: printVia(v) }, { name: "from", value: printNameAddr(from) }, { name: "to", value: printNameAddr(to) },
    { name: "call-id", value: callId }, { name: "cseq", value: `${seq} ${name}` }, ...more,
  ];
  const requests = fc.tuple(envelope, sipUri, body).map(([e, uri, b]): SipMessage => ({ kind: "request", method: e[5], uri: printUri(uri), headers: headers(e), body: b }));
  const responses = fc.tuple(envelope, fc.integer({ min: 100, max: 699 }), fc.stringMatching(/^([!-~][ -~ä]{0,10}[!-~])?$/), body)
    .map(([e, status, reason, b]): SipMessage => ({ kind: "response", status, reason, headers: headers(e), body: b }));

  test("of requests", () => fc.assert(fc.property(requests, (m) => void expect(parseMessage(printMessage(m))).toMatchObject({ outcome: "request", request: m }))));
  test("of responses", () => fc.assert(fc.property(responses, (m) => void expect(parseMessage(printMessage(m))).toMatchObject({ outcome: "response", response: m }))));
  test("of URIs", () => fc.assert(fc.property(sipUri, (u) => void expect(parseUri(printUri(u))).toEqual(u))));
  test("of addresses", () => fc.assert(fc.property(nameAddr, (a) => void expect(parseNameAddr(printNameAddr(a))).toEqual(a))));
  test("of Via", () => fc.assert(fc.property(via, (v) => void expect(parseVia(printVia(v))).toEqual(v))));
});

describe("SEC-3 the parser is total and quick", () => {
  test("any bytes give an outcome", () => fc.assert(fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => void parseMessage(bytes))));

  /** 64 KB each, made to hurt a careless scanner. */
  const long = (unit: string, length = 64_000): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  const lines = (unit: string): string[] => Array.from({ length: 250 }, () => `Via: ${long(unit, 250)}`);
  const hostile: Readonly<Record<string, Uint8Array>> = {
    "spaces before a colon": text("OPTIONS sip:c@d SIP/2.0", ...base, `X${long(" ")}: y`, "", ""),
    "one line of commas": text("OPTIONS sip:c@d SIP/2.0", ...base, `Contact: ${long(",")}`, "", ""),
    "folds": text("OPTIONS sip:c@d SIP/2.0", ...base, `Subject: ${long("\r\n ")}`, "", ""),
    "empty lines of spaces": text("OPTIONS sip:c@d SIP/2.0", ...base, long("\r\n\t \t"), "", ""),
    "quotes": text("OPTIONS sip:c@d SIP/2.0", ...base, ...lines('"\\"'), "", ""),
    "semicolons": text("OPTIONS sip:c@d SIP/2.0", ...base, ...lines(";a"), "", ""),
    "spaces in Via": text("OPTIONS sip:c@d SIP/2.0", `Via: SIP/2.0/UDP h${long(" ", 8_000)}:${long(" ", 100)}x`, ...base.slice(1), "", ""),
    "spaces in From": text("OPTIONS sip:c@d SIP/2.0", ...base.slice(0, 1), `From: ${long("a ", 8_000)}x`, ...base.slice(2), "", ""),
    "brackets": text("OPTIONS sip:c@d SIP/2.0", ...base.slice(0, 1), `From: ${long("<", 8_000)}`, ...base.slice(2), "", ""),
    "start line of spaces": text(`OPTIONS${long(" ")}SIP/2.0`, ...base, "", ""),
    "CR only": encodeUtf8(long("\r")),
    "LF only": encodeUtf8(long("\n")),
    "CR LF mixed after a start": encodeUtf8(`OPTIONS sip:c@d SIP/2.0\r\n${long("\r\n\r")}`),
    "no line end at all": encodeUtf8(long("A")),
    "invalid UTF-8": new Uint8Array(64_000).fill(0xc3),
  };
  for (const [name, bytes] of Object.entries(hostile)) {
    test(`${name}: at most 10 ms`, () => {
      expect(quickestMs(() => parseMessage(bytes))).toBeLessThan(10);
    });
  }
});

const corpora = join(import.meta.dirname, "../../../../../../shared/reference");
const present = existsSync(join(corpora, "sip-torture/rfc4475"));
if (!present) process.stderr.write("syntax.test.ts: corpus skipped, no ../shared/reference beside this checkout\n");

describe.skipIf(!present)("RFC 4475 at the parser", () => {
  const read = (name: string): Uint8Array => readFileSync(join(corpora, "sip-torture/rfc4475", `${name}.dat`));

  test("§3.1.1.1: a short tortuous INVITE keeps all that it says", () => {
    const parsed = parseMessage(read("wsinv"));
    if (parsed.outcome !== "request") throw new Error(parsed.outcome);
    expect(parsed.envelope).toMatchObject({ toTag: "1918181833n", fromTag: "98asjd8", cseq: { number: 9, method: "INVITE" }, from: { displayName: 'J Rosenberg \\"' } });
    expect(header(parsed.request, "max-forwards")).toBe("0068");
    expect(header(parsed.request, "newfangledheader")).toBe("newfangled value continued newfangled value");
    expect(headerList(parsed.request, "via")).toHaveLength(3);
    expect(parsed.request.body).toHaveLength(150);
  });

  test("seeded mutations of the corpora never throw, and cost at most 10 ms each", () => {
    const corpus = [...readdirSync(join(corpora, "sip-torture/rfc4475")).map((f) => read(f.slice(0, -4))), ...readdirSync(join(corpora, "wire/sip")).map((f) => new Uint8Array(readFileSync(join(corpora, "wire/sip", f))))];
    let seed = 20_261_122;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return n === 0 ? 0 : seed % n;
    };
    const slow: number[] = [];
    for (let i = 0; i < 5_000; i++) {
      const bytes = mutate(corpus, random);
      if (quickestMs(() => parseMessage(bytes)) >= 10) slow.push(i);
    }
    expect(slow).toEqual([]);
  });
});

function mutate(corpus: readonly Uint8Array[], random: (n: number) => number): Uint8Array {
  let bytes = Uint8Array.from(corpus[random(corpus.length)] ?? []);
  for (let rounds = 1 + random(6); rounds > 0; rounds--) {
    const at = random(bytes.length);
    const other = corpus[random(corpus.length)] ?? bytes;
    const from = random(other.length);
    switch (random(4)) {
      case 0: bytes[at] = random(256); break;
      case 1: bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + random(20))]); break;
      case 2: bytes = bytes.slice(0, at + 1); break;
      default: bytes = Uint8Array.from([...bytes.subarray(0, at), ...other.subarray(from, from + random(80)), ...bytes.subarray(at)]);
    }
  }
  return bytes;
}
